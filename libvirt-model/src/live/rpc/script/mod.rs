//! A scripted libvirtd for tests: it answers exactly what it is told, well or badly.
//!
//! Each connection has its own list of [`Step`]s; when they are done the connection is held open in silence, unless the last
//! step closed it. A connection beyond the last list is accepted and closed.

mod peer;
#[cfg(test)]
mod tests;

pub use peer::{ScriptedPeer, Step};
