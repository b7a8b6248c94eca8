use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::program::{ARGUMENT, ARMED, IS_READY};
use super::{Watchdog, WatchdogError};
use crate::Host;
use crate::apply::ApplyOptions;
use crate::apply::keeping::Keeping;
use crate::edit::{Change, Plan};

/// How long it has to get ready.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long its log may get before it begins anew, in bytes.
const LOG_BYTES: u64 = 1 << 20;

/// Refuses what no watchdog could undo, before anything is written down.
pub(crate) fn expect_possible(
    host: &Host,
    plan: &Plan,
    options: &ApplyOptions,
    keeping: &Keeping,
) -> Result<(), WatchdogError> {
    if keeping.journal().is_none() {
        return Err(WatchdogError::OutOfReach {
            what: "the embedded host",
        });
    }
    if options.watchdog == Watchdog::Caller {
        return Ok(());
    }
    let reach = host.reach();
    for step in &plan.steps {
        let what = match step.change {
            Change::Rows(_) if reach.ovsdb.is_none() => "the database",
            Change::Nic(_) | Change::Network(_) if reach.libvirt.is_none() => "libvirtd",
            _ => continue,
        };
        return Err(WatchdogError::OutOfReach { what });
    }
    match options.watchdog {
        Watchdog::ThisProgram if !IS_READY.load(Ordering::Relaxed) => Err(WatchdogError::NotReady),
        _ => Ok(()),
    }
}

/// Starts the watchdog of the plan that was begun, and waits until it is ready.
///
/// # Errors
/// When it is not ready within 10 seconds: then it has ended, or ends when it finds the plan given up.
///
/// # Cancel safety
/// It may be started, and undoes what was begun.
pub(crate) async fn arm(options: &ApplyOptions, keeping: &Keeping) -> Result<(), WatchdogError> {
    // The program as it is in memory, even where its file was replaced since.
    let program = match &options.watchdog {
        Watchdog::ThisProgram => PathBuf::from("/proc/self/exe"),
        Watchdog::Program(program) => program.clone(),
        Watchdog::Caller => return Ok(()),
    };
    let (Some(journal), Some(entry)) = (keeping.journal(), keeping.entry()) else {
        return Ok(());
    };
    let log_file = journal.directory().join("watchdog.log");
    let failed = |error: io::Error| WatchdogError::Start {
        program: program.clone(),
        error,
    };
    let mut child = Command::new(&program)
        .arg0("ahv-net-watchdog")
        .arg(ARGUMENT)
        .arg(journal.directory())
        .arg(&entry.id)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log(&log_file).map_err(failed)?)
        .kill_on_drop(false)
        .spawn()
        .map_err(failed)?;
    let mut line = String::new();
    if let Some(said) = child.stdout.take() {
        // Why nothing was read stands in the log.
        let _ = tokio::time::timeout(PATIENCE, BufReader::new(said).read_line(&mut line)).await;
    }
    match line.trim_end() == ARMED {
        true => Ok(()),
        false => {
            // It may have ended by itself.
            let _ = child.start_kill();
            Err(WatchdogError::NotArmed {
                program,
                log: log_file,
            })
        }
    }
}

fn log(path: &Path) -> io::Result<File> {
    let is_long = path.metadata().is_ok_and(|found| found.len() > LOG_BYTES);
    let mut options = OpenOptions::new();
    match is_long {
        true => options.write(true).truncate(true),
        false => options.append(true),
    };
    options.create(true).mode(0o600).open(path)
}
