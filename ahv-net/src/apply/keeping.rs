use super::journal::{Entry, HostLock, Journal, JournalError, Left, Phase, Reach, UnixTime};
use super::resolve::Made;
use super::{ApplyError, ApplyOptions, Undo};
use crate::Host;
use crate::edit::Plan;

/// The journal of a host while an edit runs, and the right to edit it.
///
/// The embedded host has none unless a directory is named: what is written of it would outlive it.
#[derive(Debug)]
pub(crate) struct Keeping {
    kept: Option<(Journal, HostLock)>,
    entry: Option<Entry>,
}

impl Keeping {
    /// Takes the host, and refuses it while an edit of it is not finished.
    pub(crate) async fn open(host: &Host, options: &ApplyOptions) -> Result<Self, ApplyError> {
        if host.is_embedded() && options.state.is_none() {
            return Ok(Self {
                kept: None,
                entry: None,
            });
        }
        let journal = Journal::open(options.state.as_deref(), &host.identity().await?)?;
        let lock = journal.lock()?;
        if let Some(entry) = journal.unfinished()? {
            return Err(JournalError::Unfinished(Box::new(entry)).into());
        }
        Ok(Self {
            kept: Some((journal, lock)),
            entry: None,
        })
    }

    /// Goes on with a plan that was begun earlier.
    pub(crate) fn of(journal: Journal, lock: HostLock, entry: Entry) -> Self {
        Self {
            kept: Some((journal, lock)),
            entry: Some(entry),
        }
    }

    pub(crate) fn journal(&self) -> Option<&Journal> {
        self.kept.as_ref().map(|(journal, _)| journal)
    }

    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    /// Writes the plan down.
    pub(crate) fn begin(
        &mut self,
        plan: &Plan,
        reach: Reach,
        confirm_by: Option<UnixTime>,
    ) -> Result<(), JournalError> {
        if let Some((journal, lock)) = &self.kept {
            self.entry = Some(journal.begin(plan, reach, confirm_by, lock)?);
        }
        Ok(())
    }

    /// Writes down how far it is.
    pub(crate) fn record(
        &mut self,
        phase: Phase,
        confirm_by: Option<UnixTime>,
        why: Option<String>,
    ) -> Result<(), JournalError> {
        self.update(|entry| {
            entry.phase = phase;
            entry.confirm_by = confirm_by;
            entry.why = why;
        })
    }

    /// Writes down what the server called the rows that it made.
    pub(crate) fn record_made(&mut self, made: &Made) -> Result<(), JournalError> {
        let is_written = self.entry.as_ref().is_some_and(|entry| entry.made == *made);
        match is_written {
            true => Ok(()),
            false => self.update(|entry| entry.made.clone_from(made)),
        }
    }

    /// Writes down that all of it is done, and what the server called the rows that it made.
    pub(crate) fn record_done(
        &mut self,
        phase: Phase,
        confirm_by: Option<UnixTime>,
        made: &Made,
    ) -> Result<(), JournalError> {
        self.update(|entry| {
            entry.phase = phase;
            entry.confirm_by = confirm_by;
            entry.made.clone_from(made);
        })
    }

    /// Writes down what undoing it came to.
    pub(crate) fn record_undo(&mut self, undo: &Undo, made: &Made, why: String) -> Result<(), JournalError> {
        self.update(|entry| {
            entry.made.clone_from(made);
            entry.phase = match undo.is_complete() {
                true => Phase::Undone,
                false => Phase::Unsettled,
            };
            entry.why = Some(why);
            entry.undo = Some(undo.clone());
        })
    }

    /// Writes down that it stays as it is.
    pub(crate) fn record_left(&mut self, left: Left) -> Result<(), JournalError> {
        self.update(|entry| {
            entry.phase = Phase::Left;
            entry.left = Some(left);
        })
    }

    /// What is written stands where the new cannot be written.
    fn update(&mut self, change: impl FnOnce(&mut Entry)) -> Result<(), JournalError> {
        if let (Some((journal, lock)), Some(entry)) = (&self.kept, &mut self.entry) {
            let mut new = entry.clone();
            change(&mut new);
            journal.record(&mut new, lock)?;
            *entry = new;
        }
        Ok(())
    }
}
