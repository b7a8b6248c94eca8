//! The one writer of a replica: applies what a monitor reports.

use std::{fmt, sync::Arc};

use imbl::OrdMap;
use serde_json::value::RawValue;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::{
    filter,
    handle::Shared,
    index::Index,
    selection::{Conditions, Selection, Wanted},
    store::{Snapshot, State, TableState},
    view::TableView,
    watch::{Change, Commit, Event, Resync, ResyncReason},
};
use crate::{
    error::ConfigError,
    transaction::check_clauses,
    wire::{
        DatabaseSchema, Interner, MonitorRequests, Row, RowForm, RowUpdate, RowUpdate2, TableSchema,
        TableUpdates, apply_difference, decode_monitor_reply,
    },
};

/// The three methods that make a monitor, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `monitor_cond_since`, `update3`: continues where the last session ended, where the server can.
    Since,
    /// `monitor_cond`, `update2`
    Cond,
    /// `monitor`, `update`: all that Open vSwitch 2.1.3 has. Conditions are evaluated here.
    Plain,
}

impl Version {
    pub(crate) fn method(self) -> &'static str {
        match self {
            Version::Since => "monitor_cond_since",
            Version::Cond => "monitor_cond",
            Version::Plain => "monitor",
        }
    }

    /// What to try when the server does not know the method.
    pub(crate) fn older(self) -> Option<Self> {
        match self {
            Version::Since => Some(Version::Cond),
            Version::Cond => Some(Version::Plain),
            Version::Plain => None,
        }
    }
}

/// What the server sent does not fit what it sent before, or does not read.
#[derive(Debug)]
pub(crate) struct Inconsistent(pub(crate) String);

