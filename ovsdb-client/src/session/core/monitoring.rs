//! The engine's monitors: asking for them, what they send, conditions that change, and when they are lost.

use std::time::Instant;

use serde_json::value::RawValue;
use tracing::{debug, warn};

use super::{Core, MAX_INCONSISTENCIES, State};
use crate::{
    replica::Version,
    session::{
        command::MonitorKey,
        monitors::Phase,
        negotiation::Negotiation,
        requests::{Pending, rejected},
    },
    wire::{ErrorKind, OvsdbError, UpdateNotification},
};

impl Core {
    /// Asks for a monitor that is idle, if there is a session.
    pub(super) fn start_monitor(&mut self, key: MonitorKey) {
        let version = self.version;
        let (State::Ready, Some(schema)) = (&self.state, self.schema.clone()) else {
            return;
        };
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        // Since when the rows are known says nothing of other conditions, nor of rows read by another schema.
        if monitor.has_new_conditions || !monitor.writer.reads_by(&schema) {
            monitor.writer.forget_position(false);
        }
        let requests = monitor.writer.requests(&schema, version);
        monitor.phase = Phase::Requested;
        monitor.has_new_conditions = false;
        let since = monitor.writer.last_txn_id().unwrap_or_default();
        let database = schema.name.clone();
        let pending = Pending::Monitor { key, version };
        match version {
            Version::Since => self.request(pending, version.method(), &(&database, key.0, requests, since)),
            Version::Cond | Version::Plain => {
                self.request(pending, version.method(), &(&database, key.0, requests));
            }
        }
    }

    pub(super) fn handle_monitor_reply(
        &mut self,
        key: MonitorKey,
        version: Version,
        result: Result<&RawValue, OvsdbError>,
        now: Instant,
    ) {
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        match (result, version.older()) {
            (Ok(result), _) => {
                let Some(schema) = &self.schema else { return };
                match monitor
                    .writer
                    .apply_reply(version, result, schema, &mut self.interner)
                {
                    Ok(()) => {
                        self.patience = self.options.probe_patience;
                        monitor.set_active(version);
                        if monitor.has_new_conditions {
                            self.send_conditions(key, now);
                        }
                    }
                    Err(error) => self.resync(key, &error.0, now),
                }
            }
            (Err(error), Some(older)) if error.kind() == ErrorKind::UnknownMethod => {
                debug!(method = version.method(), "unknown to this server");
                if self.version == version {
                    self.version = older;
                }
                self.start_monitor(key);
            }
            (Err(error), _) => {
                let error = rejected(version.method(), error);
                warn!(%error, "a monitor was refused");
                monitor.fail(&error);
                self.monitors.by_key.remove(&key);
            }
        }
    }

    pub(super) fn handle_update(&mut self, update: &UpdateNotification<'_>, now: Instant) {
        let Some(id) = update.monitor.as_integer() else {
            return;
        };
        if id == self.server_monitor {
            return self.update_server_row(update.updates, now);
        }
        let key = MonitorKey(id);
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        // Before its first rows, and after it was cancelled, what comes belongs to a monitor of before.
        let Phase::Active(version) = monitor.phase else {
            return;
        };
        let applied =
            monitor
                .writer
                .apply_update(version, update.updates, update.last_txn_id, &mut self.interner);
        if let Err(error) = applied {
            self.resync(key, &error.0, now);
        }
    }

    /// What a monitor sent does not fit: it is cancelled and asked for anew, from nothing.
    pub(super) fn resync(&mut self, key: MonitorKey, reason: &str, now: Instant) {
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        warn!(reason, "a replica is asked for anew");
        monitor.writer.forget_position(true);
        monitor.inconsistencies += 1;
        if monitor.inconsistencies > MAX_INCONSISTENCIES {
            monitor.inconsistencies = 0;
            return self.misbehaved(&format!("what its monitor sends does not fit: {reason}"), now);
        }
        self.request(Pending::Ignored, "monitor_cancel", &[key.0]);
        self.start_monitor(key);
    }

    /// The database was removed or converted: ovsdb-server(7) §4.1.16. The schema is asked for again, in the same
    /// session, and all monitors start over.
    pub(super) fn handle_monitor_canceled(&mut self, id: Option<i64>, now: Instant) {
        let is_ours = id.is_some_and(|id| self.monitors.by_key.contains_key(&MonitorKey(id)));
        if !is_ours || !matches!(self.state, State::Ready) {
            return;
        }
        debug!("the database changed under the session");
        for monitor in self.monitors.by_key.values_mut() {
            monitor.set_disconnected();
            monitor.writer.forget_position(false);
        }
        let negotiation = Negotiation {
            is_server_known: true,
            ..Negotiation::default()
        };
        self.state = State::Negotiating {
            deadline: now + self.options.handshake_limit,
            negotiation,
        };
        let database = self.options.database.clone();
        self.request(Pending::ListDbs, "list_dbs", &[(); 0]);
        self.request(Pending::Schema, "get_schema", &[&database]);
    }

    pub(super) fn send_conditions(&mut self, key: MonitorKey, now: Instant) {
        let Some(schema) = self.schema.clone() else { return };
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        let Phase::Active(version) = monitor.phase else {
            return;
        };
        if version == Version::Plain {
            // Without conditions on the server all rows have to come again, to be tested here.
            self.request(Pending::Ignored, "monitor_cancel", &[key.0]);
            return self.start_monitor(key);
        }
        if monitor.is_changing {
            // It is sent when the one on its way is answered, so that a reply is always that of the last one sent.
            return;
        }
        monitor.has_new_conditions = false;
        monitor.is_changing = true;
        let mut requests = monitor.writer.requests(&schema, version);
        for request in requests.0.values_mut().flatten() {
            request.columns = None;
        }
        let _ = now;
        self.request(
            Pending::Conditions { key },
            "monitor_cond_change",
            &(key.0, key.0, requests),
        );
    }

    pub(super) fn handle_conditions_reply(
        &mut self,
        key: MonitorKey,
        result: Result<&RawValue, OvsdbError>,
        now: Instant,
    ) {
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        monitor.is_changing = false;
        if monitor.has_new_conditions {
            return self.send_conditions(key, now);
        }
        let result = result
            .map(|_| ())
            .map_err(|error| rejected("monitor_cond_change", error));
        monitor.set_conditions_known(&result);
    }
}
