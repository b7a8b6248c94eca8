//! The reference host in memory: an AHV host of OVS 2.1.3, with its controller VM and one guest.
//!
//! The in-memory OVSDB server, the fake libvirtd and a fixed kernel hold what the files beside this
//! module say. OVSDB is spoken to over a real loopback socket, so that [`Host::show`](crate::Host::show)
//! takes the same path here as on a live host.

mod kernel;
mod libvirt;
mod ovsdb;

pub(crate) use kernel::kernel;
pub(crate) use libvirt::libvirt;
pub(crate) use ovsdb::ovsdb;
