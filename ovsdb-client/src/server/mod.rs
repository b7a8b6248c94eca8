//! Peers for tests: the in-memory OVSDB server.
//!
//! [`Server`] speaks RFC 7047 and the extensions of ovsdb-server(7) over unix and TCP sockets, on databases of any
//! schema. The packaged clients cannot tell it from a standalone ovsdb-server.
//!
//! ```
//! use ovsdb_client::{server::Server, wire::DatabaseSchema};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = DatabaseSchema::parse(
//!     r#"{"name": "Demo", "version": "1.0.0", "tables": {"Host": {"columns": {"name": {"type": "string"}}}}}"#,
//! )?;
//! let server = Server::builder().database(schema).start().await?;
//! println!("listening on {}", server.remote());
//! let result = server.transact("Demo", json!([{"op": "insert", "table": "Host", "row": {"name": "a"}}])).await?;
//! assert!(result.error().is_none());
//! # Ok(())
//! # }
//! ```
//!
//! # From start to end
//! [`ServerBuilder::start`] returns once every address listens, and fails with [`StartError`], which names the one that
//! cannot: a socket that a killed server left behind is taken over, one that answers is not. Without an address it
//! listens on a free port of loopback; [`Server::remote`] says where. It needs a tokio runtime with timers and IO, on
//! which its tasks live, and ends with its [`Server`]: listeners, connections and sockets are gone then, and so are the
//! rows, unless [`Server::save`] wrote them down. A client that is refused gets the error that ovsdb-server gives;
//! [`Server::transact`], which needs no client, tells a transaction that failed ([`TransactResult::error`]) from one
//! that got no result at all ([`TransactError`]).
//!
//! [`TransactResult::error`]: crate::wire::TransactResult::error
//!
//! # Beyond serving
//! * [`DatabaseFile`] loads a standalone database file such as `conf.db`; [`Server::save`] writes one.
//! * [`Vswitchd`] answers changes as ovs-vswitchd does: `cur_cfg`, `ofport`, `error`.
//! * [`Faults`] makes it misbehave; [`ScriptedPeer`] is a peer that speaks only what a test tells it to.
//!
//! # Known differences from ovsdb-server 3.1
//! * A weak reference always goes with its row. ovsdb-server leaves it dangling where one transaction takes the last
//!   strong reference out of the same row.
//! * A strong reference to the row's own UUID in *another* table is refused.
//! * `select` does not take the undocumented `sort`.
//! * Ids are opaque: `1.0` comes back as `1.0`, not as `1`.
//! * A message whose brackets do not match is refused when it is whole, not before.
//! * Invalid UTF-8 in an `echo` comes back as U+FFFD.
//! * `monitor` with a database name alone is a "syntax error"; ovsdb-server crashes.
//! * Rows, `list_dbs`, and which of several culprits an error names are in sorted order, not in that of a hash table;
//!   of several columns that are wrong in one row the first by name is told.
//! * JSON deeper than 128 levels inside an operation is a "syntax error" that does not repeat it.
//! * It never probes a client, writes to no file unless asked, and has no cluster, relay, TLS listener, roles or
//!   `ovs-appctl` commands.
//!
//! `docs/in-memory-server.md` has the reasons.

mod builder;
mod connection;
mod database;
mod engine;
mod faults;
mod file;
mod handle;
mod script;
mod shared;
mod strict;
mod vswitchd;

pub use builder::{ServerBuilder, StartError};
pub use faults::Faults;
pub use file::{DatabaseFile, FileDamage, FileError};
pub use handle::{Server, TransactError};
pub use script::{Received, ScriptedPeer, ScriptedServer};
pub use vswitchd::Vswitchd;
