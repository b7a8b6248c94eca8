//! One session after another with one server or cluster.
//!
//! [`core`](self) is a value that does no IO and reads no clock: bytes, commands and the time go in by `handle_*`,
//! bytes, actions and deadlines come out by `poll_*`. The driver is the only task: it owns the socket and the clock,
//! and never waits for a reader.

mod arrival;
mod backoff;
mod caller;
mod command;
mod core;
mod driver;
mod held;
mod locks;
mod monitors;
mod negotiation;
mod options;
mod requests;
mod status;
#[cfg(test)]
mod tests;

pub use locks::LockStatus;
pub use status::SessionStatus;

pub(crate) use command::{Call, Command, Forget, LockKey, MonitorKey};
pub(crate) use core::Core;
pub(crate) use driver::run;
pub(crate) use options::Options;
