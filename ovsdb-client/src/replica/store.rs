//! Snapshots of a replica.

use std::{fmt, marker::PhantomData, sync::Arc};

use imbl::OrdMap;
use uuid::Uuid;

use super::{
    index::{Index, Key},
    view::TableView,
    watch::Change,
};
use crate::{
    table::{Column, ColumnError, RowUuid, Table, TableRow},
    value::ColumnValue,
    wire::{DatabaseSchema, Datum, Row},
};

/// All tables of a replica as they were after one commit. Taking, cloning and holding one copies a pointer; it
/// never changes.
#[derive(Clone)]
pub struct Snapshot(pub(super) Arc<State>);

/// The contents of a replica after one commit.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(super) generation: u64,
    pub(super) schema: Arc<DatabaseSchema>,
    /// Sorted by name.
    pub(super) tables: Vec<Arc<TableState>>,
}

/// The contents of one table. A clone shares all that is not changed after it.
#[derive(Clone, Debug)]
pub(crate) struct TableState {
    pub(super) view: Arc<TableView>,
    pub(super) rows: OrdMap<Uuid, Row>,
    pub(super) indexes: Vec<Index>,
}

impl Snapshot {
    /// How many commits and resyncs led here: each adds one.
    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// The schema of the server's database.
    pub fn schema(&self) -> &Arc<DatabaseSchema> {
        &self.0.schema
    }

    /// All rows of table `T`, in the order of their UUIDs.
    ///
    /// # Errors
    /// If the server or the replica does not have the table.
    pub fn rows<T: Table>(&self) -> Result<Rows<'_, T>, ColumnError> {
        let table = self.0.table(T::NAME)?;
        Ok(Rows {
            view: &table.view,
            rows: table.rows.iter(),
            marker: PhantomData,
        })
    }

    /// The number of rows of table `T`.
    ///
    /// # Errors
    /// If the server or the replica does not have the table.
    pub fn count<T: Table>(&self) -> Result<usize, ColumnError> {
        Ok(self.0.table(T::NAME)?.rows.len())
    }

    /// The row of this UUID; none if there is no such row, or no such table.
    pub fn row<T: Table>(&self, uuid: RowUuid<T>) -> Option<T> {
        let table = self.0.table(T::NAME).ok()?;
        table.row(uuid.get()).map(T::from_row)
    }

    /// The only row of a table such as `Open_vSwitch` that has one at most.
    ///
    /// # Errors
    /// If the server or the replica does not have the table.
    pub fn only<T: Table>(&self) -> Result<Option<T>, ColumnError> {
        Ok(self.rows()?.next())
    }

    /// The first row where `column` is `value`, by an index where there is one, else by looking at every row.
    ///
    /// # Errors
    /// If the server or the replica does not have the table or column.
    pub fn find<T: Table, V: ColumnValue>(
        &self,
        column: Column<T, V>,
        value: impl Into<V>,
    ) -> Result<Option<T>, ColumnError> {
        let table = self.0.table(T::NAME)?;
        let found = table
            .find(&[column.name()], vec![value.into().into_datum()])?
            .into_iter()
            .next();
        Ok(found.map(T::from_row))
    }

    /// All rows where `column` is `value`, by an index where there is one, else by looking at every row.
    ///
    /// # Errors
    /// If the server or the replica does not have the table or column.
    pub fn find_all<T: Table, V: ColumnValue>(
        &self,
        column: Column<T, V>,
        value: impl Into<V>,
    ) -> Result<Vec<T>, ColumnError> {
        self.find_compound(&[column.name()], vec![value.into().into_datum()])
    }

    /// All rows where the columns have these values, by a compound index where there is one.
    ///
    /// # Errors
    /// If the server or the replica does not have the table or a column.
    pub fn find_compound<T: Table>(
        &self,
        columns: &[&str],
        values: Vec<Datum>,
    ) -> Result<Vec<T>, ColumnError> {
        let table = self.0.table(T::NAME)?;
        Ok(table
            .find(columns, values)?
            .into_iter()
            .map(T::from_row)
            .collect())
    }

    /// Whether the replica holds a column, so that its rows can tell it; it may have no row.
    ///
    /// # Errors
    /// If the server or the replica does not have the table or column.
    pub fn holds<T: Table, V>(&self, column: Column<T, V>) -> Result<(), ColumnError> {
        self.0.table(T::NAME)?.view.position(column.name()).map(|_| ())
    }

    /// The names of the tables that the replica holds.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.tables.iter().map(|table| &table.view.schema().name)
    }

    /// The untyped rows of a table known by its name alone.
    ///
    /// # Errors
    /// If the server or the replica does not have the table.
    pub fn rows_of(&self, table: &str) -> Result<impl Iterator<Item = TableRow>, ColumnError> {
        let table = self.0.table(table)?;
        Ok(table
            .rows
            .iter()
            .map(|(uuid, row)| TableRow::new(*uuid, row.clone(), Arc::clone(&table.view))))
    }

    /// What changed from an older snapshot of the same replica to this one.
    pub fn changes_since(&self, older: &Snapshot) -> Vec<Change> {
        State::difference(&older.0, &self.0)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot {{ generation: {}", self.0.generation)?;
        for table in &self.0.tables {
            write!(f, ", {}: {} rows", table.view.schema().name, table.rows.len())?;
        }
        f.write_str(" }")
    }
}

/// The rows of one table in a snapshot.
pub struct Rows<'a, T> {
    view: &'a Arc<TableView>,
    rows: imbl::ordmap::Iter<'a, Uuid, Row, imbl::shared_ptr::DefaultSharedPtr>,
    marker: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows({}, {} left)", self.view.schema().name, self.rows.len())
    }
}

