use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};

use super::program::ARMED;
use crate::Host;
use crate::apply::journal::{Entry, Journal, JournalError, Phase, UnixTime};
use crate::apply::{ApplyError, ApplyOptions};
use crate::edit::Change;

/// How often the journal is read.
const LOOK: Duration = Duration::from_millis(500);

/// How long it tries to undo a plan. A host that is not back by then needs a person.
const GIVE_UP: Duration = Duration::from_secs(3600);

/// Between two attempts: doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(15);

/// How long each source is waited for in one attempt.
const CONNECT: Duration = Duration::from_secs(10);

/// Waits for the end of the plan's time, and undoes it then. Gives the code to exit with.
pub(super) fn keep(directory: PathBuf, id: &str) -> i32 {
    // Without a terminal, none can take it along when it goes. It fails for who leads a group already, which
    // whoever starts it by hand may.
    let _ = nix::unistd::setsid();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let kept = runtime.map(|runtime| {
        let kept = runtime.block_on(watch(directory, id));
        runtime.shutdown_background();
        kept
    });
    match kept {
        Ok(Ok(what)) => {
            say(id, &what);
            0
        }
        Ok(Err(error)) => {
            say(id, &error);
            1
        }
        Err(error) => {
            say(id, &error);
            1
        }
    }
}

/// A line in the log. Where even that fails there is nobody left to tell.
fn say(id: &str, what: &dyn fmt::Display) {
    let _ = writeln!(io::stderr(), "{} {id}: {what}", UnixTime::now());
}

/// What asks a process to end.
struct Signals {
    terminate: Signal,
    #[expect(dead_code, reason = "while it is there, the signal does nothing")]
    others: [Signal; 3],
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            others: [
                signal(SignalKind::hangup())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::quit())?,
            ],
        })
    }
}

async fn watch(directory: PathBuf, id: &str) -> Result<String, ApplyError> {
    let failed = JournalError::io("watch", &directory);
    let mut signals = Signals::new().map_err(failed)?;
    let journal = Journal::at(directory)?;
    if journal.find(id)?.is_none() {
        return Err(JournalError::Nothing("the journal has no such edit".to_owned()).into());
    }
    say(id, &"armed");
    let mut stdout = io::stdout();
    writeln!(stdout, "{ARMED}")
        .and_then(|()| stdout.flush())
        .map_err(JournalError::io("answer for", journal.directory()))?;
    let mut told_to_end = false;
    let mut deadline = None;
    loop {
        let Some(entry) = journal.find(id)?.filter(Entry::is_unfinished) else {
            return Ok("no watchdog is needed any more".to_owned());
        };
        let is_due = match entry.phase {
            // The one who applies it holds the lock until it is done.
            Phase::Begun => journal.is_free(),
            _ => is_due(&entry, &mut deadline),
        };
        if is_due || told_to_end {
            match attempts(&journal, id, true).await? {
                Some(what) => return Ok(what),
                // It went on between the look and the lock.
                None => continue,
            }
        }
        told_to_end = timeout(LOOK, signals.terminate.recv()).await.is_ok();
    }
}

/// Whether the time has passed, by the system's clock, which may be set, or by one that only runs.
#[expect(clippy::disallowed_methods, reason = "a watchdog reads clocks")]
fn is_due(entry: &Entry, deadline: &mut Option<(UnixTime, Instant)>) -> bool {
    let Some(confirm_by) = entry.confirm_by else {
        return true;
    };
    let (now, runs) = (UnixTime::now(), Instant::now());
    match deadline {
        Some((known, instant)) if *known == confirm_by => entry.is_overdue(now) || *instant <= runs,
        _ => {
            *deadline = Some((confirm_by, runs + confirm_by.remaining(now)));
            entry.is_overdue(now)
        }
    }
}

