use std::time::Duration;

use super::claim::Claim;
use super::journal::{Entry, HostLock, Journal, JournalError, Phase, UnixTime};
use super::keeping::Keeping;
use super::undo::undo;
use super::{ApplyError, ApplyOptions};
use crate::Host;
use crate::edit::Change;

/// How long an edit that runs is waited for by those who finish others.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How long after an undo the host is looked at once more: libvirtd may have been at a call of the one who was
/// killed.
const SECOND_LOOK: Duration = Duration::from_millis(500);

impl Host {
    /// Undoes what a process that was killed left half done, and what was not confirmed in time.
    ///
    /// Gives what became of it: [`Phase::Undone`], [`Phase::Unsettled`] where a part could not be undone (its
    /// `undo` says which; run it again), [`Phase::Unconfirmed`] where there still is time to confirm it. `None`
    /// where nothing was unfinished.
    ///
    /// What is not as the plan left it is left alone: others changed it.
    ///
    /// # Errors
    /// When the journal or the host cannot be read, or another edit runs.
    ///
    /// # Cancel safety
    /// Run it again.
    pub async fn recover(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        let journal = self.kept(options).await?;
        self.recover_in(journal, None, false, options).await
    }

    /// Undoes an applied plan: the one of this id, or the last one that is not undone.
    ///
    /// Gives what became of it, as [`recover`](Self::recover) does.
    ///
    /// # Errors
    /// When there is none, another edit is unfinished or runs, or the journal or the host cannot be read.
    ///
    /// # Cancel safety
    /// Run [`recover`](Self::recover).
    pub async fn revert(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError> {
        let journal = self.kept(options).await?;
        let lock = wait_for_lock(&journal).await?;
        let unfinished = journal.unfinished()?;
        let entry = match (unfinished, id) {
            (Some(entry), None) => entry,
            (Some(entry), Some(id)) if entry.id == id => entry,
            (Some(entry), Some(_)) => return Err(JournalError::Unfinished(Box::new(entry)).into()),
            (None, id) => applied(&journal, id)?,
        };
        // Who cannot have the database reverts nothing, and leaves nothing to be recovered.
        let claim = Claim::take(self).await?;
        let mut keeping = Keeping::of(journal, lock, entry);
        // From here on it is unfinished again, should this process be killed.
        keeping.record(Phase::Begun, None, Some("it is being reverted".to_owned()))?;
        self.undo_entry(keeping, claim, options, "reverted".to_owned())
            .await
    }

    /// Says that an applied plan is right, so that it stays.
    ///
    /// # Errors
    /// When nothing waits for a confirmation, or its time has passed.
    ///
    /// # Cancel safety
    /// It is confirmed or not when the future is dropped: look at [`pending`](Self::pending).
    pub async fn confirm(&self, id: Option<&str>, options: &ApplyOptions) -> Result<Entry, ApplyError> {
        let journal = self.kept(options).await?;
        let lock = wait_for_lock(&journal).await?;
        let waiting = journal.unfinished()?;
        let entry = match waiting {
            Some(entry) if id.is_some_and(|id| id != entry.id) => {
                return Err(JournalError::Unfinished(Box::new(entry)).into());
            }
            Some(entry) if entry.phase != Phase::Unconfirmed => {
                return Err(JournalError::Unfinished(Box::new(entry)).into());
            }
            Some(entry) => entry,
            None => return Err(not_waiting(&journal, id)?.into()),
        };
        if entry.is_overdue(UnixTime::now()) {
            return Err(JournalError::TooLate(Box::new(entry)).into());
        }
        let mut keeping = Keeping::of(journal, lock, entry);
        let confirm_by = keeping.entry().and_then(|entry| entry.confirm_by);
        keeping.record(Phase::Confirmed, confirm_by, None)?;
        settled(&keeping)
    }

    /// The plan that is not finished: begun, waiting for its confirmation, or not undone yet.
    ///
    /// # Errors
    /// When the journal cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub async fn pending(&self, options: &ApplyOptions) -> Result<Option<Entry>, ApplyError> {
        match self.journal(options).await? {
            Some(journal) => Ok(journal.unfinished()?),
            None => Ok(None),
        }
    }

    /// What became of the last 100 plans, the latest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    ///
    /// # Cancel safety
    /// Nothing is changed.
    pub async fn history(&self, options: &ApplyOptions) -> Result<Vec<Entry>, ApplyError> {
        match self.journal(options).await? {
            Some(journal) => Ok(journal.history()?),
            None => Ok(Vec::new()),
        }
    }

    async fn journal(&self, options: &ApplyOptions) -> Result<Option<Journal>, ApplyError> {
        if self.is_embedded() && options.state.is_none() {
            return Ok(None);
        }
        let identity = self.identity().await?;
        Ok(Some(Journal::open(options.state.as_deref(), &identity)?))
    }

    pub(super) async fn kept(&self, options: &ApplyOptions) -> Result<Journal, ApplyError> {
        self.journal(options).await?.ok_or_else(|| {
            let what =
                "this is the embedded host, which ends with its command and keeps no journal: name the host of the edit, with \
                 the same sources and --state as the edit";
            JournalError::Nothing(what.to_owned()).into()
        })
    }

