//! Beginning and end of a session: what the peer is, what a failure leaves undone, and when the next one is tried.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::value::RawValue;
use tracing::{debug, warn};

use super::{Action, Core, ECHO, State};
use crate::{
    error::{ConfigError, Error, UnreachableReason},
    session::{
        monitors::Phase,
        negotiation::{Negotiation, ServerRow},
        requests::Pending,
        status::SessionStatus,
    },
    wire::{DatabaseSchema, JsonId, OvsdbError, print_request},
};

impl Core {
    pub(super) fn handle_schema(&mut self, result: Result<&RawValue, OvsdbError>, now: Instant) {
        let schema = match result {
            // The schema rarely changes, and replicas keep their layout as long as it does not.
            Ok(result) if self.schema_text == result.get().as_bytes() && self.schema.is_some() => {
                self.schema.clone().ok_or_else(String::new)
            }
            Ok(result) => match DatabaseSchema::parse(result.get()) {
                Ok(schema) => {
                    self.schema_text = Bytes::copy_from_slice(result.get().as_bytes());
                    Ok(Arc::new(schema))
                }
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        self.negotiated(now, |state| state.schema = Some(schema));
    }

    /// Takes an answer in, and goes on when it was the last.
    pub(super) fn negotiated(&mut self, now: Instant, take: impl FnOnce(&mut Negotiation)) {
        let State::Negotiating { negotiation, .. } = &mut self.state else {
            return;
        };
        take(negotiation);
        if !negotiation.is_complete() {
            return;
        }
        let Negotiation {
            databases, schema, ..
        } = std::mem::take(negotiation);
        let available = databases.unwrap_or_default();
        if !available.contains(&self.options.database) {
            let error = ConfigError::UnknownDatabase {
                remote: self.remote().to_string(),
                database: self.options.database.clone(),
                available,
            };
            return self.fail(error.into(), now);
        }
        match schema {
            Some(Ok(schema)) if self.is_acceptable(now) => self.become_ready(&schema, now),
            Some(Err(error)) => self.misbehaved(&format!("its answer to get_schema is {error}"), now),
            // Refused above, and the session is ended already.
            Some(Ok(_)) | None => {}
        }
    }

    fn become_ready(&mut self, schema: &Arc<DatabaseSchema>, now: Instant) {
        self.state = State::Ready;
        self.failures = 0;
        self.sessions += 1;
        (self.ready_since, self.was_of_use) = (now, false);
        self.last_error = None;
        if !self
            .schema
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, schema))
        {
            self.schema = Some(Arc::clone(schema));
            self.schemas.send_replace(Some(Arc::clone(schema)));
        }
        debug!(remote = %self.remote(), version = %schema.version, "session ready");
        for name in self.locks.names() {
            self.send_lock(&name);
        }
        let keys: Vec<_> = self.monitors.by_key.keys().copied().collect();
        for key in keys {
            self.start_monitor(key);
        }
        self.send_waiting();
        self.last_activity = now;
        self.show_status();
    }

    /// Takes in what the server says of itself.
    pub(super) fn update_server_row(&mut self, updates: &RawValue, now: Instant) {
        match ServerRow::updated(self.server_row.as_ref(), updates) {
            Ok(row) => self.server_row = row,
            Err(error) => return self.misbehaved(&format!("its _Server does not read: {error}"), now),
        }
        if matches!(self.state, State::Ready) {
            self.is_acceptable(now);
        }
    }

    /// Whether this peer will do; if not, the session is ended.
    fn is_acceptable(&mut self, now: Instant) -> bool {
        let Some(row) = &self.server_row else { return true };
        if row.cluster.is_some() && row.cluster != self.cluster {
            // Another cluster, whose log has nothing to do with the one of before.
            self.cluster = row.cluster;
            self.min_index = 0;
        }
        if let Some(reason) = row.refusal(self.options.leader_only, self.min_index) {
            self.handle_disconnected(UnreachableReason::NotLeader(reason), now);
            return false;
        }
        self.min_index = self.min_index.max(row.index.unwrap_or(0));
        true
    }

