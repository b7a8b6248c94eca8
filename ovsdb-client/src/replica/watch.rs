//! Events of a replica.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};

use super::{
    handle::Shared,
    store::{Snapshot, State},
};
use crate::table::{RowUuid, Table, TableRow};

/// What happened to a replica.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// One commit of the server.
    Commit(Commit),
    /// The replica, or this watch, could not follow commit by commit; here is the difference.
    Resync(Resync),
}

/// All changes of one notification of the server, which it never splits.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The changed rows.
    pub changes: Arc<[Change]>,
    /// The replica after them.
    pub snapshot: Snapshot,
}

/// The difference between what the watch saw last and what is now, deletions included.
#[derive(Clone, Debug)]
pub struct Resync {
    /// Why.
    pub reason: ResyncReason,
    /// The rows that differ.
    pub changes: Arc<[Change]>,
    /// The replica now.
    pub snapshot: Snapshot,
}

/// Why there is a difference instead of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResyncReason {
    /// The session was lost and made again, or the database was converted under it.
    Reconnected,
    /// Other conditions were set ([`Replica::set_conditions`](super::Replica::set_conditions)), and all rows came
    /// again: the server has only the plain `monitor`, or it refused them and those of before were put back. Else
    /// the difference comes as a commit.
    ConditionsChanged,
    /// The reader of this watch was slower than the commits; so many were folded into one.
    Lagged(u64),
    /// What the server sent did not fit what it sent before, so everything was asked for again.
    Inconsistent,
}

/// One row before and after; at least one of them is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The row as it was; none if it is new.
    pub old: Option<TableRow>,
    /// The row as it is; none if it was deleted.
    pub new: Option<TableRow>,
}

/// A change of a row of table `T`.
#[derive(Clone, Debug)]
pub enum TypedChange<T> {
    /// A new row.
    Inserted(T),
    /// A changed row.
    Modified {
        /// As it was.
        old: T,
        /// As it is.
        new: T,
    },
    /// A deleted row, as it was.
    Deleted(T),
}

impl Event {
    /// The changed rows.
    pub fn changes(&self) -> &[Change] {
        match self {
            Event::Commit(commit) => &commit.changes,
            Event::Resync(resync) => &resync.changes,
        }
    }

    /// The changed rows of table `T`.
    pub fn changes_of<T: Table>(&self) -> impl Iterator<Item = TypedChange<T>> {
        self.changes().iter().filter_map(Change::typed)
    }

    /// The replica after them.
    pub fn snapshot(&self) -> &Snapshot {
        match self {
            Event::Commit(commit) => &commit.snapshot,
            Event::Resync(resync) => &resync.snapshot,
        }
    }
}

impl Change {
    pub(super) fn new(old: Option<TableRow>, new: Option<TableRow>) -> Self {
        Self { old, new }
    }

    /// The change as one of table `T`, if it is one.
    pub fn typed<T: Table>(&self) -> Option<TypedChange<T>> {
        let of_table = |row: &Option<TableRow>| {
            row.clone()
                .filter(|row| **row.table() == *T::NAME)
                .map(T::from_row)
        };
        match (of_table(&self.old), of_table(&self.new)) {
            (None, Some(new)) => Some(TypedChange::Inserted(new)),
            (Some(old), Some(new)) => Some(TypedChange::Modified { old, new }),
            (Some(old), None) => Some(TypedChange::Deleted(old)),
            (None, None) => None,
        }
    }
}

impl<T: Table> TypedChange<T> {
    /// The row: as it is, or as it was if it was deleted.
    pub fn row(&self) -> &T {
        match self {
            TypedChange::Inserted(row)
            | TypedChange::Modified { new: row, .. }
            | TypedChange::Deleted(row) => row,
        }
    }

    /// The identity of the row.
    pub fn uuid(&self) -> RowUuid<T> {
        self.row().uuid()
    }
}

/// The events of a replica, in order and without a gap, from the snapshot on that it began with.
#[derive(Debug)]
pub struct Watch {
    events: broadcast::Receiver<Event>,
    last: Snapshot,
    shared: Arc<Shared>,
}

impl Watch {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        // First the channel, then the snapshot: an event between the two is then skipped by its generation.
        let events = shared.subscribe();
        Self {
            events,
            last: shared.snapshot(),
            shared: Arc::clone(shared),
        }
    }

    /// The replica as this watch last showed it: at the start, or after the last event.
    pub fn snapshot(&self) -> &Snapshot {
        &self.last
    }

    /// The next event; none once the client is closed.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.events.recv().await {
                Ok(event) => {
                    let generation = event.snapshot().generation();
                    if generation <= self.last.generation() {
                        continue;
                    }
                    if generation > self.last.generation() + 1 {
                        // A commit for which nobody watched yet when it was applied told nobody.
                        let snapshot = event.snapshot().clone();
                        return Some(self.catch_up(snapshot));
                    }
                    self.last = event.snapshot().clone();
                    return Some(event);
                }
                Err(RecvError::Lagged(_)) => {
                    // What is still in the channel is older than the snapshot, and would be lagged behind again.
                    self.events = self.events.resubscribe();
                    let snapshot = self.shared.snapshot();
                    if snapshot.generation() > self.last.generation() {
                        return Some(self.catch_up(snapshot));
                    }
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The next event if there is one already.
    #[cfg(test)]
    pub(crate) fn try_next(&mut self) -> Option<Event> {
        use std::{
            pin::pin,
            task::{Context, Poll, Waker},
        };
        match pin!(self.next()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(event) => event,
            Poll::Pending => None,
        }
    }

    /// Folds all that was missed into one difference.
    fn catch_up(&mut self, snapshot: Snapshot) -> Event {
        let missed = snapshot.generation().saturating_sub(self.last.generation());
        let changes = State::difference(&self.last.0, &snapshot.0).into();
        self.last = snapshot.clone();
        Event::Resync(Resync {
            reason: ResyncReason::Lagged(missed),
            changes,
            snapshot,
        })
    }
}
