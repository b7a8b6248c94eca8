//! The server as a value: messages go in by `handle_*`, bytes come out by [`Engine::poll_transmit`], and time is an
//! argument. It does no IO and starts no task.
//!
//! * the whole: [`Engine`]; a client of it: `session`
//! * methods of RFC 7047 §4 and ovsdb-server(7) §4: `requests`, and one file for each of `transact`, `monitor`, `lock`
//! * `_Server`: `server_database`

mod core;
mod explain;
mod lock;
mod monitor;
mod requests;
mod server_database;
mod session;
mod transact;
mod update;

pub(crate) use self::core::{CommitFault, Engine};
pub(crate) use self::session::SessionId;