    /// As [`recover`](Self::recover), of this plan alone, and `at_once` even where there still is time.
    pub(crate) async fn recover_in(
        &self,
        journal: Journal,
        id: Option<&str>,
        at_once: bool,
        options: &ApplyOptions,
    ) -> Result<Option<Entry>, ApplyError> {
        let lock = wait_for_lock(&journal).await?;
        let is_it = |entry: &Entry| id.is_none_or(|id| entry.id == id);
        let Some(entry) = journal.unfinished()?.filter(is_it) else {
            return Ok(None);
        };
        if entry.phase == Phase::Unconfirmed && !at_once && !entry.is_overdue(UnixTime::now()) {
            return Ok(Some(entry));
        }
        let why = reason(&entry);
        let claim = Claim::take(self).await?;
        self.undo_entry(Keeping::of(journal, lock, entry), claim, options, why)
            .await
            .map(Some)
    }

    /// Undoes what is done of a plan, and writes down what that came to.
    async fn undo_entry(
        &self,
        mut keeping: Keeping,
        mut claim: Claim,
        options: &ApplyOptions,
        why: String,
    ) -> Result<Entry, ApplyError> {
        let Some(entry) = keeping.entry().cloned() else {
            return Err(JournalError::Nothing("there is nothing to undo".to_owned()).into());
        };
        let changes = entry.changes();
        let comment = format!("undo of {}", entry.plan.intent);
        let mut made = entry.made;
        let mut undone = undo(self, &changes, &mut made, &mut claim, &comment, options).await;
        if undone.is_complete() && changes.iter().any(|change| !matches!(change, Change::Rows(_))) {
            tokio::time::sleep(SECOND_LOOK).await;
            let again = undo(self, &changes, &mut made, &mut claim, &comment, options).await;
            undone.undone.extend(again.undone);
            undone.failed.extend(again.failed);
        }
        tracing::info!(id = entry.id, intent = entry.plan.intent, %undone, why, "undo");
        keeping
            .record_undo(&undone, &made, why)
            .map_err(|error| ApplyError::NotRecorded {
                undo: Box::new(undone),
                error: Box::new(error),
            })?;
        settled(&keeping)
    }
}

/// Takes the host from an edit that runs, when it is done.
pub(super) async fn wait_for_lock(journal: &Journal) -> Result<HostLock, JournalError> {
    let mut looks = 0;
    loop {
        match journal.lock() {
            Err(error) if error.is_busy() && looks < LOOKS => {
                looks += 1;
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            taken => return taken,
        }
    }
}

pub(super) fn settled(keeping: &Keeping) -> Result<Entry, ApplyError> {
    keeping
        .entry()
        .cloned()
        .ok_or_else(|| JournalError::Nothing("there is nothing in the journal".to_owned()).into())
}

fn reason(entry: &Entry) -> String {
    match (entry.phase, entry.confirm_by) {
        (Phase::Unconfirmed, Some(confirm_by)) => format!("it was not confirmed by {confirm_by}"),
        (Phase::Unsettled, _) => match &entry.why {
            Some(why) => why.clone(),
            None => "it could not be undone before".to_owned(),
        },
        _ => format!("process {} ended before it was done", entry.who.pid),
    }
}

/// The entry that is to be reverted.
fn applied(journal: &Journal, id: Option<&str>) -> Result<Entry, JournalError> {
    let is_applied = |entry: &Entry| matches!(entry.phase, Phase::Applied | Phase::Confirmed);
    let mut history = journal.history()?.into_iter();
    match id {
        None => history.find(is_applied).ok_or_else(|| {
            let place = journal.directory().display();
            JournalError::Nothing(format!(
                "the journal {place} has no edit that is not undone: {OTHER_JOURNAL}"
            ))
        }),
        Some(id) => match history.find(|entry| entry.id == id) {
            Some(entry) if is_applied(&entry) => Ok(entry),
            Some(entry) => Err(JournalError::Nothing(format!(
                "the edit {id} is {} already",
                entry.phase
            ))),
            None => Err(no_edit(journal, id)),
        },
    }
}

/// What to do where the edit is in no journal that was looked at.
const OTHER_JOURNAL: &str = "name the same sources and --state as the edit";

fn no_edit(journal: &Journal, id: &str) -> JournalError {
    let place = journal.directory().display();
    JournalError::Nothing(format!("the journal {place} has no edit {id}: {OTHER_JOURNAL}"))
}

fn not_waiting(journal: &Journal, id: Option<&str>) -> Result<JournalError, JournalError> {
    let mut history = journal.history()?.into_iter();
    let last = match id {
        Some(id) => history.find(|entry| entry.id == id),
        None => history.next(),
    };
    Ok(match (last, id) {
        (Some(entry), _) => {
            JournalError::Nothing(format!("nothing waits for a confirmation; the last is {entry}"))
        }
        (None, Some(id)) => no_edit(journal, id),
        (None, None) => JournalError::Nothing(format!(
            "nothing waits for a confirmation in the journal {}: {OTHER_JOURNAL}",
            journal.directory().display()
        )),
    })
}
