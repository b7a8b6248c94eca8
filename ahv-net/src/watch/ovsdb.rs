use std::collections::BTreeSet;
use std::future;
use std::time::Duration;

use ovsdb_client::replica::{self, Replica, ResyncReason};
use ovsdb_client::vswitch::{Interface, Port};

use super::{Event, Source};
use crate::observe::ovsdb::Ovsdb;
use crate::observe::{OvsObservation, Sourced};

/// The `Open_vSwitch` database, followed.
pub(super) struct OvsdbFeed {
    ovsdb: Ovsdb,
    replica: Replica,
    events: replica::Watch,
    state: State,
    /// Whether there is something to read.
    is_dirty: bool,
    /// Names of the ports and interfaces whose rows changed since they were last taken.
    touched: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The replica follows the server. → `Lost`, `Ended`
    Current,
    /// The replica is current again, and the event of its new session has not come yet. → `Current` with
    /// that event
    Regained,
    /// The server is gone; the client connects again. → `Regained`, `Ended`
    Lost,
    /// The client has given up. Last state.
    Ended,
}

impl OvsdbFeed {
    /// Follows from now on; nothing is read yet.
    pub(super) fn start(ovsdb: &Ovsdb) -> Self {
        let replica = ovsdb.replica().clone();
        Self {
            events: replica.watch(),
            replica,
            ovsdb: ovsdb.clone(),
            state: State::Current,
            is_dirty: false,
            touched: BTreeSet::new(),
        }
    }

    /// The whole database, waiting for the server if it must.
    pub(super) async fn read(&self) -> Result<Sourced<OvsObservation>, ovsdb_client::Error> {
        Ok(Sourced {
            from: self.ovsdb.remote().to_owned(),
            said: self.ovsdb.observe().await?,
        })
    }

    /// Waits until the server says something, or is lost or regained.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn signal(&mut self) -> Option<Event> {
        if self.state == State::Ended {
            return future::pending().await;
        }
        let is_lost = self.state == State::Lost;
        let replica = &self.replica;
        let turn = replica.wait_for(Duration::MAX, |_| (replica.is_current() == is_lost).then_some(()));
        tokio::select! {
            biased;
            event = self.events.next() => match event {
                Some(event) => self.heard(&event),
                None => self.ended("the client was closed"),
            },
            turned = turn => match turned {
                Ok(()) => Some(self.turned()),
                Err(error) => self.ended(&error.to_string()),
            },
        }
    }

    fn heard(&mut self, event: &replica::Event) -> Option<Event> {
        self.is_dirty = true;
        for change in event.changes_of::<Port>() {
            self.touched
                .extend(change.row().name().ok().map(|name| name.to_string()));
        }
        for change in event.changes_of::<Interface>() {
            self.touched
                .extend(change.row().name().ok().map(|name| name.to_string()));
        }
        let replica::Event::Resync(resync) = event else {
            return None;
        };
        let reason = match resync.reason {
            ResyncReason::Reconnected => match self.state {
                State::Current => "the session was lost and made again".to_owned(),
                // Said already, or about to be.
                State::Regained => {
                    self.state = State::Current;
                    return None;
                }
                State::Lost | State::Ended => return None,
            },
            ResyncReason::Lagged(commits) => {
                format!("{commits} commits came faster than they were read")
            }
            ResyncReason::Inconsistent => {
                "the server's updates did not fit each other, so that all of it was asked for again"
                    .to_owned()
            }
            _ => "the replica could not follow commit by commit".to_owned(),
        };
        Some(Event::Resync {
            source: Source::Ovsdb,
            reason,
        })
    }

    fn turned(&mut self) -> Event {
        self.is_dirty = true;
        if self.state == State::Lost {
            self.state = State::Regained;
            return Event::Regained {
                source: Source::Ovsdb,
            };
        }
        self.state = State::Lost;
        Event::Lost {
            source: Source::Ovsdb,
            reason: format!(
                "the session with {} broke off; it is tried again",
                self.ovsdb.remote()
            ),
        }
    }

    fn ended(&mut self, reason: &str) -> Option<Event> {
        self.state = State::Ended;
        Some(Event::Lost {
            source: Source::Ovsdb,
            reason: format!("{reason}; it is not tried again"),
        })
    }

    /// Whether nothing will come of it any more.
    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Takes the names of the ports and interfaces whose rows changed.
    pub(super) fn take_touched(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.touched)
    }

    /// Reads what the replica holds, if it holds something new.
    pub(super) fn refresh(&mut self, observed: &mut Option<Sourced<OvsObservation>>) {
        if let (true, Some(observed)) = (std::mem::take(&mut self.is_dirty), observed) {
            observed.said = self.ovsdb.held();
        }
    }
}
