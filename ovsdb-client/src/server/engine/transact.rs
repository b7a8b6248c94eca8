//! `transact` and `cancel`: RFC 7047 §4.1.3 and §4.1.4.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::value::RawValue;

use super::{
    super::database::{Context, Prepared, Step, Transaction},
    core::{Engine, Served},
    explain,
    session::SessionId,
};
use crate::wire::{
    ErrorKind, JsonId, Operation, OperationResult, OvsdbError, TransactParams, TransactResult,
};

/// A transaction whose `wait` has not come true.
#[derive(Debug)]
pub(super) struct Trigger {
    pub(super) session: SessionId,
    pub(super) id: JsonId,
    pub(super) database: Arc<str>,
    operations: Vec<Box<RawValue>>,
    spoilt: Option<String>,
    since: Instant,
    /// When the `wait` that it stands at gives up.
    pub(super) deadline: Option<Instant>,
}

/// What came of a transaction.
enum Attempt {
    Done(TransactResult, Prepared),
    Failed(TransactResult),
    /// It waits, at most this long since it was first tried.
    Blocked(Option<Duration>),
}

impl Engine {
    pub(super) fn transact(
        &mut self,
        session: SessionId,
        id: &JsonId,
        database: &str,
        params: &TransactParams<'_>,
        spoilt: Option<String>,
        now: Instant,
    ) {
        let Some((name, served)) = self.databases.get_key_value(database) else {
            return;
        };
        let name = Arc::clone(name);
        let attempt = self.attempt(
            served,
            session,
            &params.operations,
            spoilt.as_deref(),
            Duration::ZERO,
        );
        if let Attempt::Blocked(timeout) = attempt {
            self.triggers.push(Trigger {
                session,
                id: id.clone(),
                database: name,
                operations: params.operations.iter().map(|raw| (*raw).to_owned()).collect(),
                spoilt,
                since: now,
                deadline: timeout.and_then(|timeout| now.checked_add(timeout)),
            });
        } else {
            self.conclude(session, id, &name, attempt);
            self.run_triggers(now);
        }
    }

    /// Cancels a transaction that waits. It gets no reply, unless the session knows of that (ovsdb-server(7) §4.1.4).
    pub(super) fn cancel(&mut self, session: SessionId, id: &JsonId) {
        let position = self
            .triggers
            .iter()
            .position(|trigger| trigger.session == session && trigger.id == *id);
        let Some(position) = position else { return };
        self.triggers.remove(position);
        if let Some(session) = self
            .sessions
            .get_mut(&session)
            .filter(|session| session.is_change_aware)
        {
            session.refuse(id, &OvsdbError::bare(&ErrorKind::Canceled));
        }
    }

    /// Tries the transactions that wait for a database that changed, or whose time is up, until none of them changes
    /// anything any more.
    pub(super) fn run_triggers(&mut self, now: Instant) {
        loop {
            let changed = std::mem::take(&mut self.changed);
            let is_due = |trigger: &Trigger| {
                changed.contains(&trigger.database)
                    || trigger.deadline.is_some_and(|deadline| deadline <= now)
            };
            let due: Vec<Trigger> = self.triggers.extract_if(.., |trigger| is_due(trigger)).collect();
            if due.is_empty() {
                return;
            }
            let mut blocked = Vec::new();
            for mut trigger in due {
                let Some(served) = self.databases.get(&trigger.database) else {
                    continue;
                };
                let operations: Vec<&RawValue> = trigger.operations.iter().map(|raw| &**raw).collect();
                let waited = now.saturating_duration_since(trigger.since);
                match self.attempt(
                    served,
                    trigger.session,
                    &operations,
                    trigger.spoilt.as_deref(),
                    waited,
                ) {
                    Attempt::Blocked(timeout) => {
                        trigger.deadline = timeout.and_then(|timeout| trigger.since.checked_add(timeout));
                        blocked.push(trigger);
                    }
                    attempt => self.conclude(trigger.session, &trigger.id, &trigger.database, attempt),
                }
            }
            // Those that still wait are older than those that came meanwhile.
            blocked.append(&mut self.triggers);
            self.triggers = blocked;
        }
    }

    fn conclude(&mut self, session: SessionId, id: &JsonId, database: &Arc<str>, attempt: Attempt) {
        match attempt {
            Attempt::Done(result, prepared) => {
                self.commit(database, &prepared);
                self.reply(session, id, &result);
            }
            Attempt::Failed(result) => self.reply(session, id, &result),
            Attempt::Blocked(_) => {}
        }
    }

    fn attempt(
        &self,
        served: &Served,
        session: SessionId,
        operations: &[&RawValue],
        spoilt: Option<&str>,
        waited: Duration,
    ) -> Attempt {
        let mut transaction = Transaction::new(&served.database);
        let context = Context {
            holds_lock: &|name| self.locks.holds(session, name),
            waited,
            is_reserved: served.is_reserved,
        };
        let mut results = Vec::with_capacity(operations.len());
        for (index, raw) in operations.iter().enumerate() {
            let spoilt = spoilt.filter(|_| raw.get().contains(char::REPLACEMENT_CHARACTER));
            let step = match Operation::from_json(raw) {
                _ if spoilt.is_some() => Err(Step::Failed(OvsdbError::new(
                    &ErrorKind::ConstraintViolation,
                    spoilt.unwrap_or_default(),
                ))),
                Ok(operation) => transaction.execute(operation, &context),
                Err(_) => Err(Step::Unfit),
            };
            let error = match step {
                Ok(result) => {
                    results.push(result);
                    continue;
                }
                Err(Step::Blocked(timeout)) => return Attempt::Blocked(timeout),
                Err(Step::Failed(error)) => error,
                Err(Step::Unfit) => {
                    explain::operation(raw, served.database.schema(), index + 1, operations.len())
                }
            };
            results.push(OperationResult::Error(error));
            results.resize(operations.len(), OperationResult::NotExecuted);
            return Attempt::Failed(TransactResult {
                operations: results,
                commit_error: None,
            });
        }
        match transaction.prepare() {
            Ok(prepared) => Attempt::Done(
                TransactResult {
                    operations: results,
                    commit_error: None,
                },
                prepared,
            ),
            Err(error) => Attempt::Failed(TransactResult {
                operations: results,
                commit_error: Some(error),
            }),
        }
    }
}
