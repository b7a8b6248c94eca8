//! Monitors: RFC 7047 §4.1.5 to §4.1.7 and ovsdb-server(7) §4.1.12 to §4.1.15.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use super::{
    super::database::{Change, Column, Condition, Database, Record, RowId, TableId},
    core::Engine,
    explain,
    requests::{EMPTY, syntax},
    session::SessionId,
    update::{self, Kind},
};
use crate::wire::{ErrorKind, JsonId, MonitorSelect, OvsdbError, TableSchema};

/// What one monitor of a session watches, and what it has not told yet.
#[derive(Debug)]
pub(super) struct Monitor {
    pub(super) database: Arc<str>,
    version: MonitorVersion,
    tables: BTreeMap<TableId, MonitoredTable>,
    /// The rows that changed since the last update, as they were then and as they are now.
    pending: BTreeMap<RowId, Pending>,
}

/// The three generations of monitors, which differ in their notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MonitorVersion {
    /// `monitor` and `update`.
    V1,
    /// `monitor_cond` and `update2`.
    V2,
    /// `monitor_cond_since` and `update3`.
    V3,
}

/// What a monitor watches of one table.
#[derive(Debug)]
pub(super) struct MonitoredTable {
    pub(super) schema: Arc<TableSchema>,
    pub(super) columns: Vec<MonitoredColumn>,
    /// Which rows; always all of them for `monitor`.
    pub(super) condition: Condition,
    /// Whatever one of its columns selects.
    pub(super) select: MonitorSelect,
}

#[derive(Debug)]
pub(super) struct MonitoredColumn {
    pub(super) column: Column,
    /// Its name as a JSON member: `"name":`.
    pub(super) member: String,
    pub(super) select: MonitorSelect,
}

#[derive(Clone, Debug)]
struct Pending {
    old: Option<Arc<Record>>,
    new: Option<Arc<Record>>,
}

/// The transaction id that stands for none: a server without a cluster has no others (ovsdb-server(7) §4.1.13).
const NO_TRANSACTION: Uuid = Uuid::nil();

impl Engine {
    pub(super) fn monitor(
        &mut self,
        session: SessionId,
        id: &JsonId,
        method: &str,
        database: &Arc<str>,
        params: &RawValue,
    ) -> Result<(), OvsdbError> {
        let version = match method {
            "monitor" => MonitorVersion::V1,
            "monitor_cond" => MonitorVersion::V2,
            _ => MonitorVersion::V3,
        };
        let elements: Vec<&RawValue> = serde_json::from_str(params.get()).unwrap_or_default();
        let (name, requests, since) = match (version, &*elements) {
            (MonitorVersion::V3, [_, name, requests, since, ..]) => (*name, *requests, Some(*since)),
            (MonitorVersion::V1 | MonitorVersion::V2, [_, name, requests, ..]) => (*name, *requests, None),
            _ => return Err(syntax("invalid parameters", params)),
        };
        if let Some(since) = since {
            check_transaction_id(since)?;
        }
        let (Some(served), Some(known)) = (self.databases.get(database), self.sessions.get(&session)) else {
            return Ok(());
        };
        let Ok(Value::Object(tables)) = serde_json::from_str(requests.get()) else {
            return Err(syntax("monitor-requests must be object", requests));
        };
        let monitor_id = JsonId::from_json(name);
        if known.monitors.contains_key(&monitor_id) {
            return Err(syntax("duplicate monitor ID", name));
        }
        let mut monitor = Monitor {
            database: Arc::clone(database),
            version,
            tables: BTreeMap::new(),
            pending: BTreeMap::new(),
        };
        for (table, requests) in &tables {
            let Some(table) = served.database.table_id(table) else {
                return Err(plain(format!("no table named {table}")));
            };
            let schema = &served.database[table].schema;
            let requests = requests
                .as_array()
                .map_or(std::slice::from_ref(requests), Vec::as_slice);
            if let Some(table_requests) = MonitoredTable::new(schema, requests, version)? {
                monitor.tables.insert(table, table_requests);
            }
        }
        let (initial, _) = monitor.print_all(&served.database);
        let Some(session) = self.sessions.get_mut(&session) else {
            return Ok(());
        };
        session.flush_monitors(&self.databases);
        let initial = RawValue::from_string(initial).unwrap_or_else(|_| RawValue::NULL.to_owned());
        if version == MonitorVersion::V3 {
            session.reply(id, &(false, NO_TRANSACTION, initial));
        } else {
            session.reply(id, &initial);
        }
        session.monitors.insert(monitor_id, monitor);
        Ok(())
    }

