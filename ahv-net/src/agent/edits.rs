use std::collections::VecDeque;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonrpsee::types::ErrorObjectOwned;
use tokio::sync::{Notify, OwnedMutexGuard};

use super::audit::{self, Audit, Line};
use super::fault::{self, Fault};
use super::session::Caller;
use crate::Host;
use crate::apply::journal::{Entry, Phase, UnixTime};
use crate::apply::{ApplyError, ApplyOptions, Report, Stop, Undo, Watchdog};
use crate::edit::Plan;

/// How many plans of one token are remembered.
const REMEMBERED: usize = 32;
/// Of how many tokens.
const REMEMBERED_OF: usize = 32;
/// How long a confirmation and its like wait for an edit that runs.
const WAIT: Duration = Duration::from_secs(10);
/// After what time that which could not be undone is tried again; each time it is twice as long.
const AGAIN: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The edits of an agent: one at a time, of plans that it made itself, each logged.
///
/// An edit is done in a task of its own, so that it goes on when its caller has gone.
pub(super) struct Edits {
    host: Host,
    options: ApplyOptions,
    audit: Arc<Audit>,
    turn: Arc<tokio::sync::Mutex<()>>,
    holder: Mutex<Option<Holder>>,
    plans: Mutex<VecDeque<(String, VecDeque<Plan>)>>,
    /// The edit that was seen waiting, of whose end the log is to tell.
    waiting: Mutex<Option<String>>,
    /// Something became of an edit.
    moved: Notify,
    /// Asks the edit that runs to stop.
    stop: Stop,
    /// Whether no edit may begin any more.
    is_ending: AtomicBool,
}

/// Who edits at this moment.
#[derive(Debug, Clone)]
struct Holder {
    by: String,
    since: UnixTime,
}

/// The turn to edit; it ends on drop.
struct Turn {
    edits: Arc<Edits>,
    _turn: OwnedMutexGuard<()>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.edits.hold(None);
        self.edits.moved.notify_one();
    }
}

impl Edits {
    pub(super) fn new(host: Host, options: ApplyOptions, audit: Arc<Audit>) -> Self {
        Self {
            waiting: Mutex::new(audit.waiting()),
            host,
            options,
            audit,
            turn: Arc::default(),
            holder: Mutex::default(),
            plans: Mutex::default(),
            moved: Notify::new(),
            stop: Stop::new(),
            is_ending: AtomicBool::new(false),
        }
    }

    pub(super) fn options(&self) -> &ApplyOptions {
        &self.options
    }

