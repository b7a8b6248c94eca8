//! Misbehaviour on request: what a server, or the network before it, does on a bad day.

use std::{sync::Arc, time::Duration};

use super::{engine::CommitFault, shared::Shared};

/// Makes a [`Server`](super::Server) misbehave. Settings act on all connections, also those that are open, until they
/// are changed back.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

/// What the connections do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FaultSettings {
    pub(super) is_stalled: bool,
    pub(super) write_bytes: Option<usize>,
    pub(super) read_pace: Option<(usize, Duration)>,
}

impl Faults {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Writes at most so many bytes at a time, so that messages arrive in pieces; `None` writes all there is.
    pub fn split_writes(&self, bytes: Option<usize>) {
        self.set(|settings| settings.write_bytes = bytes.map(|bytes| bytes.max(1)));
    }

    /// Leaves the connections open and does nothing on them, as a server that hangs. What was sent meanwhile is
    /// handled when it goes on.
    pub fn stall(&self, is_stalled: bool) {
        self.set(|settings| settings.is_stalled = is_stalled);
    }

    /// Reads at most so many bytes, then pauses: a peer that is slow to read; `None` reads all there is.
    pub fn slow_reads(&self, pace: Option<(usize, Duration)>) {
        self.set(|settings| settings.read_pace = pace.map(|(bytes, pause)| (bytes.max(1), pause)));
    }

    /// Closes the connection of the next `transact` instead of executing it.
    pub fn drop_before_commit(&self) {
        self.0
            .with(|engine, _| engine.set_commit_fault(Some(CommitFault::Before)));
    }

    /// Executes the next `transact` and closes its connection without a reply.
    pub fn drop_after_commit(&self) {
        self.0
            .with(|engine, _| engine.set_commit_fault(Some(CommitFault::After)));
    }

    /// Takes all settings back.
    pub fn clear(&self) {
        self.0.faults.send_replace(FaultSettings::default());
        self.0.with(|engine, _| engine.set_commit_fault(None));
    }

    fn set(&self, change: impl FnOnce(&mut FaultSettings)) {
        self.0.faults.send_modify(change);
    }
}
