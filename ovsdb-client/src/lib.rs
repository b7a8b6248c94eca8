//! An async, typed client of the Open vSwitch database (RFC 7047), with an in-memory server.

#[cfg(feature = "server")]
pub mod server;
pub mod wire;