impl<T: Table> Iterator for Rows<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let (uuid, row) = self.rows.next()?;
        Some(T::from_row(TableRow::new(
            *uuid,
            row.clone(),
            Arc::clone(self.view),
        )))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl State {
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.tables
            .binary_search_by(|table| (*table.view.schema().name).cmp(name))
            .ok()
    }

    fn table(&self, name: &str) -> Result<&TableState, ColumnError> {
        let found = self.position(name).and_then(|position| self.tables.get(position));
        found.map(Arc::as_ref).ok_or_else(|| {
            let table = Arc::from(name);
            if self.schema.table(name).is_none() {
                ColumnError::UnsupportedByServer { table, column: None }
            } else {
                ColumnError::NotMonitored { table, column: None }
            }
        })
    }

    /// What leads from one state to another.
    pub(super) fn difference(old: &State, new: &State) -> Vec<Change> {
        let mut changes = Vec::new();
        let gone = old
            .tables
            .iter()
            .filter(|table| new.position(&table.view.schema().name).is_none());
        for table in gone {
            changes.extend(
                table
                    .rows
                    .iter()
                    .map(|(uuid, row)| Change::new(Some(table.row_of(uuid, row)), None)),
            );
        }
        for table in &new.tables {
            let before = old
                .position(&table.view.schema().name)
                .and_then(|position| old.tables.get(position));
            match before {
                Some(before) if Arc::ptr_eq(before, table) => {}
                Some(before) => TableState::difference(before, table, &mut changes),
                None => {
                    let rows = table.rows.iter();
                    changes.extend(rows.map(|(uuid, row)| Change::new(None, Some(table.row_of(uuid, row)))));
                }
            }
        }
        changes
    }
}

impl TableState {
    pub(super) fn row(&self, uuid: Uuid) -> Option<TableRow> {
        self.rows.get(&uuid).map(|row| self.row_of(&uuid, row))
    }

    pub(super) fn row_of(&self, uuid: &Uuid, row: &Row) -> TableRow {
        TableRow::new(*uuid, row.clone(), Arc::clone(&self.view))
    }

    /// Adds a row or puts it in the place of the one that it was.
    pub(super) fn put(&mut self, uuid: Uuid, row: &Row) -> Option<Row> {
        let old = self.rows.insert(uuid, row.clone());
        for index in &mut self.indexes {
            match &old {
                Some(old) => index.replace(&self.view, uuid, old, row),
                None => index.insert(&self.view, uuid, row),
            }
        }
        old
    }

    pub(super) fn remove(&mut self, uuid: Uuid) -> Option<Row> {
        let old = self.rows.remove(&uuid)?;
        for index in &mut self.indexes {
            index.remove(&self.view, uuid, &old);
        }
        Some(old)
    }

    fn find(&self, columns: &[&str], values: Vec<Datum>) -> Result<Vec<TableRow>, ColumnError> {
        let positions: Vec<u16> = columns
            .iter()
            .map(|column| self.view.position(column))
            .collect::<Result<_, _>>()?;
        if let Some(index) = self.indexes.iter().find(|index| *index.columns() == *positions) {
            return Ok(index
                .find(&Key::new(values))
                .filter_map(|uuid| self.row(uuid))
                .collect());
        }
        let fits = |row: &Row| {
            positions.iter().zip(&values).all(|(&position, value)| {
                row.get(position)
                    .unwrap_or_else(|| self.view.default_datum(position))
                    == value
            })
        };
        Ok(self
            .rows
            .iter()
            .filter(|(_, row)| fits(row))
            .map(|(uuid, row)| self.row_of(uuid, row))
            .collect())
    }

    /// Both are sorted by UUID, so one walk over both finds all differences.
    fn difference(old: &Self, new: &Self, changes: &mut Vec<Change>) {
        let (mut olds, mut news) = (old.rows.iter().peekable(), new.rows.iter().peekable());
        let same_columns = old.view.has_same_columns(&new.view);
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => return,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            let before = if order.is_le() { olds.next() } else { None };
            let after = if order.is_ge() { news.next() } else { None };
            if let (Some((_, before)), Some((_, after))) = (before, after)
                && same_columns
                && before == after
            {
                continue;
            }
            let before = before.map(|(uuid, row)| old.row_of(uuid, row));
            let after = after.map(|(uuid, row)| new.row_of(uuid, row));
            if before != after {
                changes.push(Change::new(before, after));
            }
        }
    }
}
