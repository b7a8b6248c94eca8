//! Real peers for tests: processes, temporary directories, and how a case that cannot run says so.
//!
//! An integration-test binary (`harness = false`) fills a [`Suite`] with cases. A case that needs something which
//! may not be there (a daemon, the lab, a long run) *receives* it as an argument, so it cannot forget to ask: when
//! it is missing, the case is reported as ignored and named in a closing `not run:` line with what it needs.
//!
//! ```no_run
//! use test_support::{OvsdbServer, Suite};
//!
//! fn main() -> std::process::ExitCode {
//!     let mut suite = Suite::from_args();
//!     suite.case("needs nothing", || Ok(()));
//!     suite.case_with("lists its databases", OvsdbServer::available(), |ovsdb| {
//!         let server = ovsdb.vswitch().start()?;
//!         let names = server.client(&["list-dbs", &server.remote()])?;
//!         assert!(names.lines().any(|name| name == "Open_vSwitch"));
//!         Ok(())
//!     });
//!     suite.run()
//! }
//! ```
//!
//! Everything started here listens on a unix socket in a temporary directory or on loopback, is waited for within
//! a bound, and is killed by its process id: on drop, and at the end of [`Suite::run`] at the latest.

mod availability;
mod certificates;
mod failure;
mod lab;
mod ovsdb_server;
pub mod ovsdb_tool;
mod process;
mod suite;
mod tool;
mod wait;
mod websockify;

pub use availability::{Unavailable, long_run};
pub use certificates::Certificates;
pub use failure::Failure;
pub use lab::{Daemon, ExclusiveTurn, Lab, SharedTurn};
pub use ovsdb_server::{OvsdbServer, OvsdbServerBuilder, PACKAGED_SCHEMA};
pub use process::Process;
pub use suite::{Outcome, Suite};
pub use tool::Tool;
pub use wait::wait_until;
pub use websockify::Websockify;
