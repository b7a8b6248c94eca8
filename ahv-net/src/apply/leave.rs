use super::journal::{Entry, JournalError, Left, Phase, Who};
use super::keeping::Keeping;
use super::recover::{settled, wait_for_lock};
use super::resolve::Made;
use super::stand::{self, Stand};
use super::{ApplyError, ApplyOptions, perform};
use crate::Host;
use crate::edit::{Change, ColumnEdit, RowChange, RowEdit};

impl Host {
    /// Leaves an edit as it is that cannot be undone, so that others may begin.
    ///
    /// It must be the one that is unfinished, by its exact id, and [`recover`](Self::recover) must have tried to undo
    /// it. The entry goes to the history with who left it, `why`, and what is then not as it was before
    /// ([`Entry::left`]); nothing is changed on the host, and the edit is not undone by anyone later.
    ///
    /// # Errors
    /// [`JournalError::Nothing`] when no such edit is unfinished, or it can still be confirmed, reverted or recovered;
    /// otherwise when another edit runs or the journal cannot be read or written.
    ///
    /// # Cancel safety
    /// It is left or not when the future is dropped: look at [`pending`](Self::pending).
    pub async fn leave(&self, id: &str, why: &str, options: &ApplyOptions) -> Result<Entry, ApplyError> {
        let journal = self.kept(options).await?;
        let lock = wait_for_lock(&journal).await?;
        let entry = to_be_left(journal.unfinished()?, id, why)?;
        let left = Left {
            by: Who::this(),
            why: why.trim().to_owned(),
            differs: self.differs(&entry).await,
        };
        tracing::warn!(id, intent = entry.plan.intent, by = %left.by, why, differs = ?left.differs, "left as it is");
        let mut keeping = Keeping::of(journal, lock, entry);
        keeping.record_left(left)?;
        settled(&keeping)
    }

    /// What of an edit is not as it was before it, a sentence each.
    async fn differs(&self, entry: &Entry) -> Vec<String> {
        let mut differs = Vec::new();
        let changes = entry.changes();
        let all: Vec<RowChange> = changes
            .iter()
            .flat_map(|change| match change {
                Change::Rows(rows) => rows.clone(),
                _ => Vec::new(),
            })
            .collect();
        if !all.is_empty() {
            match self.differing_rows(&all, &entry.made).await {
                Ok(rows) => differs.extend(rows),
                Err(error) => differs.push(format!("what the switch has was not looked at: {error}")),
            }
        }
        for change in &changes {
            let name = match change {
                Change::Nic(nic) => format!("NIC {} of {}", nic.mac, nic.domain),
                Change::Network(network) => format!("network {}", network.name),
                Change::Rows(_) => continue,
            };
            let stand = match self.hypervisor() {
                Ok(_) => self
                    .stand_of_libvirt(change)
                    .await
                    .map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            differs.extend(match stand {
                Ok(Stand::Before) => None,
                Ok(Stand::After) => Some(format!("{name} is as the edit made it")),
                Ok(Stand::Gone(why) | Stand::Neither(why)) => Some(format!("{name}: {why}")),
                Err(error) => Some(format!("{name} was not looked at: {error}")),
            });
        }
        differs
    }

    async fn differing_rows(
        &self,
        all: &[RowChange],
        made: &Made,
    ) -> Result<Vec<String>, ovsdb_client::Error> {
        let replica = self.editing_replica().await?;
        let snapshot = perform::current(&replica).await?;
        let rows = stand::rows(all, made, &snapshot);
        let done = rows.after.iter().flat_map(sentences);
        Ok(done
            .chain(rows.unclear)
            .chain(rows.neither)
            .chain(rows.gone)
            .collect())
    }
}

/// The edit that may be left.
fn to_be_left(unfinished: Option<Entry>, id: &str, why: &str) -> Result<Entry, JournalError> {
    let refuse = |what: String| Err(JournalError::Nothing(what));
    let Some(entry) = unfinished else {
        return refuse("no edit is unfinished, so there is none to be left".to_owned());
    };
    if entry.id != id {
        return refuse(format!(
            "the edit that is unfinished is {} and not {id:?}: name it by its exact id to leave it as it is",
            entry.id
        ));
    }
    match entry.phase {
        Phase::Unsettled if why.trim().is_empty() => {
            refuse(format!("say why {id} is left as it is, for those who come after"))
        }
        Phase::Unsettled => Ok(entry),
        Phase::Unconfirmed => refuse(format!(
            "the edit {id} waits for its confirmation: confirm or revert it"
        )),
        _ => refuse(format!(
            "nobody has tried yet to undo the edit {id}: run recover, and leave it only where that fails"
        )),
    }
}

/// What a change that is done makes different.
fn sentences(change: &RowChange) -> Vec<String> {
    let row = &change.row;
    match &change.edit {
        RowEdit::Insert(_) => vec![format!("{row} is there, and was not")],
        RowEdit::Delete(_) => vec![format!("{row} is gone")],
        RowEdit::Update(columns) => columns
            .iter()
            .map(|(column, edit)| match edit {
                ColumnEdit::Replace { before, after } => {
                    format!("{row} {column} is {after} and was {before}")
                }
                ColumnEdit::Elements { removed, added } => match (removed.is_empty(), added.is_empty()) {
                    (true, _) => format!("{row} {column} has {added}, which it had not"),
                    (false, true) => format!("{row} {column} has {removed} no more"),
                    (false, false) => format!("{row} {column} has {added} and no more {removed}"),
                },
            })
            .collect(),
    }
}