    pub(super) fn monitor_cancel(
        &mut self,
        session: SessionId,
        id: &JsonId,
        params: &RawValue,
    ) -> Result<(), OvsdbError> {
        let Ok((monitor,)) = serde_json::from_str::<(JsonId,)>(params.get()) else {
            return Err(OvsdbError::bare(&ErrorKind::Other(
                "invalid parameters".to_owned(),
            )));
        };
        let Some(session) = self.sessions.get_mut(&session) else {
            return Ok(());
        };
        if session.monitors.remove(&monitor).is_none() {
            return Err(OvsdbError::bare(&ErrorKind::UnknownMonitor));
        }
        session.flush_monitors(&self.databases);
        session.reply(id, &EMPTY);
        Ok(())
    }

    /// Changes conditions of a monitor; what that adds or takes away is told before the reply
    /// (ovsdb-server(7) §4.1.15).
    pub(super) fn monitor_cond_change(
        &mut self,
        session: SessionId,
        id: &JsonId,
        params: &RawValue,
    ) -> Result<(), OvsdbError> {
        let Ok((name, new_name, requests)) =
            serde_json::from_str::<(&RawValue, &RawValue, &RawValue)>(params.get())
        else {
            return Err(syntax("invalid parameters", params));
        };
        let Some(session) = self.sessions.get_mut(&session) else {
            return Ok(());
        };
        let (old_id, new_id) = (JsonId::from_json(name), JsonId::from_json(new_name));
        if !session.monitors.contains_key(&old_id) {
            return Err(syntax("unknown monitor session", name));
        }
        if old_id != new_id && session.monitors.contains_key(&new_id) {
            return Err(syntax("duplicate monitor ID", new_name));
        }
        let Ok(Value::Object(tables)) = serde_json::from_str(requests.get()) else {
            return Err(plain("monitor-cond-change-requests must be object"));
        };
        // What happened before the change is told under the old conditions.
        session.flush_monitors(&self.databases);
        let Some(mut monitor) = session.monitors.remove(&old_id) else {
            return Ok(());
        };
        let changed = match self.databases.get(&monitor.database) {
            Some(served) => monitor.change_conditions(&served.database, &tables),
            None => Ok(String::new()),
        };
        match changed {
            Ok(changes) => {
                if !changes.is_empty() {
                    monitor.print_notification(&new_id, &changes, &mut session.outbox);
                }
                session.monitors.insert(new_id, monitor);
                session.reply(id, &EMPTY);
                Ok(())
            }
            Err(error) => {
                session.monitors.insert(old_id, monitor);
                Err(error)
            }
        }
    }
}

impl Monitor {
    /// Notes the changes that it watches. Whether there are any.
    pub(super) fn tell(&mut self, changes: &[Change]) -> bool {
        let mut is_told = false;
        for change in changes
            .iter()
            .filter(|change| self.tables.contains_key(&change.table))
        {
            is_told = true;
            let pending = self
                .pending
                .entry((change.table, change.uuid))
                .or_insert_with(|| Pending {
                    old: change.old.clone(),
                    new: None,
                });
            pending.new.clone_from(&change.new);
        }
        is_told
    }

    /// Whether there may be something to tell.
    pub(super) fn has_news(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Prints what was not told yet, if any of it is of interest.
    pub(super) fn flush(&mut self, id: &JsonId, _database: &Database, out: &mut Vec<u8>) {
        let pending = std::mem::take(&mut self.pending);
        let rows = pending
            .iter()
            .map(|((table, uuid), row)| (*table, *uuid, row.old.as_deref(), row.new.as_deref()));
        let (changes, is_any) = self.print(rows, None);
        if is_any {
            self.print_notification(id, &changes, out);
        }
    }

    fn print_notification(&self, id: &JsonId, changes: &str, out: &mut Vec<u8>) {
        let (method, transaction) = match self.version {
            MonitorVersion::V1 => ("update", String::new()),
            MonitorVersion::V2 => ("update2", String::new()),
            MonitorVersion::V3 => ("update3", format!("\"{NO_TRANSACTION}\",")),
        };
        let text =
            format!("{{\"id\":null,\"method\":\"{method}\",\"params\":[{id},{transaction}{changes}]}}");
        out.extend_from_slice(text.as_bytes());
    }

    /// All rows, as the reply to the monitor's request.
    fn print_all(&self, database: &Database) -> (String, bool) {
        let tables = self.tables.keys();
        let rows = tables.flat_map(|table| {
            database[*table]
                .rows()
                .map(|record| (*table, record.uuid, None, Some(&**record)))
        });
        self.print(rows, Some(Kind::Initial))
    }

    /// The `<table-updates>` of these rows, which come ordered by table, and whether they hold any row.
    fn print<'r>(
        &self,
        rows: impl Iterator<Item = (TableId, Uuid, Option<&'r Record>, Option<&'r Record>)>,
        kind: Option<Kind>,
    ) -> (String, bool) {
        let mut updates = update::Updates::new();
        for (id, uuid, old, new) in rows {
            let Some(table) = self.tables.get(&id) else {
                continue;
            };
            if self.version == MonitorVersion::V1 {
                updates.row(id, table, uuid, |out| {
                    update::row_update(out, table, old, new, kind)
                });
            } else {
                let old = old.filter(|record| table.condition.any(record));
                let new = new.filter(|record| table.condition.any(record));
                updates.row(id, table, uuid, |out| {
                    update::row_update2(out, table, old, new, kind)
                });
            }
        }
        updates.finish()
    }

