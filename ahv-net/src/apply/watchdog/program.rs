use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::keep;

/// The first argument of a program that is started as a watchdog.
pub(super) const ARGUMENT: &str = "--ahv-net-watchdog";

/// What it says when it is ready.
pub(super) const ARMED: &str = "armed";

/// Whether this program can be started as a watchdog.
pub(super) static IS_READY: AtomicBool = AtomicBool::new(false);

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
/// [`Watchdog`], and [`ApplyOptions::confirm_within`](crate::apply::ApplyOptions::confirm_within) is refused.
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
