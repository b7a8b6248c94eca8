use std::io;
use std::path::PathBuf;

/// Why no watchdog could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchdogError {
    /// The program does not know how to be one.
    #[error(
        "this program cannot be its own watchdog: call ahv_net::apply::watchdog() first in main, or name another"
    )]
    NotReady,
    /// No other process can reach the host.
    #[error("{what} is in the memory of this process, and ends with it")]
    OutOfReach {
        /// What another process would need.
        what: &'static str,
    },
    /// It could not be started.
    #[error("cannot start {}: {error}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It did not say that it is ready.
    #[error("the watchdog {} did not get ready: see {}", .program.display(), .log.display())]
    NotArmed {
        /// The program.
        program: PathBuf,
        /// What it said.
        log: PathBuf,
    },
}
