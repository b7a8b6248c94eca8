//! The monitors of a client, through all its sessions.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use tokio::sync::oneshot;

use super::command::MonitorKey;
use crate::{
    error::Error,
    replica::{Conditions, ResyncReason, Shared, Version, Writer},
};

/// All monitors by their key.
#[derive(Debug, Default)]
pub(super) struct Monitors {
    pub(super) by_key: BTreeMap<MonitorKey, Monitor>,
}

/// One monitor and the replica that it fills.
#[derive(Debug)]
pub(super) struct Monitor {
    pub(super) writer: Writer,
    pub(super) phase: Phase,
    /// Who waits for the first rows.
    waiter: Option<oneshot::Sender<Result<Arc<Shared>, Error>>>,
    /// The change of conditions that the server has not answered yet. The writer has the new ones already.
    changing: Option<Changing>,
    /// Further changes, in order.
    changes: VecDeque<Change>,
    /// How often in a row what the server sent did not fit.
    pub(super) inconsistencies: u32,
}

/// Where a monitor stands in the current session.
///
/// `Idle` → `Requested` when it is asked for → `Active` when its first rows are in. Back to `Requested` when what it
/// sends does not fit and it is asked for anew; back to `Idle` when the session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Idle,
    Requested,
    Active(Version),
}

/// Conditions that are to be put in force.
#[derive(Debug)]
struct Change {
    conditions: Conditions,
    waiter: oneshot::Sender<Result<(), Error>>,
}

/// A change that the server was or will be asked for.
#[derive(Debug)]
struct Changing {
    /// What is in force if the server refuses.
    former: Conditions,
    waiter: oneshot::Sender<Result<(), Error>>,
}

impl Monitor {
    pub(super) fn new(writer: Writer, waiter: oneshot::Sender<Result<Arc<Shared>, Error>>) -> Self {
        Self {
            writer,
            phase: Phase::Idle,
            waiter: Some(waiter),
            changing: None,
            changes: VecDeque::new(),
            inconsistencies: 0,
        }
    }

    /// Whether someone holds the replica, and it may lack what the server has: its rows are being asked for again.
    pub(super) fn is_behind(&self) -> bool {
        self.waiter.is_none() && !matches!(self.phase, Phase::Active(_))
    }

    /// Whether the conditions that the next request carries were not confirmed by the server.
    pub(super) fn is_changing(&self) -> bool {
        self.changing.is_some()
    }

    /// Takes in conditions that are to be put in force after all that were asked for before.
    pub(super) fn queue_change(
        &mut self,
        conditions: Conditions,
        waiter: oneshot::Sender<Result<(), Error>>,
    ) {
        // A change that nobody waits for any more becomes part of the next: no more are kept than callers wait.
        if let Some(last) = self.changes.back_mut().filter(|last| last.waiter.is_closed()) {
            last.conditions.extend(conditions);
            last.waiter = waiter;
        } else {
            self.changes.push_back(Change { conditions, waiter });
        }
    }

    /// Takes up the next change, unless one waits for its answer. Whether there is a new one to send.
    pub(super) fn take_up_change(&mut self) -> bool {
        if self.is_changing() {
            return false;
        }
        let Some(Change { conditions, waiter }) = self.changes.pop_front() else {
            return false;
        };
        let former = self.writer.set_conditions(conditions);
        self.changing = Some(Changing { former, waiter });
        true
    }

    /// The conditions of the change that was taken up are in force.
    pub(super) fn confirm_change(&mut self) {
        if let Some(changing) = self.changing.take() {
            let _ = changing.waiter.send(Ok(()));
        }
    }

    /// The server refused the change that was taken up, if one was: the conditions of before are put back.
    pub(super) fn refuse_change(&mut self, error: &Error) -> bool {
        let Some(changing) = self.changing.take() else {
            return false;
        };
        self.writer.set_conditions(changing.former);
        let _ = changing.waiter.send(Err(error.clone()));
        true
    }

    /// The session has ended.
    pub(super) fn set_disconnected(&mut self) {
        self.phase = Phase::Idle;
        self.writer.set_disconnected();
    }

    /// What the replica holds is to be asked for anew within the session.
    pub(super) fn replace_for(&mut self, reason: ResyncReason) {
        self.phase = Phase::Idle;
        self.writer.replace_for(reason);
    }

    /// The first rows are in, or new ones.
    pub(super) fn set_active(&mut self, version: Version) {
        self.phase = Phase::Active(version);
        self.inconsistencies = 0;
        if let Some(waiter) = self.waiter.take() {
            // Who gave up waiting drops the monitor too.
            let _ = waiter.send(Ok(Arc::clone(self.writer.shared())));
        }
        // They are the rows of the conditions that were asked for.
        self.confirm_change();
    }

    /// It cannot be had at all.
    pub(super) fn fail(&mut self, error: &Error) {
        self.phase = Phase::Idle;
        if let Some(waiter) = self.waiter.take() {
            let _ = waiter.send(Err(error.clone()));
        }
        self.refuse_change(error);
        for change in self.changes.drain(..) {
            let _ = change.waiter.send(Err(error.clone()));
        }
        self.writer.shared().fail(error);
    }
}
