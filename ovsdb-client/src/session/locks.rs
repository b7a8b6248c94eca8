//! Locks: RFC 7047 §4.1.8 to §4.1.10.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// Whether a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockStatus {
    /// Another client holds it, or the server was not asked yet.
    Waiting,
    /// This client holds it.
    Held,
    /// This client held it and another stole it, or the session was lost. It is asked for again.
    Lost,
}

/// The locks that callers want, through all sessions.
#[derive(Debug, Default)]
pub(super) struct Locks {
    by_name: BTreeMap<String, Wanted>,
}

#[derive(Debug)]
struct Wanted {
    /// Whether to take it from whoever holds it; done once.
    steal: bool,
    status: watch::Sender<LockStatus>,
}

impl Locks {
    pub(super) fn insert(&mut self, name: String, steal: bool, status: watch::Sender<LockStatus>) {
        self.by_name.insert(name, Wanted { steal, status });
    }

    pub(super) fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// The method that asks for it: `steal` only the first time, so that two that steal do not fight forever.
    pub(super) fn method(&mut self, name: &str) -> Option<&'static str> {
        let wanted = self.by_name.get_mut(name)?;
        Some(if std::mem::take(&mut wanted.steal) {
            "steal"
        } else {
            "lock"
        })
    }

    /// The server says that it is held, or not.
    pub(super) fn set(&mut self, name: &str, is_held: bool) {
        if let Some(wanted) = self.by_name.get(name) {
            wanted.status.send_if_modified(|status| {
                let new = match (is_held, *status) {
                    (true, _) => LockStatus::Held,
                    (false, LockStatus::Held | LockStatus::Lost) => LockStatus::Lost,
                    (false, LockStatus::Waiting) => LockStatus::Waiting,
                };
                std::mem::replace(status, new) != new
            });
        }
    }

    /// The session has ended, and with it every lock.
    pub(super) fn set_lost(&mut self) {
        for name in self.names() {
            self.set(&name, false);
        }
    }
}
