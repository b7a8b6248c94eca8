//! An async, typed client of the Open vSwitch database (RFC 7047), with an in-memory server.
//!
//! The paved path: [`Client::connect`], [`Client::monitor`] a [`Selection`](replica::Selection) of tables, read typed
//! rows from [`Replica::snapshot`](replica::Replica::snapshot), and change them with a transaction.

pub mod modelgen;
pub mod replica;
#[cfg(feature = "server")]
pub mod server;
pub mod table;
pub mod transaction;
pub mod transport;
pub mod value;
pub mod vswitch;
pub mod wire;

// Generated code names the crate as its users do.
extern crate self as ovsdb_client;

mod builder;
mod client;
mod error;
mod session;

pub use builder::ClientBuilder;
pub use client::{Client, Lock};
pub use error::{ConfigError, Error, UnreachableReason};
pub use session::{LockStatus, SessionStatus};