    /// Takes over new conditions. The updates that follow from them; empty if there are none.
    fn change_conditions(
        &mut self,
        database: &Database,
        requests: &serde_json::Map<String, Value>,
    ) -> Result<String, OvsdbError> {
        let mut conditions = BTreeMap::new();
        for (name, requests) in requests {
            let Some(id) = database.table_id(name) else {
                return Err(plain(format!("no table named {name}")));
            };
            let Some(table) = self.tables.get(&id) else {
                return Err(plain(format!("no table named {name} in monitor session")));
            };
            let Some(requests) = requests.as_array() else {
                return Err(plain(format!("table {name} no monitor-cond-change JSON array")));
            };
            for request in requests {
                let clauses = explain::condition_change(name, request)?;
                if self.version != MonitorVersion::V1 {
                    conditions.insert(id, explain::condition(&clauses, &table.schema)?);
                }
            }
        }
        let mut updates = update::Updates::new();
        for (id, condition) in conditions {
            let Some(table) = self.tables.get_mut(&id) else {
                continue;
            };
            let before = std::mem::replace(&mut table.condition, condition);
            for record in database[id].rows() {
                let old = Some(&**record).filter(|record| before.any(record));
                let new = Some(&**record).filter(|record| table.condition.any(record));
                updates.row(id, table, record.uuid, |out| {
                    update::row_update2(out, table, old, new, None)
                });
            }
        }
        let (changes, is_any) = updates.finish();
        Ok(if is_any { changes } else { String::new() })
    }
}

impl MonitoredTable {
    /// Reads the requests for one table. None if there are none.
    fn new(
        schema: &Arc<TableSchema>,
        requests: &[Value],
        version: MonitorVersion,
    ) -> Result<Option<Self>, OvsdbError> {
        if requests.is_empty() {
            return Ok(None);
        }
        let nothing = MonitorSelect {
            initial: false,
            insert: false,
            delete: false,
            modify: false,
        };
        let mut table = Self {
            schema: Arc::clone(schema),
            columns: Vec::new(),
            condition: Condition::default(),
            select: nothing,
        };
        for (number, request) in requests.iter().enumerate() {
            let request = explain::monitor_request(request, schema, version != MonitorVersion::V1)?;
            let all = || {
                Column::all(schema)
                    .into_iter()
                    .filter(|column| *column != Column::Uuid)
                    .collect()
            };
            for column in request.columns.clone().unwrap_or_else(all) {
                if table.columns.iter().any(|known| known.column == column) {
                    return Err(request.repeated_column(&column.name(schema)));
                }
                table.columns.push(MonitoredColumn {
                    column,
                    member: format!("{}:", Value::from(&*column.name(schema))),
                    select: request.select,
                });
            }
            let condition = explain::condition(&request.clauses, schema)?;
            // Of several requests only the first says which rows.
            if number == 0 {
                table.condition = condition;
            }
            table.select = MonitorSelect {
                initial: table.select.initial || request.select.initial,
                insert: table.select.insert || request.select.insert,
                delete: table.select.delete || request.select.delete,
                modify: table.select.modify || request.select.modify,
            };
        }
        Ok(Some(table))
    }
}

/// The last transaction that the client knows. No database here keeps a history, so it is only checked.
fn check_transaction_id(since: &RawValue) -> Result<(), OvsdbError> {
    let Ok(text) = serde_json::from_str::<String>(since.get()) else {
        return Err(syntax("last-txn-id must be string", since));
    };
    if Uuid::try_parse(&text).is_err() {
        return Err(syntax("last-txn-id must be UUID format.", since));
    }
    Ok(())
}

fn plain(details: impl Into<String>) -> OvsdbError {
    OvsdbError::new(&ErrorKind::SyntaxError, details)
}