    /// Remembers a plan that was made, so that it can be applied.
    pub(super) fn remember(&self, caller: &Caller, plan: &Plan) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let place = plans.iter().position(|(name, _)| *name == caller.name);
        let mut own = match place.and_then(|place| plans.remove(place)) {
            Some((_, own)) => own,
            None => VecDeque::new(),
        };
        own.push_back(plan.clone());
        if own.len() > REMEMBERED {
            own.pop_front();
        }
        plans.push_back((caller.name.clone(), own));
        if plans.len() > REMEMBERED_OF {
            plans.pop_front();
        }
    }

    fn remembers(&self, plan: &Plan) -> bool {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.iter().any(|(_, own)| own.contains(plan))
    }

    /// Does a plan.
    pub(super) async fn apply(
        self: Arc<Self>,
        caller: Caller,
        plan: Plan,
        confirm_within: Option<Duration>,
        wait: bool,
    ) -> Result<Report, ErrorObjectOwned> {
        if !self.remembers(&plan) {
            let said = "this agent did not make that plan, or has been restarted since: call plan again, and apply what \
                        it gives unchanged";
            return Err(self.refused(&caller, "apply", &plan.intent, Fault::UnknownPlan.saying(said)));
        }
        let allowed: Vec<String> = plan
            .objections
            .iter()
            .filter(|objection| objection.allowed)
            .map(|objection| objection.guard.to_string())
            .collect();
        let what = plan.intent.clone();
        let turn = self
            .turn_now(&caller.name)
            .map_err(|error| self.refused(&caller, "apply", &what, error))?;
        let logged = Logged::begin(&self, &caller, "apply", &what, allowed)?;
        let mut options = self.options.clone().stop(&self.stop);
        options.confirm_within = confirm_within;
        if !wait {
            options = options.no_wait();
        }
        let host = self.host.clone();
        detached(async move {
            let _turn = turn;
            let done = host.apply(&plan, &options).await;
            logged.end(&match &done {
                Ok(report) => outcome_of_report(report),
                Err(error) => format!("not applied: {error}"),
            });
            done.map_err(fault::of_apply_error)
        })
        .await
    }

    /// Keeps the edit that waits for its confirmation.
    pub(super) async fn confirm(
        self: Arc<Self>,
        caller: Caller,
        id: Option<String>,
    ) -> Result<Entry, ErrorObjectOwned> {
        let what = id.as_deref().unwrap_or("what waits");
        let turn = self.turn_soon(&caller.name).await;
        let turn = turn.map_err(|error| self.refused(&caller, "confirm", what, error))?;
        let logged = Logged::begin(&self, &caller, "confirm", what, Vec::new())?;
        let (host, options) = (self.host.clone(), self.options.clone());
        detached(async move {
            let _turn = turn;
            logged.end_with(host.confirm(id.as_deref(), &options).await)
        })
        .await
    }

    /// Undoes an edit.
    pub(super) async fn revert(
        self: Arc<Self>,
        caller: Caller,
        id: Option<String>,
    ) -> Result<Entry, ErrorObjectOwned> {
        let what = id.as_deref().unwrap_or("the last");
        let turn = self.turn_soon(&caller.name).await;
        let turn = turn.map_err(|error| self.refused(&caller, "revert", what, error))?;
        let logged = Logged::begin(&self, &caller, "revert", what, Vec::new())?;
        let (host, options) = (self.host.clone(), self.options.clone());
        detached(async move {
            let _turn = turn;
            logged.end_with(host.revert(id.as_deref(), &options).await)
        })
        .await
    }

    /// Undoes what was left half done.
    pub(super) async fn recover(self: Arc<Self>, caller: Caller) -> Result<Option<Entry>, ErrorObjectOwned> {
        let what = "what is unfinished";
        let turn = self.turn_soon(&caller.name).await;
        let turn = turn.map_err(|error| self.refused(&caller, "recover", what, error))?;
        let logged = Logged::begin(&self, &caller, "recover", what, Vec::new())?;
        let (host, options) = (self.host.clone(), self.options.clone());
        detached(async move {
            let _turn = turn;
            let done = host.recover(&options).await;
            logged.end(&match &done {
                Ok(Some(entry)) => {
                    if entry.phase != Phase::Unconfirmed {
                        logged.edits.waits_no_more(&entry.id);
                    }
                    entry.to_string()
                }
                Ok(None) => "nothing was unfinished".to_owned(),
                Err(error) => format!("not done: {error}"),
            });
            done.map_err(fault::of_apply_error)
        })
        .await
    }

    /// Undoes what was left half done by an agent that was killed, and what is not confirmed in time. It does not end.
    ///
    /// `looked` hears when it looked for the first time.
    pub(super) async fn keep(self: Arc<Self>, looked: tokio::sync::oneshot::Sender<()>) {
        let mut looked = Some(looked);
        let mut tried = Tried::default();
        loop {
            let next = self.finish(&mut tried).await;
            if let Some(looked) = looked.take() {
                // Nobody waits for it any more where the start took too long.
                let _ = looked.send(());
            }
            match next {
                Some(pause) => {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = self.moved.notified() => {}
                    }
                }
                None => self.moved.notified().await,
            }
        }
    }

    /// Looks for an edit that is not finished, and says when to look again.
    async fn finish(self: &Arc<Self>, tried: &mut Tried) -> Option<Duration> {
        let pending = match self.host.pending(&self.options).await {
            Ok(pending) => pending,
            Err(error) => {
                tried.tell(
                    &error,
                    "what is unfinished cannot be read: no edit is done until it can",
                );
                return Some(tried.pause());
            }
        };
        self.log_end_of_waiting(pending.as_ref()).await;
        let Some(pending) = pending else {
            *tried = Tried::default();
            return None;
        };
        let now = UnixTime::now();
        if let (Phase::Unconfirmed, Some(confirm_by)) = (pending.phase, pending.confirm_by)
            && now < confirm_by
        {
            *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending.id);
            return Some(confirm_by.remaining(now));
        }
        // An edit of this agent is awaited here; it may be finished then.
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.hold(Some("agent"));
        let done = self.host.recover(&self.options).await;
        self.hold(None);
        drop(turn);
        match done {
            Ok(None) => None,
            Ok(Some(entry)) => {
                let became = (entry.id.clone(), entry.phase, entry.undo.clone());
                if tried.became.as_ref() != Some(&became) {
                    self.log_own("recover", &entry.plan.intent, &entry.to_string());
                }
                tried.became = Some(became);
                match (entry.phase, entry.confirm_by) {
                    (Phase::Unconfirmed, Some(confirm_by)) => Some(confirm_by.remaining(UnixTime::now())),
                    (phase, _) if phase.is_unfinished() => {
                        tried.tell(&entry, "an edit could not be undone; it is tried again");
                        Some(tried.pause())
                    }
                    _ => None,
                }
            }
            Err(error) => {
                tried.tell(
                    &error,
                    "an unfinished edit could not be undone; it is tried again",
                );
                Some(tried.pause())
            }
        }
    }

    /// Logs what became of the edit that waited, where another has done it: the watchdog, or somebody on the host.
    async fn log_end_of_waiting(&self, pending: Option<&Entry>) {
        let waiting = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(id) = waiting.filter(|id| pending.is_none_or(|pending| pending.id != *id)) else {
            return;
        };
        let Ok(history) = self.host.history(&self.options).await else {
            return;
        };
        if !self.waits_no_more(&id) {
            // Logged by whoever asked for it, meanwhile.
            return;
        }
        if let Some(entry) = history.into_iter().find(|entry| entry.id == id) {
            self.log("another process", "ended", &entry.plan.intent, &entry.to_string());
        }
    }

    /// Whether this edit was one whose end was not logged yet.
    fn waits_no_more(&self, id: &str) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = waiting.as_deref() == Some(id);
        if is_it {
            *waiting = None;
        }
        is_it
    }

    /// Lets the edit that runs end, within `grace` as it likes, and then by undoing it; and leaves no unconfirmed edit
    /// behind that nobody would undo. Nothing is done while what it gives is held, and no edit begins after it.
    pub(super) async fn end(&self, grace: Duration) -> OwnedMutexGuard<()> {
        self.is_ending.store(true, Ordering::Relaxed);
        let turn = tokio::time::timeout(grace, Arc::clone(&self.turn).lock_owned()).await;
        let turn = match turn {
            Ok(turn) => turn,
            Err(_) => {
                self.stop.request();
                Arc::clone(&self.turn).lock_owned().await
            }
        };
        if self.options.watchdog == Watchdog::Caller
            && let Ok(Some(entry)) = self.host.pending(&self.options).await
        {
            let done = self.host.revert(Some(&entry.id), &self.options).await;
            let outcome = match &done {
                Ok(entry) => entry.to_string(),
                Err(error) => format!("could not be undone; the next start does: {error}"),
            };
            self.log_own("revert", &entry.plan.intent, &outcome);
        }
        turn
    }

    fn log_own(&self, does: &str, plan: &str, outcome: &str) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.log("agent", does, plan, outcome);
    }

    /// Logs that an edit was refused.
    fn refused(&self, caller: &Caller, does: &str, plan: &str, error: ErrorObjectOwned) -> ErrorObjectOwned {
        self.audit.note(&Line {
            who: &caller.name,
            from: &caller.from,
            does,
            plan,
            allowed: &[],
            outcome: &format!("refused: {}", error.message()),
        });
        error
    }

    fn log(&self, who: &str, does: &str, plan: &str, outcome: &str) {
        let line = Line {
            who,
            from: "",
            does,
            plan,
            allowed: &[],
            outcome,
        };
        if let Err(error) = self.audit.write(&line) {
            tracing::error!(%error, ?line, "the audit log cannot be written");
        }
    }

    fn turn_now(self: &Arc<Self>, by: &str) -> Result<Turn, ErrorObjectOwned> {
        match Arc::clone(&self.turn).try_lock_owned() {
            Ok(turn) => self.take(turn, by),
            Err(_) => Err(self.busy()),
        }
    }

    async fn turn_soon(self: &Arc<Self>, by: &str) -> Result<Turn, ErrorObjectOwned> {
        self.expect_going_on()?;
        match tokio::time::timeout(WAIT, Arc::clone(&self.turn).lock_owned()).await {
            Ok(turn) => self.take(turn, by),
            Err(_) => Err(self.busy()),
        }
    }

    fn take(self: &Arc<Self>, turn: OwnedMutexGuard<()>, by: &str) -> Result<Turn, ErrorObjectOwned> {
        self.expect_going_on()?;
        self.hold(Some(by));
        Ok(Turn {
            edits: Arc::clone(self),
            _turn: turn,
        })
    }

    fn hold(&self, by: Option<&str>) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = by.map(|by| Holder {
            by: by.to_owned(),
            since: UnixTime::now(),
        });
    }

    fn expect_going_on(&self) -> Result<(), ErrorObjectOwned> {
        match self.is_ending.load(Ordering::Relaxed) {
            true => {
                let said = "nothing was done, as the agent is shutting down: try again soon";
                Err(Fault::Stopping.saying(said))
            }
            false => Ok(()),
        }
    }

    fn busy(&self) -> ErrorObjectOwned {
        if let Err(stopping) = self.expect_going_on() {
            return stopping;
        }
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (by, since) = match holder {
            Some(Holder { by, since }) => (by, Some(since)),
            // It has begun or ended just now.
            None => ("another caller".to_owned(), None),
        };
        let for_how_long = since.map(|since| format!(" since {since}")).unwrap_or_default();
        let said =
            format!("another edit of this host is running, by {by}{for_how_long}: wait until it is done");
        Fault::Busy {
            by,
            pid: Some(std::process::id()),
            since,
        }
        .saying(said)
    }
}

