use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Failure;
use crate::tool::output_of;

/// Every process that is still owned by someone, so that none outlives a suite whose case hangs.
static LIVE: Mutex<Vec<Weak<Mutex<Child>>>> = Mutex::new(Vec::new());

/// A process that a test started: its output goes to a log file, and it is killed by its id on drop.
#[derive(Debug)]
pub struct Process {
    child: Arc<Mutex<Child>>,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with no standard input, appending its output to the file `log`. Its temporary files go beside
    /// the log (`TMPDIR`, unless the command says another), so that one that is killed leaves nothing elsewhere.
    ///
    /// # Errors
    /// When the log cannot be opened or the program cannot be started.
    pub fn start(mut command: Command, log: impl Into<PathBuf>) -> Result<Self, Failure> {
        let log = log.into();
        let name = Path::new(command.get_program())
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let out = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(Failure::doing(format!("open {}", log.display())))?;
        let err = out
            .try_clone()
            .map_err(Failure::doing(format!("open {}", log.display())))?;
        let has_a_place = command.get_envs().any(|(name, _)| name == "TMPDIR");
        if let Some(place) = log.parent().filter(|_| !has_a_place) {
            command.env("TMPDIR", place);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(Failure::doing(format!("start {name}")))?;
        let child = Arc::new(Mutex::new(child));
        let mut live = lock(&LIVE);
        live.retain(|process| process.strong_count() > 0);
        live.push(Arc::downgrade(&child));
        drop(live);
        Ok(Self { child, name, log })
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        lock(&self.child).id()
    }

    /// Everything that it printed so far, as far as it is UTF-8.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map_or_else(
            |_| String::new(),
            |log| String::from_utf8_lossy(&log).into_owned(),
        )
    }

    /// How it ended, or `None` while it runs.
    #[must_use]
    pub fn ended(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// Passes while the process runs.
    ///
    /// # Errors
    /// When it has ended: the sentence holds the last lines of its log.
    pub fn check_running(&self) -> Result<(), Failure> {
        let Some(status) = self.ended() else { return Ok(()) };
        let log = self.log();
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        let last = lines.into_iter().rev().collect::<Vec<_>>().join(" | ");
        Err(Failure::new(format!(
            "{} ended early with {status}: {last}",
            self.name
        )))
    }

    /// Kills it (SIGKILL) and waits until it is gone. Nothing happens when it is gone already.
    pub fn kill(&self) {
        kill_and_reap(&self.child);
    }

    /// Stops it in its tracks (SIGSTOP): its sockets stay open and nothing answers, like a peer that hangs.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn pause(&self) -> Result<(), Failure> {
        self.signal("STOP")
    }

    /// Lets it go on after [`pause`](Self::pause).
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn resume(&self) -> Result<(), Failure> {
        self.signal("CONT")
    }

    fn signal(&self, signal: &str) -> Result<(), Failure> {
        // The child is not reaped while the lock is held, so its id cannot belong to another process.
        let child = lock(&self.child);
        let mut kill = Command::new("kill");
        kill.args(["-s", signal, &child.id().to_string()]);
        output_of(kill).map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills what a case that never returned still holds.
pub(crate) fn kill_all() {
    for child in lock(&LIVE).drain(..).filter_map(|process| process.upgrade()) {
        kill_and_reap(&child);
    }
}

fn kill_and_reap(child: &Mutex<Child>) {
    let mut child = lock(child);
    // Both fail only when the process is gone already, which is what is wanted.
    drop(child.kill());
    drop(child.wait());
}

/// A panicking case must not keep the others from cleaning up.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wait_until;

    fn sleeper(dir: &Path) -> Process {
        let mut command = Command::new("/bin/sleep");
        command.arg("60");
        Process::start(command, dir.join("log")).unwrap()
    }

    #[test]
    fn dies_with_its_handle() {
        let dir = tempfile::tempdir().unwrap();
        let process = sleeper(dir.path());
        let proc_entry = PathBuf::from(format!("/proc/{}", process.id()));
        assert!(proc_entry.exists() && process.check_running().is_ok());
        drop(process);
        assert!(!proc_entry.exists());
    }

    #[test]
    fn an_early_end_shows_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo no such flag; exit 4"]);
        let process = Process::start(command, dir.path().join("log")).unwrap();
        let failure = wait_until("the shell ends", Duration::from_secs(10), || {
            Ok(process.check_running().err())
        });
        let sentence = failure.unwrap().to_string();
        assert!(
            sentence.contains("no such flag") && sentence.contains("sh ended early"),
            "{sentence}"
        );
    }

    #[test]
    fn what_it_leaves_is_beside_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let place = |command: Command| {
            let process = Process::start(command, dir.path().join("log")).unwrap();
            wait_until("the shell ends", Duration::from_secs(10), || Ok(process.ended())).unwrap();
            process.log()
        };
        let shell = || {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "echo at $TMPDIR"]);
            command
        };
        assert_eq!(place(shell()), format!("at {}\n", dir.path().display()));
        let mut told = shell();
        told.env("TMPDIR", "/nowhere");
        assert!(place(told).ends_with("at /nowhere\n"));
    }

    #[test]
    fn pauses_and_resumes() {
        let dir = tempfile::tempdir().unwrap();
        let process = sleeper(dir.path());
        let state = |wanted: char| {
            let stat = format!("/proc/{}/stat", process.id());
            wait_until("the state changes", Duration::from_secs(10), || {
                let text = std::fs::read_to_string(&stat).map_err(Failure::doing("read stat"))?;
                Ok(text
                    .rsplit(") ")
                    .next()
                    .is_some_and(|rest| rest.starts_with(wanted))
                    .then_some(()))
            })
        };
        process.pause().unwrap();
        state('T').unwrap();
        process.resume().unwrap();
        state('S').unwrap();
    }
}
