//! The engine's monitors: asking for them, what they send, conditions that change, and when they are lost.

use std::time::Instant;

use serde_json::value::RawValue;
use tracing::{debug, warn};

use super::{Core, MAX_INCONSISTENCIES, State};
use crate::{
    replica::{ResyncReason, Version},
    session::{
        arrival::Arrival, caller::rejected, command::MonitorKey, monitors::Phase, negotiation::Negotiation,
        requests::Pending,
    },
    wire::{ErrorKind, OvsdbError, UpdateNotification},
};

impl Core {
    /// Asks for a monitor, if there is a session.
    pub(super) fn start_monitor(&mut self, key: MonitorKey) {
        let version = self.version;
        let (State::Ready, Some(schema)) = (&self.state, self.schema.clone()) else {
            return;
        };
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        monitor.take_up_change();
        // Since when the rows are known says nothing of other conditions, nor of rows read by another schema.
        if monitor.is_changing() || !monitor.writer.reads_by(&schema) {
            monitor.writer.forget_position();
        }
        let requests = monitor.writer.requests(&schema, version);
        monitor.phase = Phase::Requested;
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
                let arrival = self.arrival.take().filter(|arrival| arrival.key() == key);
                let rows = arrival.map(Arrival::into_rows).transpose();
                let applied = rows.and_then(|rows| {
                    let interner = &mut self.interner;
                    monitor
                        .writer
                        .apply_reply(version, result, schema, rows, interner)
                });
                match applied {
                    Ok(()) => {
                        self.patience = self.options.probe_patience;
                        monitor.set_active(version);
                        self.change_conditions(key);
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
                if monitor.refuse_change(&error) {
                    // It may do with the conditions of before.
                    return self.start_monitor(key);
                }
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
        match applied {
            Ok(()) => self.was_of_use = true,
            Err(error) => self.resync(key, &error.0, now),
        }
    }

    /// What a monitor sent does not fit: it is cancelled and asked for anew, from nothing.
    pub(super) fn resync(&mut self, key: MonitorKey, reason: &str, now: Instant) {
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        warn!(reason, "a replica is asked for anew");
        monitor.inconsistencies += 1;
        if monitor.inconsistencies > MAX_INCONSISTENCIES {
            monitor.inconsistencies = 0;
            monitor.writer.replace_for(ResyncReason::Inconsistent);
            return self.misbehaved(&format!("what its monitor sends does not fit: {reason}"), now);
        }
        self.replace(key, ResyncReason::Inconsistent);
    }

    /// Cancels a monitor and asks for it anew, from nothing.
    fn replace(&mut self, key: MonitorKey, reason: ResyncReason) {
        if let Some(monitor) = self.monitors.by_key.get_mut(&key) {
            monitor.replace_for(reason);
            self.request(Pending::Ignored, "monitor_cancel", &[key.0]);
            self.start_monitor(key);
        }
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
            monitor.writer.forget_position();
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

    /// Asks for the next conditions, if the monitor runs and no other change of them is on its way.
    pub(super) fn change_conditions(&mut self, key: MonitorKey) {
        let Some(schema) = self.schema.clone() else { return };
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        let Phase::Active(version) = monitor.phase else {
            return;
        };
        if !monitor.take_up_change() {
            return;
        }
        if version == Version::Plain {
            // Without conditions on the server all rows have to come again, to be tested here.
            return self.replace(key, ResyncReason::ConditionsChanged);
        }
        let mut requests = monitor.writer.requests(&schema, version);
        for request in requests.0.values_mut().flatten() {
            request.columns = None;
        }
        self.request(
            Pending::Conditions { key },
            "monitor_cond_change",
            &(key.0, key.0, requests),
        );
    }

    pub(super) fn handle_conditions_reply(&mut self, key: MonitorKey, result: Result<&RawValue, OvsdbError>) {
        let Some(monitor) = self.monitors.by_key.get_mut(&key) else {
            return;
        };
        if !matches!(monitor.phase, Phase::Active(_)) {
            // The monitor was asked for anew meanwhile, with these conditions: the answer to that decides.
            return;
        }
        match result {
            Ok(_) => monitor.confirm_change(),
            Err(error) => {
                let error = rejected("monitor_cond_change", error);
                warn!(%error, "a change of conditions was refused");
                monitor.refuse_change(&error);
                // The server may have put some tables' conditions in force before it came to the one that it
                // refuses, so the monitor is made anew with those of before.
                return self.replace(key, ResyncReason::ConditionsChanged);
            }
        }
        self.change_conditions(key);
    }
}
