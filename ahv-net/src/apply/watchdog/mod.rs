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
mod program;

pub(crate) use arm::{arm, expect_possible};
pub use error::WatchdogError;
pub use program::{Watchdog, watchdog};
