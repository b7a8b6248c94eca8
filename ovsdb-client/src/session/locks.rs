//! Locks: RFC 7047 §4.1.8 to §4.1.10.

use std::collections::{BTreeMap, btree_map::Entry};

use tokio::sync::watch;

use super::command::LockKey;

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

/// The locks that callers want, through all sessions. The server knows one of each name in a session, so each name
/// has one handle.
#[derive(Debug, Default)]
pub(super) struct Locks {
    by_name: BTreeMap<String, Wanted>,
}

#[derive(Debug)]
struct Wanted {
    key: LockKey,
    /// Whether to take it from whoever holds it; done once.
    steal: bool,
    /// Whether the request that is in force in this session was `steal`.
    has_stolen: bool,
    /// Whether that request was answered. What the server tells of the name before belongs to an earlier request.
    is_answered: bool,
    status: watch::Sender<LockStatus>,
}

/// What to do when the server says that a lock was stolen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterTheft {
    /// Nothing: the request for it stands, and the server tells when it is held again.
    Wait,
    /// Unlock and lock again: who had stolen it himself is not in the queue any more (RFC 7047 §4.1.9).
    AskAgain,
}

impl Locks {
    /// Takes in what a handle wants, unless another handle wants the same name.
    pub(super) fn insert(
        &mut self,
        name: String,
        key: LockKey,
        steal: bool,
        status: watch::Sender<LockStatus>,
    ) -> bool {
        let Entry::Vacant(place) = self.by_name.entry(name) else {
            return false;
        };
        place.insert(Wanted {
            key,
            steal,
            has_stolen: false,
            is_answered: false,
            status,
        });
        true
    }

    /// Forgets what a handle wanted. Whether it was wanted.
    pub(super) fn remove(&mut self, name: &str, key: LockKey) -> bool {
        let is_it = self.by_name.get(name).is_some_and(|wanted| wanted.key == key);
        is_it && self.by_name.remove(name).is_some()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// The method that asks for it, and for whom: `steal` only the first time, so that two that steal do not fight
    /// forever.
    pub(super) fn ask(&mut self, name: &str) -> Option<(LockKey, &'static str)> {
        let wanted = self.by_name.get_mut(name)?;
        wanted.has_stolen = std::mem::take(&mut wanted.steal);
        wanted.is_answered = false;
        Some((wanted.key, if wanted.has_stolen { "steal" } else { "lock" }))
    }

    /// The answer to a request for it.
    pub(super) fn answered(&mut self, name: &str, key: LockKey, is_held: bool) {
        if let Some(wanted) = self.by_name.get_mut(name).filter(|wanted| wanted.key == key) {
            wanted.is_answered = true;
            wanted.set(is_held);
        }
    }

    /// The server says that it is held now.
    pub(super) fn locked(&mut self, name: &str) {
        if let Some(wanted) = self.by_name.get(name).filter(|wanted| wanted.is_answered) {
            wanted.set(true);
        }
    }

    /// The server says that it was stolen.
    pub(super) fn stolen(&mut self, name: &str) -> AfterTheft {
        let Some(wanted) = self.by_name.get(name).filter(|wanted| wanted.is_answered) else {
            return AfterTheft::Wait;
        };
        wanted.set(false);
        if wanted.has_stolen {
            AfterTheft::AskAgain
        } else {
            AfterTheft::Wait
        }
    }

    /// The session has ended, and with it every lock.
    pub(super) fn set_lost(&mut self) {
        for wanted in self.by_name.values_mut() {
            wanted.is_answered = false;
            wanted.set(false);
        }
    }
}

impl Wanted {
    fn set(&self, is_held: bool) {
        self.status.send_if_modified(|status| {
            let new = match (is_held, *status) {
                (true, _) => LockStatus::Held,
                (false, LockStatus::Held | LockStatus::Lost) => LockStatus::Lost,
                (false, LockStatus::Waiting) => LockStatus::Waiting,
            };
            std::mem::replace(status, new) != new
        });
    }
}
