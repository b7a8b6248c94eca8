//! Who undoes what is not confirmed in time.
//!
//! A confirmation is asked for because an edit may cut off the one who asked for it. So the one who undoes it
//! is a process of its own, which is started before anything is changed and says that it is ready. It has a
//! session of its own and no terminal, and outlives its parent. It reads the journal twice a second, and it ends
//! when the plan is confirmed, reverted or undone.
//!
//! It undoes the plan when its time has passed, when the process that applies it has ended half-way, and when it
//! is told to end (SIGTERM): then nobody could undo it later. It tries for an hour, and then writes down that it
//! could not. After a restart of the host there is no watchdog: `recover` is what the host should run when it
//! starts. A service manager that kills every process of a service with it (`KillMode=control-group` of systemd)
//! kills the watchdog too; `KillMode=process` does not.

mod arm;
mod error;
mod keep;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use arm::{arm, expect_possible};
pub use error::WatchdogError;

/// The first argument of a program that is started as a watchdog.
const ARGUMENT: &str = "--ahv-net-watchdog";

/// What it says when it is ready.
const ARMED: &str = "armed";

/// Whether this program can be started as a watchdog.
static IS_READY: AtomicBool = AtomicBool::new(false);

/// Who undoes a plan that is not confirmed in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Watchdog {
    /// This program, started once more: its `main` begins with [`watchdog()`].
    #[default]
    ThisProgram,
    /// Another program whose `main` begins with [`watchdog()`].
    Program(PathBuf),
    /// The caller, who calls [`Host::recover`](crate::Host::recover) when the time has passed: for a service
    /// that is started again when it ends.
    Caller,
}

/// Does the work of a watchdog where this process was started for it, and ends it then; else returns.
///
/// Call it first in `main`, before arguments are parsed and threads are started. Else a program cannot be its own
/// [`Watchdog`], and [`ApplyOptions::confirm_within`](super::ApplyOptions::confirm_within) is refused.
///
/// # Examples
/// ```
/// ahv_net::apply::watchdog();
/// // What the program is for.
/// ```
pub fn watchdog() {
    IS_READY.store(true, Ordering::Relaxed);
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(ARGUMENT)) {
        return;
    }
    let (directory, id) = (arguments.next(), arguments.next());
    let code = match (directory, id.and_then(|id| id.into_string().ok())) {
        (Some(directory), Some(id)) => keep::keep(directory.into(), &id),
        _ => 2,
    };
    std::process::exit(code)
}
