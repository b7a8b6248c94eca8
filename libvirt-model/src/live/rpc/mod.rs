//! libvirt's own protocol over the daemon's unix socket, without the C library.
//!
//! | module | does |
//! |---|---|
//! | `xdr` | the external data representation of RFC 4506 |
//! | `frame` | the length and header before every message; the incremental framer |
//! | `procedure` | the numbers of the calls and events that are used |
//! | `message` | what their arguments and replies hold |
//! | `core` | the session as a value without IO: frames and time in, frames and results out |
//! | `driver` | the one task that owns the socket and the clock |
//! | `domains`, `networks`, `inventory` | the calls |
//! | `backend` | [`Rpc`], the [`Hypervisor`](super::Hypervisor) |
//!
//! A message may come at any time: an event before the reply to the call that caused it, a keepalive ping in the middle of
//! anything. The core therefore never waits for a particular message; it sorts each one by what its header says.
//!
//! After a lost connection the driver connects again, opens the session again, registers again for the events that someone
//! follows, and tells the followers with [`Event::Resync`](super::Event::Resync). A call that had been sent fails with
//! [`Error::OutcomeUnknown`](super::Error::OutcomeUnknown): nobody but the caller can know whether it may be repeated.

mod backend;
mod core;
mod domains;
mod driver;
mod frame;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod inventory;
mod message;
mod metadata;
mod networks;
mod procedure;
#[cfg(any(test, feature = "script"))]
pub mod script;
mod xdr;

pub use backend::Rpc;
pub(super) use backend::stream;
pub use core::{Keepalive, SessionOptions};
