//! One client.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{core::Served, monitor::Monitor};
use crate::wire::{JsonId, OvsdbError, print_error, print_notification, print_response};

/// A session of an engine. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionId(pub(super) u64);

/// What the server knows of one client.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Bytes to be sent.
    pub(super) outbox: Vec<u8>,
    pub(super) monitors: BTreeMap<JsonId, Monitor>,
    /// Whether it wants to hear of changed databases instead of being closed (`set_db_change_aware`).
    pub(super) is_change_aware: bool,
    /// Whether it is to be closed once all is sent.
    pub(super) is_closing: bool,
}

impl Session {
    pub(super) fn reply<R: Serialize + ?Sized>(&mut self, id: &JsonId, result: &R) {
        log_failure(print_response(&mut self.outbox, id, result));
    }

    pub(super) fn refuse(&mut self, id: &JsonId, error: &OvsdbError) {
        log_failure(print_error(&mut self.outbox, id, error));
    }

    pub(super) fn notify<P: Serialize + ?Sized>(&mut self, method: &str, params: &P) {
        log_failure(print_notification(&mut self.outbox, method, params));
    }

    /// Prints the updates of all monitors that have some.
    pub(super) fn flush_monitors(&mut self, databases: &BTreeMap<Arc<str>, Served>) {
        for (id, monitor) in &mut self.monitors {
            if monitor.has_news()
                && let Some(served) = databases.get(&monitor.database)
            {
                monitor.flush(id, &served.database, &mut self.outbox);
            }
        }
    }

    /// Drops the monitors of a database, and tells so or closes. Whether it had any.
    pub(super) fn forget_database(&mut self, name: &str) -> bool {
        let gone: Vec<JsonId> = self
            .monitors
            .iter()
            .filter(|(_, monitor)| *monitor.database == *name)
            .map(|(id, _)| id.clone())
            .collect();
        for id in &gone {
            self.monitors.remove(id);
            if self.is_change_aware {
                self.notify("monitor_canceled", &[id]);
            }
        }
        self.is_closing |= !gone.is_empty() && !self.is_change_aware;
        !gone.is_empty()
    }
}

/// Nothing that the server prints can fail to be printed: rows hold no number that JSON lacks.
fn log_failure(printed: Result<(), serde_json::Error>) {
    if let Err(error) = printed {
        tracing::error!(%error, "a message could not be printed and was left out");
    }
}
