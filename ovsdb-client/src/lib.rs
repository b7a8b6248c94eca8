//! An async, typed client of the Open vSwitch database (RFC 7047), with an in-memory server.
//!
//! # The model in the head
//! An OVSDB server holds *databases* of typed tables. You keep a **replica** of the tables that you name: the server sends
//! every change, and each commit becomes one immutable **snapshot**, which readers take without waiting. You change the
//! database by a **transaction**, which happens as a whole or not at all. There is one connection, made again whenever it is
//! lost; the replica then catches up, and tells what differs.
//!
//! ```text
//!            ┌─────────── monitor ──────────┐ every commit
//! Client ────┤                              ├──────────> Replica ──> Snapshot (rows, as of one commit)
//!            └──────── Transaction ─────────┘                   └──> Watch    (commits as they come)
//!                            └──> Outcome: committed, unchanged, rejected, conflict, unknown
//! ```
//!
//! An outcome is never guessed. Where the answer was lost, it is [`Outcome::Unknown`](transaction::Outcome::Unknown), and
//! nothing is sent twice: look at the replica.
//!
//! # The paved path
//! [`Client::connect`], [`Client::monitor`] a [`Selection`](replica::Selection) of tables, read typed rows from
//! [`Replica::snapshot`](replica::Replica::snapshot), and change them with a [`Transaction`](transaction::Transaction). Here
//! against the in-memory server; a real one is `Client::connect("unix:/var/run/openvswitch/db.sock")`.
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```ignore")]
//! use ovsdb_client::Client;
//! use ovsdb_client::replica::Selection;
//! use ovsdb_client::server::Server;
//! use ovsdb_client::transaction::{Transaction, Values};
//! use ovsdb_client::vswitch::{self, Bridge, Port};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder().database(vswitch::schema(vswitch::NEWEST_VERSION)?).start().await?;
//! # server.transact("Open_vSwitch", serde_json::json!([
//! #     {"op": "insert", "table": "Interface", "row": {"name": "tap1"}, "uuid-name": "i"},
//! #     {"op": "insert", "table": "Port", "row": {"name": "tap1", "interfaces": ["named-uuid", "i"]}, "uuid-name": "p"},
//! #     {"op": "insert", "table": "Bridge", "row": {"name": "br0", "ports": ["named-uuid", "p"]}, "uuid-name": "b"},
//! #     {"op": "insert", "table": "Open_vSwitch", "row": {"bridges": ["named-uuid", "b"]}},
//! # ])).await?;
//! let client = Client::connect(&server.remote()).await?;
//! let replica = client.monitor(Selection::new().table::<Bridge>().table::<Port>()).await?;
//!
//! // Read: typed columns, as of one commit.
//! let snapshot = replica.snapshot();
//! let port = snapshot.find(Port::NAME, "tap1")?.ok_or("there is no tap1")?;
//! assert_eq!(port.tag()?, None);
//!
//! // Change: it is refused as a whole if somebody else put the port on a VLAN meanwhile.
//! let mut transaction = Transaction::new();
//! transaction.verify(&port, [Port::TAG.name()])?;
//! transaction.update(&port, Values::new().set(Port::TAG, 40));
//! client.commit(transaction).await?.into_result()?;
//!
//! // When the commit returns, every replica of this client holds what it changed.
//! let port = replica.snapshot().find(Port::NAME, "tap1")?.ok_or("tap1 is gone")?;
//! assert_eq!(port.tag()?, Some(40));
//! # Ok(())
//! # }
//! ```
//!
//! # Where to go on
//! | for | look at |
//! |---|---|
//! | remotes: `unix:`, `tcp:`, `ssl:`, `ws:`, and `punix:`, `ptcp:`, `pssl:`, where the server dials us | [`transport::Remote`] |
//! | settings of a connection: several remotes, probes, limits, TLS | [`ClientBuilder`] |
//! | changes as they come, and what was missed | [`replica::Watch`] |
//! | building a transaction anew when it meets a conflict | [`Replica::transact`](replica::Replica::transact) |
//! | waiting until ovs-vswitchd has done it | [`vswitch::commit_and_confirm`] |
//! | locks between clients | [`Client::lock`] |
//! | a server that lacks a column: an error where it is used, never a failed connect | [`table::ColumnError`] |
//! | other schemas, such as OVN's | [`modelgen`], and the binary of that name |
//! | a server for your own tests, and what it does not do | the module `server` (feature `server`), `docs/in-memory-server.md` |
//! | the notation of the RFC itself | [`wire`] |
//!
//! A complete example of testing one's own automation is `examples/examples/test_your_automation.rs` of the repository.
//!
//! # Features
//! `tls` (default): `ssl:`, `pssl:`, `wss:`. `websocket` (default): `ws:`, `wss:`. `server`: the in-memory server and a
//! scripted, hostile peer.

#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
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