/// What the agent has tried to finish by itself, so that the same is not logged again and again.
#[derive(Default)]
struct Tried {
    became: Option<(String, Phase, Option<Undo>)>,
    said: String,
    pause: Duration,
}

impl Tried {
    /// How long to wait: each time twice as long.
    fn pause(&mut self) -> Duration {
        self.pause = (self.pause * 2).clamp(AGAIN, LONGEST_PAUSE);
        self.pause
    }

    /// Says what is wrong, once.
    fn tell(&mut self, why: &impl std::fmt::Display, what: &str) {
        let why = why.to_string();
        if self.said != why {
            tracing::error!(why, "{what}");
            self.said = why;
        }
    }
}

/// An edit of which the log has the beginning.
struct Logged {
    edits: Arc<Edits>,
    caller: Caller,
    does: &'static str,
    plan: String,
    allowed: Vec<String>,
}

impl Logged {
    fn begin(
        edits: &Arc<Edits>,
        caller: &Caller,
        does: &'static str,
        plan: &str,
        allowed: Vec<String>,
    ) -> Result<Self, ErrorObjectOwned> {
        let logged = Self {
            edits: Arc::clone(edits),
            caller: caller.clone(),
            does,
            plan: plan.to_owned(),
            allowed,
        };
        logged.write("begun").map_err(|error| {
            let said = format!("nothing was done, as the audit log of the agent cannot be written: {error}");
            Fault::Journal.saying(said)
        })?;
        Ok(logged)
    }