    pub(super) fn misbehaved(&mut self, what: &str, now: Instant) {
        let error = Error::PeerMisbehaved {
            remote: self.remote().to_string(),
            what: what.to_owned(),
        };
        self.fail(error, now);
    }

    /// The attempt or the session has failed: what it leaves undone is told, and the next one is planned.
    pub(super) fn fail(&mut self, error: Error, now: Instant) {
        if matches!(self.state, State::Closed | State::Waiting { .. }) {
            return;
        }
        let was_ready = matches!(self.state, State::Ready);
        debug!(remote = %self.remote(), %error, was_ready, "session ended");
        let awaited_rows = self
            .monitors
            .by_key
            .values()
            .any(|monitor| monitor.phase == Phase::Requested);
        if was_ready && awaited_rows && self.probe_sent.is_some() {
            self.patience = self.patience.saturating_mul(2).min(Duration::from_secs(600));
        }
        self.end_session(&error.to_string(), false);
        // A server that lets everyone in and then drops them must not be run against without a pause.
        let has_lasted = now.saturating_duration_since(self.ready_since) >= self.options.backoff_max;
        if was_ready && (self.was_of_use || has_lasted) {
            self.fruitless = 0;
            self.backoff.reset();
        }
        self.failures = self.failures.saturating_add(1);
        self.fruitless = self.fruitless.saturating_add(1);
        self.last_error = Some(error);
        self.remote = (self.remote + 1) % self.options.remotes.len().max(1);
        let round = u32::try_from(self.options.remotes.len())
            .unwrap_or(u32::MAX)
            .max(1);
        let wait = if self.fruitless.is_multiple_of(round) {
            self.backoff.next()
        } else {
            Duration::ZERO
        };
        self.state = State::Waiting { until: now + wait };
        self.show_status();
    }

    pub(super) fn end_session(&mut self, why: &str, is_closed: bool) {
        self.actions.clear();
        self.actions.push_back(Action::Disconnect);
        self.transmit.clear();
        self.transmitted = 0;
        self.probe_sent = None;
        self.arrival = None;
        let remote = self.remote().to_string();
        for pending in self.requests.drain() {
            if let Pending::Call(caller) = pending {
                caller.lose(&remote, why);
            }
        }
        for monitor in self.monitors.by_key.values_mut() {
            monitor.set_disconnected();
        }
        self.locks.set_lost();
        if is_closed {
            self.held.release();
            for (caller, _) in std::mem::take(&mut self.waiting).into_values() {
                caller.answer(Err(Error::Closed));
            }
            for monitor in self.monitors.by_key.values_mut() {
                monitor.fail(&Error::Closed);
            }
            self.monitors.by_key.clear();
        }
    }

    pub(super) fn show_status(&mut self) {
        let failures = self.failures;
        let status = match (&self.state, &self.last_error) {
            (State::Closed, _) => SessionStatus::Closed,
            (State::Ready, _) => SessionStatus::Ready {
                remote: self.remote().clone(),
                sessions: self.sessions,
            },
            (State::Waiting { .. }, Some(error)) => SessionStatus::Waiting {
                failures,
                last_error: error.clone(),
            },
            (_, last_error) => SessionStatus::Connecting {
                failures,
                last_error: last_error.clone(),
            },
        };
        self.status.send_replace(status);
    }

    pub(super) fn probe_interval(&self) -> Option<Duration> {
        self.options
            .probe_interval
            .filter(|_| self.options.probes_local || !self.remote().is_local())
    }

    /// Asks a silent peer whether it lives, and gives it up when it does not answer. Any byte counts as life.
    pub(super) fn probe(&mut self, now: Instant) {
        let Some(interval) = self.probe_interval() else {
            return;
        };
        match self.probe_sent {
            Some(sent) if now >= sent + self.patience => {
                self.handle_disconnected(UnreachableReason::Silent(interval + self.patience), now);
            }
            None if now >= self.last_activity + interval => {
                self.probe_sent = Some(now);
                if let Err(error) = print_request(&mut self.transmit, &JsonId::string(ECHO), ECHO, &[(); 0]) {
                    warn!(%error, "a probe could not be printed");
                }
            }
            _ => {}
        }
    }
}
