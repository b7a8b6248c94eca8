//! What happens on a host while one looks: joined changes, as they happen.
//!
//! [`Host::watch`](crate::Host::watch) gives a [`Watch`], a stream of [`Event`]s. It follows the updates of
//! OVSDB, the events of libvirtd and the announcements of the kernel, and joins again when one of them
//! says something. Only the source that changed is read again, and of libvirtd only the domain or
//! network that the event names.
//!
//! # What one change is
//! The sources tell of one act at different moments: of a guest's start first the kernel (a tap), then
//! OVSDB (a port), then libvirtd (the domain runs). So a change is reported when every source has been
//! silent for [`Settle::quiet`], and after [`Settle::at_most`] in any case. A commit of OVSDB is in one
//! change and never split over two; several commits that come close together are one change.
//!
//! # What is lost, and how that is told
//! Nothing is dropped in silence. A reader that takes its time gets fewer, larger changes: the stream
//! does its work when it is asked for the next event, has no task of its own, and what waits before it is
//! bounded by the sources' own queues. Where one of these ran over there is an [`Event::Resync`], where a
//! server was lost an [`Event::Lost`] and later an [`Event::Regained`]; the source is then read again in
//! whole, and the next change holds what happened meanwhile. While a server is gone, its part of the
//! picture stays as it was last.
//!
//! # What no source announces
//! libvirtd tells of no `virsh update-device` or `domif-setlink` on a running domain. What these change in
//! OVSDB or in the kernel is seen; and a domain's XML is read again whenever a row of its port or interface
//! changes.

mod driver;
mod event;
mod kernel;
mod libvirt;
mod ovsdb;
mod retry;
mod settle;
mod stream;
#[cfg(test)]
mod tests;

pub use event::{Event, Source};
pub use settle::Settle;
pub use stream::Watch;
