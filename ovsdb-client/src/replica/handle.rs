//! The handle that a caller holds.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio::sync::{broadcast, watch};

use super::{
    selection::Selection,
    store::{Snapshot, State},
    watch::{Event, Watch},
};
use crate::{client::Client, error::Error, session::MonitorKey, wire::DatabaseSchema};

/// A local copy of the tables of a [`Selection`], kept equal to the server's for as long as a clone of it lives.
#[derive(Clone)]
pub struct Replica {
    shared: Arc<Shared>,
    lease: Arc<Lease>,
}

/// What the writer and the readers share.
pub(crate) struct Shared {
    current: ArcSwap<State>,
    /// Weak, for a watch must end when the writer does, and holds this.
    events: broadcast::WeakSender<Event>,
    generation: watch::Sender<Progress>,
}

/// Where the replica stands, for those who wait.
#[derive(Clone, Debug)]
struct Progress {
    generation: u64,
    is_current: bool,
    failure: Option<Error>,
}

/// Ends the monitor when the last handle is dropped, or the future that was to give the first.
pub(crate) struct Lease {
    key: MonitorKey,
    client: Client,
}

impl Lease {
    pub(crate) fn new(key: MonitorKey, client: Client) -> Self {
        Self { key, client }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.client.unmonitor(self.key);
    }
}

impl Replica {
    pub(crate) fn new(shared: Arc<Shared>, lease: Lease) -> Self {
        Self {
            shared,
            lease: Arc::new(lease),
        }
    }

    /// The replica as it is now. One pointer is copied.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// The events from now on. [`Watch::snapshot`] is the state that they begin with.
    pub fn watch(&self) -> Watch {
        Watch::new(&self.shared)
    }

    /// Whether the replica follows the server now; while the session is lost it keeps what it had.
    pub fn is_current(&self) -> bool {
        self.shared.generation.borrow().is_current
    }

    /// Waits until `predicate` gives a value for the replica as it is, for `limit` at most.
    ///
    /// # Errors
    /// [`Error::TimedOut`], or why the replica has ended.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn wait_for<R>(
        &self,
        limit: Duration,
        mut predicate: impl FnMut(&Snapshot) -> Option<R>,
    ) -> Result<R, Error> {
        let mut progress = self.shared.generation.subscribe();
        let found = tokio::time::timeout(limit, async {
            loop {
                let failure = progress.borrow_and_update().failure.clone();
                if let Some(value) = predicate(&self.snapshot()) {
                    return Ok(value);
                }
                if let Some(failure) = failure {
                    return Err(failure);
                }
                if progress.changed().await.is_err() {
                    return Err(Error::Closed);
                }
            }
        });
        found.await.unwrap_or(Err(Error::TimedOut {
            method: "the awaited state of the replica".into(),
            limit,
        }))
    }

    /// Puts other conditions (and only those) in the place of the ones that the replica was made with. Tables of
    /// `selection` that the replica does not hold are left out, and so are columns.
    ///
    /// It returns once the replica holds the rows of the new conditions and no others. Changes take effect in the
    /// order in which they are asked for, one after the other.
    ///
    /// # Errors
    /// [`Error::Config`] if the server could not test a condition (a column that it lacks, a value that does not fit
    /// it), [`Error::Rejected`] if it refuses one all the same: then the conditions of before stay in force. Else
    /// why the server did not answer in time; the change then goes on.
    ///
    /// # Cancel safety
    /// The change goes on when the future is dropped.
    pub async fn set_conditions(&self, selection: &Selection) -> Result<(), Error> {
        self.lease.client.set_conditions(self.lease.key, selection).await
    }

    /// The client that keeps it.
    pub fn client(&self) -> &Client {
        &self.lease.client
    }
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

impl Shared {
    pub(super) fn new(schema: Arc<DatabaseSchema>, events: &broadcast::Sender<Event>) -> Arc<Self> {
        let (generation, _) = watch::channel(Progress {
            generation: 0,
            is_current: false,
            failure: None,
        });
        let current = ArcSwap::from_pointee(State {
            generation: 0,
            schema,
            tables: Vec::new(),
        });
        Arc::new(Self {
            current,
            events: events.downgrade(),
            generation,
        })
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.current.load_full())
    }

    /// Makes a state the current one, then tells of it: an event is never older than the snapshot that is current.
    pub(super) fn publish(&self, state: &State, event: impl FnOnce(Snapshot)) {
        let snapshot = Snapshot(Arc::new(state.clone()));
        self.current.store(Arc::clone(&snapshot.0));
        event(snapshot);
        let generation = state.generation;
        self.generation.send_modify(|progress| {
            progress.generation = generation;
            progress.is_current = true;
        });
    }

    pub(crate) fn set_stale(&self) {
        self.generation
            .send_modify(|progress| progress.is_current = false);
    }

    pub(crate) fn fail(&self, error: &Error) {
        self.generation.send_modify(|progress| {
            progress.is_current = false;
            progress.failure = Some(error.clone());
        });
    }

    /// The events from now on; of a replica that has ended, none.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Event> {
        match self.events.upgrade() {
            Some(events) => events.subscribe(),
            None => broadcast::channel(1).1,
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}
