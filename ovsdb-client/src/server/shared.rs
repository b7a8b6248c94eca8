//! What the tasks of one server share: the engine behind a lock, and how they wake each other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::{Notify, watch};

use super::{
    engine::{Engine, SessionId},
    faults::FaultSettings,
};

/// The engine and who waits for it. The lock is held only while messages are handled, never across an await.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Rings when the next timeout may have moved.
    timeout_moved: Notify,
    /// Counts commits, for those who wait for one.
    commits: watch::Sender<u64>,
    /// True once the server stops.
    stopping: watch::Sender<bool>,
    pub(super) faults: watch::Sender<FaultSettings>,
}

#[derive(Debug)]
struct State {
    engine: Engine,
    /// Rings when the session may have something to send.
    bells: HashMap<SessionId, Arc<Notify>>,
    next_timeout: Option<Instant>,
    commits: u64,
}

impl Shared {
    pub(super) fn new() -> Self {
        let engine = Engine::new(now());
        Self {
            state: Mutex::new(State {
                engine,
                bells: HashMap::new(),
                next_timeout: None,
                commits: 0,
            }),
            timeout_moved: Notify::new(),
            commits: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            faults: watch::Sender::new(FaultSettings::default()),
        }
    }

    /// Opens a session, and the bell that rings when it has something to send.
    pub(super) fn connect(&self) -> (SessionId, Arc<Notify>) {
        let mut state = self.lock();
        let session = state.engine.connect();
        let bell = Arc::new(Notify::new());
        state.bells.insert(session, Arc::clone(&bell));
        (session, bell)
    }

    pub(super) fn disconnect(&self, session: SessionId) {
        self.with(|engine, _| engine.disconnect(session));
        self.lock().bells.remove(&session);
    }

    /// Runs `act` on the engine, then wakes whom it concerns.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Engine, Instant) -> R) -> R {
        let mut state = self.lock();
        let result = act(&mut state.engine, now());
        for session in state.engine.take_dirty() {
            if let Some(bell) = state.bells.get(&session) {
                bell.notify_one();
            }
        }
        let next_timeout = state.engine.next_timeout();
        if next_timeout != state.next_timeout {
            state.next_timeout = next_timeout;
            self.timeout_moved.notify_one();
        }
        let commits = state.engine.commits();
        if commits != state.commits {
            state.commits = commits;
            self.commits.send_replace(commits);
        }
        result
    }

    /// Calls the engine when its time has come, until the server stops.
    pub(super) async fn keep_time(&self) {
        loop {
            let next = self.lock().next_timeout;
            let elapsed = async {
                match next {
                    Some(next) => tokio::time::sleep_until(next.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = elapsed => self.with(|engine, now| engine.handle_timeout(now)),
                () = self.timeout_moved.notified() => {}
                () = self.stopped() => return,
            }
        }
    }

    /// Changes with every commit that changes something.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns once the server stops.
    pub(super) async fn stopped(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// A panic in the engine is a bug; the other sessions go on with the state that was committed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the engine's time comes from"
)]
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
