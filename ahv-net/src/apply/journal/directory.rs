use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Entry, HostLock, JournalError, Phase, Reach, UnixTime, Who, place, seal};
use crate::edit::{HostIdentity, Plan};

/// How many finished entries are kept.
const KEPT: usize = 100;

/// The journal of one host.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    directory: PathBuf,
    /// Where it is known by its other name.
    alias: Option<PathBuf>,
}

impl Journal {
    /// The journal of a host below this directory, or in the usual place.
    ///
    /// # Errors
    /// When the directory cannot be made, or others may write to it.
    pub(crate) fn open(state: Option<&Path>, host: &HostIdentity) -> Result<Self, JournalError> {
        let state = match state {
            Some(state) => std::path::absolute(state).map_err(JournalError::io("find", state))?,
            None => place::default_place()?,
        };
        place::make(&state)?;
        let directory = state.join(place::of_host(host)?);
        place::make(&directory)?;
        place::make(&directory.join("history"))?;
        let alias = place::alias(host).map(|alias| state.join(alias));
        Ok(Self { directory, alias })
    }

    /// The journal in a directory that another process opened.
    pub(crate) fn at(directory: PathBuf) -> Result<Self, JournalError> {
        place::expect_ours(&directory)?;
        Ok(Self {
            directory,
            alias: None,
        })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Takes the right to edit the host, by whichever name it is known.
    ///
    /// # Errors
    /// When another edit runs.
    pub(crate) fn lock(&self) -> Result<HostLock, JournalError> {
        let mut lock = HostLock::take(&self.directory.join("lock"))?;
        self.join(&mut lock)?;
        self.put_away_finished()?;
        Ok(lock)
    }

    /// Makes the journal that the host had while only its libvirtd was connected one with this: one host has one
    /// journal. Where a plan is unfinished in both, both are held until one of them is done.
    fn join(&self, lock: &mut HostLock) -> Result<(), JournalError> {
        let Some(alias) = &self.alias else {
            return Ok(());
        };
        if let Some(other) = self.other()? {
            let held = other.lock()?;
            if other.unfinished()?.is_some() && self.current()?.is_some_and(|entry| entry.is_unfinished()) {
                lock.other = Some(Box::new(held));
                return Ok(());
            }
            if other.current()?.is_some() {
                self.put_away_finished()?;
                self.take_over(&other.directory.join("current"), &self.directory.join("current"))?;
            }
            for file in other.files()? {
                if let Some(name) = file.file_name() {
                    self.take_over(&file, &self.directory.join("history").join(name))?;
                }
            }
            // Its lock goes with it, so that whoever waits for that one finds out.
            let was = format!("was-{}", uuid::Uuid::new_v4().simple());
            self.take_over(alias, &self.directory.join(was))?;
        }
        self.link(alias)
    }

    /// The journal that the host has under its other name, where that is not this one.
    fn other(&self) -> Result<Option<Self>, JournalError> {
        let Some(alias) = &self.alias else {
            return Ok(None);
        };
        match fs::symlink_metadata(alias) {
            Ok(found) if found.is_dir() => Self::at(alias.clone()).map(Some),
            Ok(_) => Ok(None),
            Err(error) if place::is_absent(&error) => Ok(None),
            Err(error) => Err(JournalError::io("look at", alias)(error)),
        }
    }

    /// Has the other name lead here. Of two hosts that have one name, and of a database that was made anew, it leads
    /// to the one that was edited last, but never away from what is not finished.
    fn link(&self, alias: &Path) -> Result<(), JournalError> {
        let Some(name) = self.directory.file_name() else {
            return Ok(());
        };
        match fs::read_link(alias) {
            Ok(target) if target.as_os_str() == name => return Ok(()),
            Ok(_) => {
                if read(&alias.join("current"))?.is_some_and(|entry| entry.is_unfinished()) {
                    return Ok(());
                }
                fs::remove_file(alias).map_err(JournalError::io("replace", alias))?;
            }
            Err(error) if place::is_absent(&error) => {}
            Err(error) => return Err(JournalError::io("look at", alias)(error)),
        }
        match std::os::unix::fs::symlink(name, alias) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(JournalError::io("make", alias)(error))
            }
            _ => Ok(()),
        }
    }

    fn take_over(&self, from: &Path, to: &Path) -> Result<(), JournalError> {
        fs::rename(from, to).map_err(JournalError::io("move", from))?;
        sync(&self.directory)
    }

    /// Whether no edit runs.
    pub(crate) fn is_free(&self) -> bool {
        HostLock::is_free(&self.directory.join("lock"))
    }

    /// The plan that is not finished.
    ///
    /// # Errors
    /// When the journal cannot be read or is damaged.
    pub(crate) fn unfinished(&self) -> Result<Option<Entry>, JournalError> {
        match self.current()?.filter(Entry::is_unfinished) {
            Some(entry) => Ok(Some(entry)),
            None => match self.other()? {
                Some(other) => other.unfinished(),
                None => Ok(None),
            },
        }
    }

    /// Writes down that a plan is about to be done.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be done.
    pub(crate) fn begin(
        &self,
        plan: &Plan,
        reach: Reach,
        confirm_by: Option<UnixTime>,
        _lock: &HostLock,
    ) -> Result<Entry, JournalError> {
        let who = Who::this();
        let mut id = uuid::Uuid::new_v4().simple().to_string();
        id.truncate(8);
        let entry = Entry {
            id,
            phase: Phase::Begun,
            begun: who.since,
            changed: who.since,
            confirm_by,
            who,
            reach,
            plan: plan.clone(),
            made: BTreeMap::new(),
            why: None,
            undo: None,
            left: None,
        };
        self.write(&entry)?;
        Ok(entry)
    }

    /// Writes down what became of the plan that was begun; what is finished goes to the history.
    ///
    /// # Errors
    /// When it cannot be written: then what was written before stands.
    pub(crate) fn record(&self, entry: &mut Entry, _lock: &HostLock) -> Result<(), JournalError> {
        entry.changed = UnixTime::now();
        self.write(entry)?;
        match entry.is_unfinished() {
            true => Ok(()),
            false => self.put_away(entry),
        }
    }

    /// What is finished, the latest first.
    ///
    /// # Errors
    /// When the journal cannot be read or is damaged.
    pub(crate) fn history(&self) -> Result<Vec<Entry>, JournalError> {
        let current = self.current()?;
        let mut entries = Vec::new();
        for file in self.files()?.iter().rev() {
            // What is begun anew, to be reverted, is not what it was any more.
            let is_current = |entry: &Entry| current.as_ref().is_some_and(|current| current.id == entry.id);
            match read(file) {
                Ok(entry) => entries.extend(entry.filter(|entry| !is_current(entry))),
                // What is finished decides nothing: the rest is still history.
                Err(error) => tracing::warn!(%error, "an entry of the history is passed over"),
            }
        }
        let latest = current.filter(|entry| !entry.is_unfinished());
        entries.extend(latest);
        if let Some(other) = self.other()? {
            entries.extend(other.history()?);
        }
        entries.sort_by(|a, b| (b.begun, &b.id).cmp(&(a.begun, &a.id)));
        Ok(entries)
    }

    /// The entry of this name.
    ///
    /// # Errors
    /// When the journal cannot be read or is damaged.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Entry>, JournalError> {
        if let Some(entry) = self.current()?.filter(|entry| entry.id == id) {
            return Ok(Some(entry));
        }
        Ok(self.history()?.into_iter().find(|entry| entry.id == id))
    }

    fn current(&self) -> Result<Option<Entry>, JournalError> {
        read(&self.directory.join("current"))
    }

    fn write(&self, entry: &Entry) -> Result<(), JournalError> {
        let file = self.directory.join("current");
        let beside = self.directory.join("next");
        let bytes = seal::sealed(entry).map_err(|error| JournalError::io("write", &file)(error.into()))?;
        let write = || {
            let mut next = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&beside)?;
            next.write_all(&bytes)?;
            next.sync_all()
        };
        if let Err(error) = write() {
            // A full disk gets back what it gave.
            let _ = fs::remove_file(&beside);
            return Err(JournalError::io("write", &beside)(error));
        }
        fs::rename(&beside, &file).map_err(JournalError::io("write", &file))?;
        sync(&self.directory)
    }

    /// A process that ended between the last word on its plan and putting it away left it here, or a power cut did.
    fn put_away_finished(&self) -> Result<(), JournalError> {
        match self.current()?.filter(|entry| !entry.is_unfinished()) {
            Some(entry) => self.put_away(&entry),
            None => Ok(()),
        }
    }

    /// Moves what is finished to the history. Not synced: a power cut leaves it in the one place or the other, in both
    /// it is finished, and whoever takes the lock next puts it away before anything else is written.
    fn put_away(&self, entry: &Entry) -> Result<(), JournalError> {
        let history = self.directory.join("history");
        let name = format!("{:014}-{}", entry.begun.as_millis(), entry.id);
        let file = history.join(name);
        fs::rename(self.directory.join("current"), &file).map_err(JournalError::io("write", &file))?;
        let files = self.files()?;
        for old in files.iter().take(files.len().saturating_sub(KEPT)) {
            // Housekeeping: the edit is done and written down, whatever becomes of the oldest entries.
            if let Err(error) = fs::remove_file(old) {
                tracing::warn!(file = %old.display(), %error, "an old entry of the journal stays");
            }
        }
        Ok(())
    }

    /// The files of the history, the oldest first.
    fn files(&self) -> Result<Vec<PathBuf>, JournalError> {
        let history = self.directory.join("history");
        let listed = fs::read_dir(&history).and_then(|files| {
            files
                .map(|file| file.map(|file| file.path()))
                .collect::<Result<Vec<_>, _>>()
        });
        let mut files = listed.map_err(JournalError::io("read", &history))?;
        files.sort_unstable();
        Ok(files)
    }
}

fn read(file: &Path) -> Result<Option<Entry>, JournalError> {
    match fs::read(file) {
        Ok(bytes) => seal::opened(file, &bytes).map(Some),
        Err(error) if place::is_absent(&error) => Ok(None),
        Err(error) => Err(JournalError::io("read", file)(error)),
    }
}

/// Makes what was renamed in a directory outlive a power cut.
fn sync(directory: &Path) -> Result<(), JournalError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(JournalError::io("sync", directory))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
