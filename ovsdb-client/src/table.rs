//! Typed tables, rows and columns: what [`modelgen`](crate::modelgen) generates code for.

use std::{fmt, hash::Hash, marker::PhantomData, sync::Arc};

use uuid::Uuid;

use crate::{
    replica::TableView,
    value::ColumnValue,
    wire::{self, Clause, Datum, Function},
};

/// A table known at compile time; its implementor is a row of it.
pub trait Table: Clone + fmt::Debug + Send + Sync + 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// All its columns that this crate knows.
    const COLUMNS: &'static [&'static str];

    /// The typed row over an untyped one.
    fn from_row(row: TableRow) -> Self;

    /// The untyped row under this one.
    fn row(&self) -> &TableRow;

    /// Its identity.
    fn uuid(&self) -> RowUuid<Self> {
        RowUuid::new(self.row().uuid())
    }
}

/// One row of a replica as it was when it was taken: its columns and what the replica knows of its table. A clone
/// shares it.
#[derive(Clone)]
pub struct TableRow {
    uuid: Uuid,
    cells: wire::Row,
    view: Arc<TableView>,
}

/// Why a column cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// The server's schema does not have it.
    #[error("{} is unsupported by this server", At(.table, .column))]
    UnsupportedByServer {
        /// The table.
        table: Arc<str>,
        /// The column, or none if the whole table is not there.
        column: Option<Arc<str>>,
    },
    /// The replica does not hold it.
    #[error("{} is not monitored: add it to the selection", At(.table, .column))]
    NotMonitored {
        /// The table.
        table: Arc<str>,
        /// The column, or none if the whole table is not monitored.
        column: Option<Arc<str>>,
    },
    /// The server's schema gives it another type than this crate expects.
    #[error("column {table}.{column} is not {expected}: {found}")]
    UnexpectedShape {
        /// The table.
        table: Arc<str>,
        /// The column.
        column: Arc<str>,
        /// What this crate expects.
        expected: &'static str,
        /// The value that was found.
        found: String,
    },
}

impl ColumnError {
    /// Whether the server's schema lacks it.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, ColumnError::UnsupportedByServer { .. })
    }
}

struct At<'a>(&'a Arc<str>, &'a Option<Arc<str>>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(column) => write!(f, "column {}.{column}", self.0),
            None => write!(f, "table {}", self.0),
        }
    }
}

impl TableRow {
    pub(crate) fn new(uuid: Uuid, cells: wire::Row, view: Arc<TableView>) -> Self {
        Self { uuid, cells, view }
    }

    /// Its identity.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The name of its table.
    pub fn table(&self) -> &Arc<str> {
        &self.view.schema().name
    }

    /// The schema of its table.
    pub fn schema(&self) -> &Arc<wire::TableSchema> {
        self.view.schema()
    }

    /// The columns that differ from their defaults.
    pub fn cells(&self) -> &wire::Row {
        &self.cells
    }

    /// The value of a column by its name; the default if the row does not hold it.
    ///
    /// # Errors
    /// If the server or the replica does not have the column.
    pub fn datum(&self, column: &str) -> Result<&Datum, ColumnError> {
        let position = self.view.position(column)?;
        Ok(self
            .cells
            .get(position)
            .unwrap_or_else(|| self.view.default_datum(position)))
    }

    /// The typed value of a column.
    ///
    /// # Errors
    /// If the server or the replica does not have the column, or has it with another type.
    pub fn get<T, V: ColumnValue>(&self, column: Column<T, V>) -> Result<V, ColumnError> {
        let datum = self.datum(column.name)?;
        V::from_datum(datum).ok_or_else(|| ColumnError::UnexpectedShape {
            table: Arc::clone(self.table()),
            column: Arc::from(column.name),
            expected: V::SHAPE,
            found: datum.to_string(),
        })
    }
}

