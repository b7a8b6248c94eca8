//! Locks: RFC 7047 §4.1.8 to §4.1.10.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::session::SessionId;

/// Who holds each lock (the first) and who waits for it.
#[derive(Debug, Default)]
pub(super) struct Locks(BTreeMap<Arc<str>, Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiters: VecDeque<Waiter>,
    /// Thieves that were robbed: they do not wait, but must unlock before they may lock again.
    robbed: Vec<SessionId>,
}

#[derive(Clone, Copy, Debug)]
struct Waiter {
    session: SessionId,
    has_stolen: bool,
}

impl Locks {
    /// Whether the session holds the lock.
    pub(super) fn holds(&self, session: SessionId, name: &str) -> bool {
        let holder = self.0.get(name).and_then(|queue| queue.waiters.front());
        holder.is_some_and(|holder| holder.session == session)
    }

    /// Queues for the lock. Whether it is held at once; none if the session must unlock first.
    pub(super) fn lock(&mut self, session: SessionId, name: &Arc<str>) -> Option<bool> {
        let queue = self.0.entry(Arc::clone(name)).or_default();
        if queue.knows(session) {
            return None;
        }
        queue.waiters.push_back(Waiter {
            session,
            has_stolen: false,
        });
        Some(queue.waiters.len() == 1)
    }

    /// Takes the lock. The session that held it until now: it is the next to have it again, unless it had stolen it
    /// itself. None if the session must unlock first.
    pub(super) fn steal(&mut self, session: SessionId, name: &Arc<str>) -> Option<Option<SessionId>> {
        let queue = self.0.entry(Arc::clone(name)).or_default();
        if queue.knows(session) {
            return None;
        }
        let victim = queue.waiters.front().copied();
        if let Some(thief) = victim.filter(|victim| victim.has_stolen) {
            queue.waiters.pop_front();
            queue.robbed.push(thief.session);
        }
        queue.waiters.push_front(Waiter {
            session,
            has_stolen: true,
        });
        Some(victim.map(|victim| victim.session))
    }

    /// Leaves the queue of the lock. The session to be told that it holds the lock, which ovsdb-server does whoever
    /// leaves; none if the session was not in the queue.
    pub(super) fn unlock(&mut self, session: SessionId, name: &str) -> Option<Option<SessionId>> {
        let queue = self.0.get_mut(name).filter(|queue| queue.knows(session))?;
        let waiting = queue.waiters.len();
        queue.waiters.retain(|waiter| waiter.session != session);
        queue.robbed.retain(|robbed| *robbed != session);
        let has_left = queue.waiters.len() < waiting;
        let holder = queue.waiters.front().map(|waiter| waiter.session);
        if queue.waiters.is_empty() && queue.robbed.is_empty() {
            self.0.remove(name);
        }
        Some(holder.filter(|_| has_left))
    }

    /// Leaves all queues. The sessions to be told that they hold a lock, with its name.
    pub(super) fn forget(&mut self, session: SessionId) -> Vec<(SessionId, Arc<str>)> {
        let names: Vec<Arc<str>> = self.0.keys().cloned().collect();
        let passed_on = names.into_iter().filter_map(|name| {
            let holder = self.unlock(session, &name).flatten()?;
            Some((holder, name))
        });
        passed_on.collect()
    }
}

impl Queue {
    fn knows(&self, session: SessionId) -> bool {
        self.robbed.contains(&session) || self.waiters.iter().any(|waiter| waiter.session == session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stolen_lock_comes_back_before_those_who_waited() {
        let mut locks = Locks::default();
        let name: Arc<str> = "l".into();
        let [a, b, c] = [1, 2, 3].map(SessionId);
        assert_eq!(locks.lock(a, &name), Some(true));
        assert_eq!(locks.lock(a, &name), None);
        assert_eq!(locks.lock(b, &name), Some(false));
        assert_eq!(locks.steal(c, &name), Some(Some(a)));
        assert!(locks.holds(c, "l") && !locks.holds(a, "l"));
        assert_eq!(locks.unlock(c, "l"), Some(Some(a)));
        assert_eq!(locks.unlock(b, "l"), Some(Some(a)));
        assert_eq!(locks.forget(a), []);
        assert!(locks.0.is_empty());
    }
}
