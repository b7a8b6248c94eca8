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
