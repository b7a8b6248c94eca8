//! The monitors of a client, through all its sessions.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::oneshot;

use super::command::MonitorKey;
use crate::{
    error::Error,
    replica::{Shared, Version, Writer},
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
    pub(super) waiter: Option<oneshot::Sender<Result<Arc<Shared>, Error>>>,
    /// Who waits for changed conditions to be in force.
    pub(super) condition_waiters: Vec<oneshot::Sender<Result<(), Error>>>,
    /// Whether the conditions changed since they were last sent.
    pub(super) has_new_conditions: bool,
    /// Whether a change of conditions is on its way.
    pub(super) is_changing: bool,
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

impl Monitor {
    pub(super) fn new(writer: Writer, waiter: oneshot::Sender<Result<Arc<Shared>, Error>>) -> Self {
        Self {
            writer,
            phase: Phase::Idle,
            waiter: Some(waiter),
            condition_waiters: Vec::new(),
            has_new_conditions: false,
            is_changing: false,
            inconsistencies: 0,
        }
    }

    /// The session has ended. A change of conditions that was on its way makes the position useless: nobody knows
    /// which conditions it belongs to.
    pub(super) fn set_disconnected(&mut self) {
        self.phase = Phase::Idle;
        if std::mem::take(&mut self.is_changing) || self.has_new_conditions {
            self.writer.forget_position(false);
        }
        self.writer.shared().set_stale();
    }

    /// The first rows are in, or new ones.
    pub(super) fn set_active(&mut self, version: Version) {
        self.phase = Phase::Active(version);
        self.inconsistencies = 0;
        if let Some(waiter) = self.waiter.take() {
            // Who gave up waiting drops the monitor too.
            let _ = waiter.send(Ok(Arc::clone(self.writer.shared())));
        }
        if !self.has_new_conditions {
            self.set_conditions_known(&Ok(()));
        }
    }

    pub(super) fn set_conditions_known(&mut self, result: &Result<(), Error>) {
        self.is_changing = false;
        for waiter in self.condition_waiters.drain(..) {
            let _ = waiter.send(result.clone());
        }
    }

    /// It cannot be had at all.
    pub(super) fn fail(&mut self, error: &Error) {
        self.phase = Phase::Idle;
        if let Some(waiter) = self.waiter.take() {
            let _ = waiter.send(Err(error.clone()));
        }
        self.set_conditions_known(&Err(error.clone()));
        self.writer.shared().fail(error);
    }
}