impl From<serde_json::Error> for Inconsistent {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

pub(crate) struct Writer {
    selection: Selection,
    shared: Arc<Shared>,
    events: broadcast::Sender<Event>,
    state: State,
    last_txn_id: Option<Uuid>,
    is_filled: bool,
    /// Why the next rows replace the ones that are here, if not because of another session.
    resync_reason: Option<ResyncReason>,
}

/// All rows of a reply, as far as they have come. Readers see nothing of them.
#[derive(Debug)]
pub(crate) struct Filling {
    schema: Arc<DatabaseSchema>,
    tables: Vec<TableState>,
    /// What readers see: a row that did not change is kept as it is, so that old snapshots share it.
    seen: Snapshot,
}

impl Writer {
    pub(crate) fn new(selection: Selection, schema: &Arc<DatabaseSchema>, event_capacity: usize) -> Self {
        let (events, _) = broadcast::channel(event_capacity);
        let mut writer = Self {
            selection,
            shared: Shared::new(Arc::clone(schema), &events),
            events,
            state: State {
                generation: 0,
                schema: Arc::clone(schema),
                tables: Vec::new(),
            },
            last_txn_id: None,
            is_filled: false,
            resync_reason: None,
        };
        writer.state.tables = writer.empty_tables(schema).map(Arc::new).collect();
        writer
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The transaction to continue from, if the monitor is made again.
    pub(crate) fn last_txn_id(&self) -> Option<Uuid> {
        self.last_txn_id
    }

    /// Forgets where to continue from: the next reply replaces everything.
    pub(crate) fn forget_position(&mut self) {
        self.last_txn_id = None;
    }

    /// The next reply replaces everything within this session, for this reason.
    pub(crate) fn replace_for(&mut self, reason: ResyncReason) {
        self.last_txn_id = None;
        // That what came did not fit says more than that other rows were wished for.
        if self.resync_reason != Some(ResyncReason::Inconsistent) {
            self.resync_reason = Some(reason);
        }
    }

    /// The session has ended: what was to be replaced in it is replaced in the next one, for that reason.
    pub(crate) fn set_disconnected(&mut self) {
        self.resync_reason
            .take_if(|reason| *reason != ResyncReason::Inconsistent);
        self.shared.set_stale();
    }

    /// Whether the rows were read by this very schema.
    pub(crate) fn reads_by(&self, schema: &Arc<DatabaseSchema>) -> bool {
        Arc::ptr_eq(schema, &self.state.schema)
    }

    pub(crate) fn requests(&self, schema: &DatabaseSchema, version: Version) -> MonitorRequests {
        self.selection.requests(schema, version != Version::Plain)
    }

    /// The conditions of `selection` for the tables that this replica holds, if a server of this schema can test
    /// them.
    pub(crate) fn checked_conditions(
        &self,
        selection: Selection,
        schema: &DatabaseSchema,
    ) -> Result<Conditions, ConfigError> {
        let held = |(name, _): &(Arc<str>, Wanted)| self.selection.tables.contains_key(name);
        let mut conditions = Conditions::new();
        for (name, wanted) in selection.tables.into_iter().filter(held) {
            if let Some(table) = schema.table(&name) {
                check_clauses(table, &wanted.where_)?;
            }
            conditions.insert(name, wanted.where_);
        }
        Ok(conditions)
    }

    /// Puts conditions in force for the next request, and gives those that were.
    pub(crate) fn set_conditions(&mut self, conditions: Conditions) -> Conditions {
        let mut former = Conditions::new();
        for (name, clauses) in conditions {
            if let Some(wanted) = self.selection.tables.get_mut(&name) {
                former.insert(name, std::mem::replace(&mut wanted.where_, clauses));
            }
        }
        former
    }

    /// Begins to take in all rows anew. What comes of it is for [`Writer::apply_reply`].
    pub(crate) fn begin_filling(&self, schema: &Arc<DatabaseSchema>) -> Filling {
        Filling {
            schema: Arc::clone(schema),
            tables: self.empty_tables(schema).collect(),
            // The working state may be half of an update that did not fit.
            seen: self.shared.snapshot(),
        }
    }

    /// Takes in some of the rows: the text of table updates. Gives the table that the last of them is of.
    pub(crate) fn take_part(
        &self,
        filling: &mut Filling,
        version: Version,
        updates: &[u8],
        interner: &mut Interner,
    ) -> Result<Option<Arc<str>>, Inconsistent> {
        let text = std::str::from_utf8(updates).map_err(|error| Inconsistent(error.to_string()))?;
        let schema = Arc::clone(&filling.schema);
        if version == Version::Plain {
            let updates = TableUpdates::<RowUpdate>::from_text(text, &schema, interner)?;
            self.fill(filling, updates, version)
        } else {
            let updates = TableUpdates::<RowUpdate2>::from_text(text, &schema, interner)?;
            self.fill(filling, updates, version)
        }
    }

    /// Takes the reply to a monitor request, of which some rows may have been taken in already.
    pub(crate) fn apply_reply(
        &mut self,
        version: Version,
        result: &RawValue,
        schema: &Arc<DatabaseSchema>,
        taken: Option<Filling>,
        interner: &mut Interner,
    ) -> Result<(), Inconsistent> {
        if !Arc::ptr_eq(schema, &self.state.schema) {
            self.last_txn_id = None;
        }
        let filling = taken.unwrap_or_else(|| self.begin_filling(schema));
        match version {
            Version::Since => {
                let reply = decode_monitor_reply::<RowUpdate2>(result, true, schema, interner)?;
                if reply.found && self.last_txn_id.is_some() {
                    let changes = self.apply(reply.updates, version)?;
                    self.publish_resync(changes);
                } else {
                    self.replace(filling, reply.updates, version)?;
                }
                // A standalone database always sends the zero id, which names no transaction.
                self.last_txn_id = reply.last_txn_id.filter(|txn| !txn.is_nil());
            }
            Version::Cond => {
                let reply = decode_monitor_reply::<RowUpdate2>(result, false, schema, interner)?;
                self.replace(filling, reply.updates, version)?;
            }
            Version::Plain => {
                let reply = decode_monitor_reply::<RowUpdate>(result, false, schema, interner)?;
                self.replace(filling, reply.updates, version)?;
            }
        }
        Ok(())
    }

    /// Takes one update notification: one commit, published as one.
    pub(crate) fn apply_update(
        &mut self,
        version: Version,
        updates: &RawValue,
        last_txn_id: Option<Uuid>,
        interner: &mut Interner,
    ) -> Result<(), Inconsistent> {
        let schema = Arc::clone(&self.state.schema);
        let changes = if version == Version::Plain {
            self.apply(
                TableUpdates::<RowUpdate>::from_json(updates, &schema, interner)?,
                version,
            )?
        } else {
            self.apply(
                TableUpdates::<RowUpdate2>::from_json(updates, &schema, interner)?,
                version,
            )?
        };
        if let Some(txn) = last_txn_id {
            self.last_txn_id = Some(txn).filter(|txn| !txn.is_nil());
        }
        self.publish(changes, |changes, snapshot| {
            Event::Commit(Commit { changes, snapshot })
        });
        Ok(())
    }

    /// Applies updates to the working state, which on an error is half applied and must be replaced.
    fn apply<U: Updates>(
        &mut self,
        updates: TableUpdates<U>,
        version: Version,
    ) -> Result<Option<Vec<Change>>, Inconsistent> {
        let mut changes = self.has_watchers().then(Vec::new);
        for update in updates.0 {
            let name = &update.table.name;
            let (Some(position), Some(wanted)) = (self.state.position(name), self.selection.tables.get(name))
            else {
                return Err(Inconsistent(format!(
                    "an update of table {name}, which is not monitored"
                )));
            };
            let Some(table) = self.state.tables.get_mut(position) else {
                continue;
            };
            let table = Arc::make_mut(table);
            let clauses = if version == Version::Plain {
                wanted.where_.as_slice()
            } else {
                &[]
            };
            for (uuid, row) in update.rows {
                let new = row.new_row(table, uuid)?;
                let new = new.filter(|row| filter::meets(clauses, &table.view, uuid, row));
                let old = match &new {
                    Some(new) => table.put(uuid, new),
                    None => table.remove(uuid),
                };
                if let Some(changes) = &mut changes
                    && (old.is_some() || new.is_some())
                {
                    let of = |row: Option<Row>| row.map(|row| table.row_of(&uuid, &row));
                    changes.push(Change::new(of(old), of(new)));
                }
            }
        }
        Ok(changes)
    }

    /// Adds rows to those that were taken in. Gives the table that the last of them is of.
    fn fill<U: Updates>(
        &self,
        filling: &mut Filling,
        updates: TableUpdates<U>,
        version: Version,
    ) -> Result<Option<Arc<str>>, Inconsistent> {
        let is_same_schema = Arc::ptr_eq(&filling.schema, filling.seen.schema());
        let mut last = None;
        for update in updates.0 {
            let name = &update.table.name;
            let position = filling
                .tables
                .binary_search_by(|table| table.view.schema().name.cmp(name));
            let (Some(position), Some(wanted)) = (position.ok(), self.selection.tables.get(name)) else {
                return Err(Inconsistent(format!(
                    "rows of table {name}, which is not monitored"
                )));
            };
            let Some(table) = filling.tables.get_mut(position) else {
                continue;
            };
            let clauses = if version == Version::Plain {
                wanted.where_.as_slice()
            } else {
                &[]
            };
            let seen = filling.seen.0.tables.get(position).filter(|_| is_same_schema);
            for (uuid, row) in update.rows {
                let Some(row) = row.new_row(table, uuid)? else {
                    continue;
                };
                if filter::meets(clauses, &table.view, uuid, &row) {
                    let known = seen.and_then(|seen| seen.rows.get(&uuid));
                    table.put(uuid, known.filter(|known| **known == row).unwrap_or(&row));
                }
            }
            last = Some(Arc::clone(name));
        }
        Ok(last)
    }

    /// Puts all rows anew in the place of what is there, and publishes it as one difference.
    fn replace<U: Updates>(
        &mut self,
        mut filling: Filling,
        updates: TableUpdates<U>,
        version: Version,
    ) -> Result<(), Inconsistent> {
        self.fill(&mut filling, updates, version)?;
        let Filling { schema, tables, seen } = filling;
        self.state = State {
            generation: self.state.generation,
            schema,
            tables: tables.into_iter().map(Arc::new).collect(),
        };
        if self.is_filled {
            let changes = self
                .has_watchers()
                .then(|| State::difference(&seen.0, &self.state));
            self.publish_resync(changes);
        } else {
            self.is_filled = true;
            self.resync_reason = None;
            self.publish(None, |changes, snapshot| {
                Event::Commit(Commit { changes, snapshot })
            });
        }
        Ok(())
    }

    fn has_watchers(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// Makes the working state the current one, as the next generation.
    fn publish(
        &mut self,
        changes: Option<Vec<Change>>,
        event: impl FnOnce(Arc<[Change]>, Snapshot) -> Event,
    ) {
        self.state.generation += 1;
        let before = self.shared.snapshot();
        self.shared.publish(&self.state, |snapshot| {
            // Who began to watch while the update was applied began with the state before it, and is owed it too.
            let owed = || {
                self.has_watchers()
                    .then(|| State::difference(&before.0, &snapshot.0))
            };
            if let Some(changes) = changes.or_else(owed) {
                // An error only says that nobody watches any more.
                let _ = self.events.send(event(changes.into(), snapshot));
            }
        });
    }

    fn publish_resync(&mut self, changes: Option<Vec<Change>>) {
        let reason = self.resync_reason.take().unwrap_or(ResyncReason::Reconnected);
        self.publish(changes, |changes, snapshot| {
            Event::Resync(Resync {
                reason,
                changes,
                snapshot,
            })
        });
    }

    fn empty_tables(&self, schema: &DatabaseSchema) -> impl Iterator<Item = TableState> {
        let known = self.selection.tables.iter();
        // The selection is sorted by name, and so are the tables then.
        known.filter_map(|(name, wanted)| Some(TableState::empty(schema.table(name)?, wanted)))
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

impl TableState {
    fn empty(schema: &Arc<TableSchema>, wanted: &Wanted) -> Self {
        let view = Arc::new(TableView::new(Arc::clone(schema), |column| wanted.wants(column)));
        let mut indexes: Vec<Index> = Vec::new();
        for columns in schema.indexes.iter().chain(&wanted.indexes) {
            // An index over a column that is not held cannot be kept; finding by it looks at every row.
            let positions: Result<Box<[u16]>, _> =
                columns.iter().map(|column| view.position(column)).collect();
            if let Ok(positions) = positions
                && !indexes.iter().any(|index| *index.columns() == *positions)
            {
                indexes.push(Index::new(positions));
            }
        }
        Self {
            view,
            rows: OrdMap::new(),
            indexes,
        }
    }
}

/// What each notation says of a row.
trait Updates: RowForm {
    /// The row after the update; none if it is gone.
    fn new_row(self, table: &TableState, uuid: Uuid) -> Result<Option<Row>, Inconsistent>;
}

impl Updates for RowUpdate {
    fn new_row(self, _: &TableState, _: Uuid) -> Result<Option<Row>, Inconsistent> {
        Ok(self.new)
    }
}

impl Updates for RowUpdate2 {
    fn new_row(self, table: &TableState, uuid: Uuid) -> Result<Option<Row>, Inconsistent> {
        match self {
            RowUpdate2::Initial(row) | RowUpdate2::Insert(row) => Ok(Some(row)),
            RowUpdate2::Delete => Ok(None),
            RowUpdate2::Modify(change) => {
                let name = &table.view.schema().name;
                let Some(old) = table.rows.get(&uuid) else {
                    return Err(Inconsistent(format!(
                        "a change of row {uuid} of {name}, which was never sent"
                    )));
                };
                Ok(Some(modified(table, old, &change)))
            }
        }
    }
}

/// The row with a difference applied, again without default values.
fn modified(table: &TableState, old: &Row, change: &Row) -> Row {
    let schema = table.view.schema();
    let changed = change.cells().iter().filter_map(|(position, change)| {
        let type_ = &schema.column_at(*position)?.type_;
        let old = old
            .get(*position)
            .unwrap_or_else(|| table.view.default_datum(*position));
        Some((*position, apply_difference(type_, old, change)))
    });
    let changed: Vec<_> = changed.collect();
    let kept = old
        .cells()
        .iter()
        .filter(|(position, _)| change.get(*position).is_none())
        .cloned();
    let is_kept = |(position, datum): &(u16, _)| {
        schema
            .column_at(*position)
            .is_some_and(|column| !column.type_.is_default(datum))
    };
    Row::new(kept.chain(changed.into_iter().filter(is_kept)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::Watch;

    #[test]
    fn who_begins_to_watch_while_an_update_is_applied_is_told_of_it() {
        let schema = r#"{"name":"D","version":"1.0.0","tables":{"T":{"columns":{"n":{"type":"integer"}}}}}"#;
        let schema = Arc::new(DatabaseSchema::parse(schema).unwrap());
        let mut interner = Interner::new();
        let mut writer = Writer::new(Selection::new().table_named("T"), &schema, 8);
        let none = RawValue::from_string(r#"{"T":{}}"#.to_owned()).unwrap();
        writer
            .apply_reply(Version::Cond, &none, &schema, None, &mut interner)
            .unwrap();
        let update = r#"{"T":{"00000000-0000-0000-0000-00000000000a":{"insert":{"n":1}}}}"#;
        let update = RawValue::from_string(update.to_owned()).unwrap();
        let update = TableUpdates::<RowUpdate2>::from_json(&update, &schema, &mut interner).unwrap();
        let changes = writer.apply(update, Version::Cond).unwrap();
        let mut watch = Watch::new(writer.shared());
        assert_eq!(watch.snapshot().rows_of("T").unwrap().count(), 0);
        writer.publish(changes, |changes, snapshot| {
            Event::Commit(Commit { changes, snapshot })
        });
        let Some(Event::Commit(commit)) = watch.try_next() else {
            panic!("not told")
        };
        assert_eq!(commit.changes.len(), 1);
        assert!(commit.changes[0].new.is_some());
    }
}
