//! Locks: RFC 7047 §4.1.8 to §4.1.10.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::session::SessionId;

/// Who holds each lock (the first) and who waits for it.
#[derive(Debug, Default)]
pub(super) struct Locks(BTreeMap<Arc<str>, VecDeque<SessionId>>);

impl Locks {
    /// Whether the session holds the lock.
    pub(super) fn holds(&self, session: SessionId, name: &str) -> bool {
        self.0.get(name).and_then(VecDeque::front) == Some(&session)
    }

    /// Queues for the lock. Whether it is held at once; none if the session is in the queue already.
    pub(super) fn lock(&mut self, session: SessionId, name: &Arc<str>) -> Option<bool> {
        let queue = self.0.entry(Arc::clone(name)).or_default();
        if queue.contains(&session) {
            return None;
        }
        queue.push_back(session);
        Some(queue.len() == 1)
    }

    /// Takes the lock. The session that held it until now, which is the next to have it again; none if the session is
    /// in the queue already.
    pub(super) fn steal(&mut self, session: SessionId, name: &Arc<str>) -> Option<Option<SessionId>> {
        let queue = self.0.entry(Arc::clone(name)).or_default();
        if queue.contains(&session) {
            return None;
        }
        let victim = queue.front().copied();
        queue.push_front(session);
        Some(victim)
    }

    /// Leaves the queue of the lock. The session that holds it from now on, if that changes; none if the session was
    /// not in the queue.
    pub(super) fn unlock(&mut self, session: SessionId, name: &str) -> Option<Option<SessionId>> {
        let queue = self.0.get_mut(name)?;
        let position = queue.iter().position(|waiter| *waiter == session)?;
        queue.remove(position);
        let heir = queue.front().copied().filter(|_| position == 0);
        if queue.is_empty() {
            self.0.remove(name);
        }
        Some(heir)
    }

    /// Leaves all queues. The sessions that hold a lock from now on, with its name.
    pub(super) fn forget(&mut self, session: SessionId) -> Vec<(SessionId, Arc<str>)> {
        let names: Vec<Arc<str>> = self.0.keys().cloned().collect();
        let passed_on = names.into_iter().filter_map(|name| {
            let heir = self.unlock(session, &name).flatten()?;
            Some((heir, name))
        });
        passed_on.collect()
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
        assert_eq!(locks.unlock(b, "l"), Some(None));
        assert_eq!(locks.forget(a), []);
        assert!(locks.0.is_empty());
    }
}