/// Undoes the plan, and tries again while it cannot. `None` where it is not to be undone yet.
#[expect(clippy::disallowed_methods, reason = "a watchdog reads clocks")]
async fn attempts(journal: &Journal, id: &str, at_once: bool) -> Result<Option<String>, ApplyError> {
    let give_up = Instant::now() + GIVE_UP;
    let mut pause = FIRST_PAUSE;
    loop {
        let why = match attempt(journal, id, at_once).await {
            // It is finished, or there still is time: the one who waits looks again.
            Ok(None) => return Ok(None),
            Ok(Some(entry)) if entry.phase == Phase::Unconfirmed => return Ok(None),
            Ok(Some(entry)) if !entry.is_unfinished() => return Ok(Some(done(&entry))),
            Ok(Some(entry)) => entry.undo.map_or_else(String::new, |undo| undo.to_string()),
            Err(error) => error.to_string(),
        };
        say(id, &why);
        if Instant::now() >= give_up {
            let why = format!(
                "the watchdog gave up after {} minutes: {why}",
                GIVE_UP.as_secs() / 60
            );
            return Ok(Some(record_failure(journal, id, why)?));
        }
        sleep(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

fn done(entry: &Entry) -> String {
    match &entry.undo {
        Some(undo) => format!("{}: {undo}", entry.plan.intent),
        None => "no watchdog is needed any more".to_owned(),
    }
}

async fn attempt(journal: &Journal, id: &str, at_once: bool) -> Result<Option<Entry>, ApplyError> {
    let Some(entry) = journal.find(id)?.filter(Entry::is_unfinished) else {
        return Ok(None);
    };
    let host = connect(&entry).await?;
    host.recover_in(journal.clone(), Some(id), at_once, &ApplyOptions::new())
        .await
}

/// Connects to what the plan changes. What cannot be reached is left out: half undone now and the rest later is
/// better than nothing, and the half that could not be undone is said to be so.
async fn connect(entry: &Entry) -> Result<Host, crate::Error> {
    let mut wants = (false, false);
    for step in &entry.plan.steps {
        match step.change {
            Change::Rows(_) => wants.0 = true,
            Change::Nic(_) | Change::Network(_) => wants.1 = true,
        }
    }
    let ovsdb = entry.reach.ovsdb.as_ref().filter(|_| wants.0);
    let libvirt = entry.reach.libvirt.as_ref().filter(|_| wants.1);
    let ovsdb = async {
        let remote = ovsdb?;
        Some(timeout(CONNECT, Host::builder().ovsdb(remote).connect()).await)
    };
    let libvirt = async {
        let uri = libvirt?;
        Some(timeout(CONNECT, Host::builder().libvirt(uri).connect()).await)
    };
    let (ovsdb, libvirt) = tokio::join!(ovsdb, libvirt);
    let late = || {
        Err(crate::Error::Ovsdb(ovsdb_client::Error::TimedOut {
            method: "a connection".to_owned(),
            limit: CONNECT,
        }))
    };
    let ovsdb = ovsdb.map(|host| host.unwrap_or_else(|_| late()));
    let libvirt = libvirt.map(|host| host.unwrap_or_else(|_| late()));
    match (ovsdb, libvirt) {
        (Some(Ok(mut host)), Some(Ok(libvirt))) => {
            host.libvirt = libvirt.libvirt;
            Ok(host)
        }
        (Some(Ok(host)), _) | (_, Some(Ok(host))) => Ok(host),
        (Some(Err(error)), _) | (_, Some(Err(error))) => Err(error),
        (None, None) => Host::builder().connect().await,
    }
}

/// Leaves the plan to a person.
fn record_failure(journal: &Journal, id: &str, why: String) -> Result<String, JournalError> {
    let lock = journal.lock()?;
    if let Some(mut entry) = journal.find(id)?.filter(Entry::is_unfinished) {
        entry.phase = Phase::Unsettled;
        entry.why = Some(why.clone());
        journal.record(&mut entry, &lock)?;
    }
    Ok(why)
}