/// Rows are equal when they are the same row with the same values of the same columns.
impl PartialEq for TableRow {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
            && if self.view.has_same_columns(&other.view) {
                self.cells == other.cells
            } else {
                self.named().eq(other.named())
            }
    }
}

impl TableRow {
    fn named(&self) -> impl Iterator<Item = (&str, &Datum)> {
        self.cells
            .cells()
            .iter()
            .filter_map(|(position, datum)| Some((&*self.view.schema().column_at(*position)?.name, datum)))
    }
}

impl fmt::Debug for TableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {{", self.table(), self.uuid)?;
        for (index, (name, datum)) in self.named().enumerate() {
            write!(f, "{}{name}: {datum}", if index == 0 { " " } else { ", " })?;
        }
        f.write_str(" }")
    }
}

/// A column of table `T` whose values are `V`: the one constant for reading, selecting, conditions and
/// transactions.
pub struct Column<T, V> {
    name: &'static str,
    marker: PhantomData<fn() -> (T, V)>,
}

impl<T, V> Column<T, V> {
    /// The column of this name. Generated code is the place for it.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            marker: PhantomData,
        }
    }

    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T, V> Clone for Column<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Column<T, V> {}

impl<T: Table, V> fmt::Debug for Column<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", T::NAME, self.name)
    }
}

/// A condition on rows of table `T`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition<T> {
    clause: Clause,
    marker: PhantomData<fn() -> T>,
}

impl<T> Condition<T> {
    fn new(name: &str, function: Function, value: Datum) -> Self {
        Self {
            clause: Clause::test(name, function, value),
            marker: PhantomData,
        }
    }

    /// The row of this UUID.
    pub fn uuid(uuid: RowUuid<T>) -> Self {
        Self::new("_uuid", Function::Equal, Datum::from(uuid.get()))
    }

    /// The clause on the wire.
    pub fn clause(&self) -> &Clause {
        &self.clause
    }

    pub(crate) fn into_clause(self) -> Clause {
        self.clause
    }
}

impl<T, V: ColumnValue> Column<T, V> {
    /// Rows where the column is `value`.
    pub fn equals(self, value: impl Into<V>) -> Condition<T> {
        Condition::new(self.name, Function::Equal, value.into().into_datum())
    }

    /// Rows where the column is not `value`.
    pub fn differs(self, value: impl Into<V>) -> Condition<T> {
        Condition::new(self.name, Function::NotEqual, value.into().into_datum())
    }

    /// Rows where the column holds all elements of `value`.
    pub fn includes(self, value: impl Into<V>) -> Condition<T> {
        Condition::new(self.name, Function::Includes, value.into().into_datum())
    }

    /// Rows where the column holds none of the elements of `value`.
    pub fn excludes(self, value: impl Into<V>) -> Condition<T> {
        Condition::new(self.name, Function::Excludes, value.into().into_datum())
    }

    /// Rows where the column compares so with `value`: `<` and the like need a number (on an optional one, Open
    /// vSwitch 2.4).
    pub fn compares(self, function: Function, value: impl Into<V>) -> Condition<T> {
        Condition::new(self.name, function, value.into().into_datum())
    }
}

/// The identity of a row of table `T`. On the wire it is a plain UUID.
pub struct RowUuid<T> {
    uuid: Uuid,
    marker: PhantomData<fn() -> T>,
}

impl<T> RowUuid<T> {
    /// Says that this UUID is of table `T`.
    pub const fn new(uuid: Uuid) -> Self {
        Self {
            uuid,
            marker: PhantomData,
        }
    }

    /// The plain UUID.
    pub const fn get(self) -> Uuid {
        self.uuid
    }
}

impl<T> Clone for RowUuid<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RowUuid<T> {}

impl<T> PartialEq for RowUuid<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<T> Eq for RowUuid<T> {}

impl<T> PartialOrd for RowUuid<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for RowUuid<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<T> Hash for RowUuid<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<T> fmt::Display for RowUuid<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> fmt::Debug for RowUuid<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
