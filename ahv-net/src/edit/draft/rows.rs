use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ovsdb_client::ConfigError;
use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ovsdb_client::transaction::ReferenceColumn;
use ovsdb_client::value::{ColumnValue, Map};
use ovsdb_client::vswitch::{Bridge, Interface, Mirror, OpenVSwitch, Port};
use ovsdb_client::wire::{Atom, ColumnSchema, ColumnType, Datum, Max, RefType, TableSchema};
use uuid::Uuid;

use crate::edit::PlanError;
use crate::edit::change::{ColumnEdit, Columns, RowChange, RowEdit, RowId, is_planned, rows_in};
use crate::edit::draft::status::is_status;

/// The rows of a snapshot with edits laid over them.
///
/// Only rows that are touched are held, so that an edit costs the same on a host of any size.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    snapshot: Snapshot,
    edited: Vec<Edited>,
    by_uuid: HashMap<Uuid, usize>,
}

#[derive(Debug, Clone)]
struct Edited {
    row: RowId,
    schema: Arc<TableSchema>,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    New(BTreeMap<&'static str, Datum>),
    /// The columns that were touched, and each one's value before.
    Kept(BTreeMap<&'static str, (Datum, Datum)>),
    Deleted(Columns),
}

impl Rows {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            edited: Vec::new(),
            by_uuid: HashMap::new(),
        }
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The one row of table `Open_vSwitch`.
    pub(crate) fn root(&self) -> Result<RowUuid<OpenVSwitch>, PlanError> {
        let root = self.snapshot.only::<OpenVSwitch>()?;
        root.map(|root| root.uuid())
            .ok_or_else(|| PlanError::not_found("row in table Open_vSwitch: run ovs-vsctl init"))
    }

    /// The row whose column `name` is so: one that an edit made, or one that is there and stays.
    pub(crate) fn find<T: Table>(
        &self,
        column: Column<T, Arc<str>>,
        name: &str,
    ) -> Result<Option<RowUuid<T>>, PlanError> {
        let made = self.edited.iter().find(|edited| {
            edited.row.table == T::NAME
                && edited.row.name.as_deref() == Some(name)
                && matches!(edited.state, State::New(_))
        });
        if let Some(made) = made {
            return Ok(Some(RowUuid::new(made.row.uuid)));
        }
        let found = self.snapshot.find(column, name)?.map(|row| row.uuid());
        Ok(found.filter(|row| !self.is_deleted(row.get())))
    }

    /// Every row of a table that is there now, or was made, and is not deleted.
    pub(crate) fn all<T: Table>(&self) -> Result<Vec<RowUuid<T>>, PlanError> {
        let there = self.snapshot.rows::<T>()?.map(|row| row.uuid());
        let mut all: Vec<_> = there.filter(|row| !self.is_deleted(row.get())).collect();
        all.extend(self.edited.iter().filter_map(|edited| {
            let made = edited.row.table == T::NAME && matches!(edited.state, State::New(_));
            made.then_some(RowUuid::new(edited.row.uuid))
        }));
        Ok(all)
    }

    pub(crate) fn is_deleted(&self, uuid: Uuid) -> bool {
        self.edited(uuid)
            .is_some_and(|edited| matches!(edited.state, State::Deleted(_)))
    }

    fn edited(&self, uuid: Uuid) -> Option<&Edited> {
        self.edited.get(*self.by_uuid.get(&uuid)?)
    }

    /// What the draft has in a column now.
    pub(crate) fn get<T: Table, V: ColumnValue>(
        &self,
        row: RowUuid<T>,
        column: Column<T, V>,
    ) -> Result<V, PlanError> {
        let datum = self.datum(row, column.name())?;
        V::from_datum(&datum).ok_or_else(|| {
            PlanError::Column(ColumnError::UnexpectedShape {
                table: Arc::from(T::NAME),
                column: Arc::from(column.name()),
                expected: V::SHAPE,
                found: datum.to_string(),
            })
        })
    }

    /// As [`get`](Self::get), of a column that the server may lack: `None` then.
    pub(crate) fn get_if_supported<T: Table, V: ColumnValue>(
        &self,
        row: RowUuid<T>,
        column: Column<T, V>,
    ) -> Result<Option<V>, PlanError> {
        match self.get(row, column) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_unsupported() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn datum<T: Table>(&self, row: RowUuid<T>, column: &str) -> Result<Datum, PlanError> {
        if let Some(edited) = self.edited(row.get()) {
            match &edited.state {
                State::New(columns) => {
                    let (_, schema) = column_schema(&edited.schema, column)?;
                    return Ok(columns
                        .get(column)
                        .cloned()
                        .unwrap_or_else(|| default(&schema.type_)));
                }
                State::Kept(columns) => {
                    if let Some((_, after)) = columns.get(column) {
                        return Ok(after.clone());
                    }
                }
                State::Deleted(_) => {}
            }
        }
        let row = self
            .snapshot
            .row(row)
            .ok_or_else(|| PlanError::not_found(format!("row {row} in table {}", T::NAME)))?;
        Ok(row.row().datum(column)?.clone())
    }

    /// Gives a column this value. A value that it has already is no change.
    pub(crate) fn set<T: Table, V: ColumnValue>(
        &mut self,
        row: RowUuid<T>,
        column: Column<T, V>,
        value: impl Into<V>,
    ) -> Result<(), PlanError> {
        self.set_datum(row, column.name(), value.into().into_datum())
    }

    fn set_datum<T: Table>(
        &mut self,
        row: RowUuid<T>,
        column: &'static str,
        value: Datum,
    ) -> Result<(), PlanError> {
        let before = self.datum(row, column)?;
        let edited = self.touch(row)?;
        let (_, schema) = column_schema(&edited.schema, column)?;
        let value = schema.type_.conform(value).map_err(|error| {
            PlanError::Value(ConfigError::Value {
                table: T::NAME.to_owned(),
                column: column.to_owned(),
                error,
            })
        })?;
        match &mut edited.state {
            State::New(columns) => {
                columns.insert(column, value);
            }
            State::Kept(columns) => {
                let (before, after) = columns.entry(column).or_insert((before, value.clone()));
                *after = value;
                if before == after {
                    columns.remove(column);
                }
            }
            State::Deleted(_) => {
                return Err(PlanError::refused(format!(
                    "{} is deleted by this edit, and cannot be changed by it too",
                    edited.row
                )));
            }
        }
        Ok(())
    }

    /// Gives a map this pair; the others stay.
    pub(crate) fn put<T: Table>(
        &mut self,
        row: RowUuid<T>,
        column: Column<T, Map<Arc<str>, Arc<str>>>,
        key: &str,
        value: &str,
    ) -> Result<(), PlanError> {
        let datum = self.datum(row, column.name())?;
        let others = datum
            .pairs()
            .iter()
            .filter(|(known, _)| known.as_str() != Some(key));
        let pair = (Atom::from(key), Atom::from(value));
        let datum = Datum::map(others.cloned().chain([pair]));
        self.set_datum(row, column.name(), datum)
    }

    /// Takes the pair of this key out of a map.
    pub(crate) fn remove_key<T: Table>(
        &mut self,
        row: RowUuid<T>,
        column: Column<T, Map<Arc<str>, Arc<str>>>,
        key: &str,
    ) -> Result<(), PlanError> {
        let datum = self.datum(row, column.name())?;
        let others = datum
            .pairs()
            .iter()
            .filter(|(known, _)| known.as_str() != Some(key));
        let datum = Datum::map(others.cloned());
        self.set_datum(row, column.name(), datum)
    }

    /// Adds a reference to a row.
    pub(crate) fn refer<T: Table, U, C: ReferenceColumn<U>>(
        &mut self,
        row: RowUuid<T>,
        column: Column<T, C>,
        to: RowUuid<U>,
    ) -> Result<(), PlanError> {
        let datum = self.datum(row, column.name())?;
        let atoms = datum.atoms().iter().cloned().chain([Atom::Uuid(to.get())]);
        self.set_datum(row, column.name(), Datum::set(atoms))
    }

    /// Takes a reference away.
    pub(crate) fn unrefer<T: Table, U, C: ReferenceColumn<U>>(
        &mut self,
        row: RowUuid<T>,
        column: Column<T, C>,
        from: RowUuid<U>,
    ) -> Result<(), PlanError> {
        let datum = self.datum(row, column.name())?;
        let kept = datum
            .atoms()
            .iter()
            .filter(|atom| atom.as_uuid() != Some(from.get()));
        self.set_datum(row, column.name(), Datum::set(kept.cloned()))
    }

    /// Makes a row. Something has to refer to it, unless its table is a root of the schema.
    pub(crate) fn insert<T: Table>(&mut self, name: Option<&str>) -> Result<RowUuid<T>, PlanError> {
        let schema = self.snapshot.schema().table(T::NAME).ok_or_else(|| {
            PlanError::Column(ColumnError::UnsupportedByServer {
                table: Arc::from(T::NAME),
                column: None,
            })
        })?;
        let schema = Arc::clone(schema);
        let number = u128::try_from(self.edited.len())
            .unwrap_or(u128::MAX)
            .saturating_add(1);
        let uuid = Uuid::from_u128(number);
        let columns = name.map(|name| ("name", Datum::from(name)));
        self.by_uuid.insert(uuid, self.edited.len());
        self.edited.push(Edited {
            row: RowId {
                table: T::NAME.to_owned(),
                name: name.map(str::to_owned),
                uuid,
            },
            schema,
            state: State::New(columns.into_iter().collect()),
        });
        Ok(RowUuid::new(uuid))
    }

    /// Deletes a row. Whatever refers to it has to be freed of it too.
    pub(crate) fn delete<T: Table>(&mut self, row: RowUuid<T>) -> Result<(), PlanError> {
        let snapshot = self.snapshot.row(row);
        let edited = self.touch(row)?;
        edited.state = State::Deleted(snapshot.map(|row| config(row.row())).unwrap_or_default());
        Ok(())
    }

    /// Deletes what a deleted row owned and nothing else refers to, whatever the columns of this server: it would
    /// go with the row anyway, and then nothing could bring it back.
    pub(crate) fn delete_owned<T: Table>(&mut self, row: RowUuid<T>) -> Result<(), PlanError> {
        let Some(found) = self.snapshot.row(row) else {
            return Ok(());
        };
        for (table, owned) in self.owned(found.row()) {
            if !self.is_deleted(owned.uuid()) && !self.is_owned(&table, owned.uuid()) {
                self.by_uuid.insert(owned.uuid(), self.edited.len());
                self.edited.push(Edited {
                    row: row_id(&owned),
                    schema: Arc::clone(owned.schema()),
                    state: State::Deleted(config(&owned)),
                });
            }
        }
        Ok(())
    }

    /// The rows that only live while such as this row refer to them.
    fn owned(&self, row: &TableRow) -> Vec<(Arc<str>, TableRow)> {
        let mut owned = Vec::new();
        for column in row.schema().columns() {
            let Some(table) = owner_of(column).map(Arc::clone) else {
                continue;
            };
            let is_root = |table: &Arc<TableSchema>| table.is_root;
            if self.snapshot.schema().table(&table).is_none_or(is_root) {
                continue;
            }
            let Ok(datum) = row.datum(&column.name) else {
                continue;
            };
            for uuid in rows_in(datum) {
                let rows = self.snapshot.rows_of(&table);
                let found = rows.ok().and_then(|mut rows| rows.find(|row| row.uuid() == uuid));
                owned.extend(found.map(|row| (Arc::clone(&table), row)));
            }
        }
        owned
    }

    /// Whether a row that stays keeps this one alive.
    fn is_owned(&self, table: &Arc<str>, uuid: Uuid) -> bool {
        let snapshot = &self.snapshot;
        snapshot.schema().tables().iter().any(|owner| {
            let owns = |column: &&ColumnSchema| owner_of(column) == Some(table);
            let columns: Vec<&ColumnSchema> = owner.columns().iter().filter(owns).collect();
            let names = |row: &TableRow| {
                columns.iter().any(|column| {
                    let touched = match self.edited(row.uuid()).map(|edited| &edited.state) {
                        Some(State::Deleted(_)) => return false,
                        Some(State::Kept(touched)) => touched.get(&*column.name).map(|(_, after)| after),
                        _ => None,
                    };
                    let datum = touched.or_else(|| row.datum(&column.name).ok());
                    datum.is_some_and(|datum| rows_in(datum).any(|named| named == uuid))
                })
            };
            !columns.is_empty()
                && snapshot
                    .rows_of(&owner.name)
                    .is_ok_and(|mut rows| rows.any(|row| names(&row)))
        })
    }

    /// The row among those that are edited, put there if it is not.
    fn touch<T: Table>(&mut self, row: RowUuid<T>) -> Result<&mut Edited, PlanError> {
        let uuid = row.get();
        let index = match self.by_uuid.get(&uuid) {
            Some(index) => *index,
            None => {
                let found = self.snapshot.row(row);
                let found =
                    found.ok_or_else(|| PlanError::not_found(format!("row {row} in table {}", T::NAME)))?;
                self.by_uuid.insert(uuid, self.edited.len());
                self.edited.push(Edited {
                    row: row_id(found.row()),
                    schema: Arc::clone(found.row().schema()),
                    state: State::Kept(BTreeMap::new()),
                });
                self.edited.len() - 1
            }
        };
        self.edited
            .get_mut(index)
            .ok_or_else(|| PlanError::not_found(format!("row {row} in table {}", T::NAME)))
    }

    /// What people call a row: its name, or else its UUID.
    pub(crate) fn label(&self, uuid: Uuid) -> String {
        let edited = self.edited(uuid).and_then(|edited| edited.row.name.clone());
        let snapshot = &self.snapshot;
        let named = || {
            let port = snapshot
                .row(RowUuid::<Port>::new(uuid))
                .and_then(|row| row.name().ok());
            let interface = || {
                snapshot
                    .row(RowUuid::<Interface>::new(uuid))
                    .and_then(|row| row.name().ok())
            };
            let bridge = || {
                snapshot
                    .row(RowUuid::<Bridge>::new(uuid))
                    .and_then(|row| row.name().ok())
            };
            let mirror = || {
                snapshot
                    .row(RowUuid::<Mirror>::new(uuid))
                    .and_then(|row| row.name().ok())
            };
            let name = port.or_else(interface).or_else(bridge).or_else(mirror);
            name.map(|name| name.to_string())
        };
        edited.or_else(named).unwrap_or_else(|| match is_planned(uuid) {
            true => "a new row".to_owned(),
            false => uuid.to_string(),
        })
    }

    /// What is different now, in the order in which rows were first touched; rows made and deleted again
    /// are not there.
    pub(crate) fn changes(&self) -> Vec<RowChange> {
        self.edited
            .iter()
            .filter_map(|edited| {
                let edit = match &edited.state {
                    State::New(columns) => RowEdit::Insert(
                        columns
                            .iter()
                            .filter(|(name, datum)| !is_default(&edited.schema, name, datum))
                            .map(|(name, datum)| ((*name).to_owned(), datum.clone()))
                            .collect(),
                    ),
                    State::Kept(columns) if columns.is_empty() => return None,
                    State::Kept(columns) => RowEdit::Update(
                        columns
                            .iter()
                            .map(|(name, (before, after))| {
                                let edit = column_edit(&edited.schema, name, before, after);
                                ((*name).to_owned(), edit)
                            })
                            .collect(),
                    ),
                    State::Deleted(_) if is_planned(edited.row.uuid) => return None,
                    State::Deleted(columns) => RowEdit::Delete(columns.clone()),
                };
                Some(RowChange {
                    row: edited.row.clone(),
                    edit,
                })
            })
            .collect()
    }
}

/// The table whose rows a column keeps alive.
fn owner_of(column: &ColumnSchema) -> Option<&Arc<str>> {
    let bases = std::iter::once(&column.type_.key).chain(&column.type_.value);
    bases
        .filter(|base| base.ref_type == RefType::Strong)
        .find_map(|base| base.ref_table.as_ref())
}

/// A row as a plan names it.
pub(crate) fn row_id(row: &TableRow) -> RowId {
    let name = row
        .datum("name")
        .ok()
        .and_then(|name| name.one()?.as_str().map(str::to_owned));
    RowId {
        table: row.table().to_string(),
        name,
        uuid: row.uuid(),
    }
}

/// The columns of a row that configure something: those that Open vSwitch fills in by itself are not.
fn config(row: &TableRow) -> Columns {
    row.cells()
        .cells()
        .iter()
        .filter_map(|(position, datum)| {
            let column = row.schema().column_at(*position)?;
            let configures = !column.ephemeral && !is_status(row.table(), &column.name);
            configures.then(|| (column.name.to_string(), datum.clone()))
        })
        .collect()
}

fn column_schema<'s>(table: &'s TableSchema, column: &str) -> Result<(u16, &'s ColumnSchema), PlanError> {
    table.column(column).ok_or_else(|| {
        PlanError::Column(ColumnError::UnsupportedByServer {
            table: Arc::clone(&table.name),
            column: Some(Arc::from(column)),
        })
    })
}

/// RFC 7047 §5.2.1: what a column has that an insert does not name.
fn default(type_: &ColumnType) -> Datum {
    match (&type_.value, type_.min) {
        (Some(_), _) => Datum::empty_map(),
        (None, 0) => Datum::empty_set(),
        // That would be a reference to the row of zeros, which is no row.
        (None, _) if type_.key.ref_table.is_some() => Datum::empty_set(),
        (None, _) => Datum::One(type_.key.type_.default_atom()),
    }
}

/// Whether a column has what an insert that does not name it gives it.
pub(crate) fn is_default(table: &TableSchema, column: &str, datum: &Datum) -> bool {
    table
        .column(column)
        .is_some_and(|(_, schema)| *datum == default(&schema.type_))
}

/// The elements that the others lack. Both are sorted, as those of a datum are.
fn without<T: Ord + Clone>(of: &[T], others: &[T]) -> impl Iterator<Item = T> {
    let mut others = others.iter().peekable();
    let kept = of.iter().filter(move |element| {
        while others.next_if(|other| other < element).is_some() {}
        others.peek() != Some(element)
    });
    kept.cloned()
}

/// Maps and sets of references are shared with others, and change by what comes and goes; everything else
/// is one value.
fn column_edit(table: &TableSchema, column: &str, before: &Datum, after: &Datum) -> ColumnEdit {
    let type_ = table.column(column).map(|(_, schema)| &schema.type_);
    let is_map = type_.is_some_and(|type_| type_.value.is_some());
    let is_reference_set =
        type_.is_some_and(|type_| type_.key.ref_table.is_some() && type_.max > Max::Count(1));
    if is_map {
        return ColumnEdit::Elements {
            removed: Datum::map(without(before.pairs(), after.pairs())),
            added: Datum::map(without(after.pairs(), before.pairs())),
        };
    }
    if is_reference_set {
        return ColumnEdit::Elements {
            removed: Datum::set(without(before.atoms(), after.atoms())),
            added: Datum::set(without(after.atoms(), before.atoms())),
        };
    }
    ColumnEdit::Replace {
        before: before.clone(),
        after: after.clone(),
    }
}