    fn write(&self, outcome: &str) -> std::io::Result<()> {
        self.edits.audit.write(&Line {
            who: &self.caller.name,
            from: &self.caller.from,
            does: self.does,
            plan: &self.plan,
            allowed: &self.allowed,
            outcome,
        })
    }

    fn end(&self, outcome: &str) {
        if let Err(error) = self.write(outcome) {
            tracing::error!(%error, who = self.caller.name, does = self.does, plan = self.plan, outcome, "the audit log cannot be written");
        }
    }

    fn end_with(&self, done: Result<Entry, ApplyError>) -> Result<Entry, ErrorObjectOwned> {
        self.end(&match &done {
            Ok(entry) => {
                self.edits.waits_no_more(&entry.id);
                entry.to_string()
            }
            Err(error) => format!("not done: {error}"),
        });
        done.map_err(fault::of_apply_error)
    }
}

fn outcome_of_report(report: &Report) -> String {
    match (&report.id, report.confirm_by) {
        _ if !report.applied => "nothing to do".to_owned(),
        (Some(id), Some(confirm_by)) => audit::waits(id, confirm_by),
        (Some(id), None) => format!("applied as {id}"),
        (None, _) => "applied".to_owned(),
    }
}

/// Does it to its end, even where nobody waits for it any more.
#[expect(
    clippy::disallowed_methods,
    reason = "an edit must not end half-way because its caller hung up"
)]
async fn detached<T: Send + 'static>(
    edit: impl Future<Output = Result<T, ErrorObjectOwned>> + Send + 'static,
) -> Result<T, ErrorObjectOwned> {
    match tokio::spawn(edit).await {
        Ok(done) => done,
        Err(_) => Err(Fault::Internal.saying("the agent failed while it did this: look at what is pending")),
    }
}
