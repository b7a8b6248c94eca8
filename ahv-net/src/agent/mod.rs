//! A host for automation that is elsewhere: a JSON-RPC 2.0 service ([`Agent`]) and its typed client ([`Client`]).
//!
//! The client is a [`Facade`](crate::Facade), as a [`Host`](crate::Host) is, so that code runs with either. Any other
//! language needs HTTP and JSON alone; [`describe`] holds the methods with their schemas, and `docs/agent.md` who may
//! call them and what they refuse.
//!
//! A call passes, in this order: the *door* (HTTP: origin, token, size, pace), jsonrpsee (JSON-RPC), the *gate* (each call:
//! token again, rate, scope, share), the *service* (what the methods do), and for edits the *edits*: one at a time, of
//! plans that the agent made, logged, in tasks that outlive their callers.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::os::unix::fs::PermissionsExt;
//!
//! use ahv_net::agent::{Agent, AgentOptions, Client, ClientOptions, Listen, new_token};
//! use ahv_net::{Facade, Host};
//!
//! # let directory = tempfile::tempdir()?;
//! # let file = directory.path().join("tokens");
//! let token = new_token();
//! std::fs::write(&file, format!("me read {token}\n"))?;
//! std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
//!
//! let options = AgentOptions::new(&file).listen(Listen::Tcp(([127, 0, 0, 1], 0).into()));
//! let agent = Agent::start(Host::embedded().await?, options).await?;
//!
//! let host = Client::new(&agent.urls()[0], ClientOptions::token(token))?;
//! assert!(host.show().await?.bridges.iter().any(|bridge| bridge.name == "br0"));
//! agent.shut_down().await;
//! # Ok(())
//! # }
//! ```

mod audit;
mod client;
pub mod describe;
mod door;
mod edits;
mod error;
mod fault;
mod gate;
mod line;
mod listener;
mod methods;
mod notice;
mod options;
mod report;
mod rpc;
mod scope;
mod server;
mod service;
mod session;
mod tokens;
mod when;

pub use client::{Client, ClientOptions};
pub use error::{AgentError, StartError};
pub use fault::Fault;
pub use notice::Notice;
pub use options::{AgentOptions, Limits, Listen};
pub use report::CheckReport;
pub use rpc::AgentClient;
pub use scope::Scope;
pub use server::Agent;
pub use tokens::new_token;
