//! What a replica holds.

use std::{collections::BTreeMap, marker::PhantomData, sync::Arc};

use crate::{
    table::{Column, Condition, Table},
    wire::{Clause, DatabaseSchema, MonitorRequest, MonitorRequests, TableSchema},
};

/// What a replica holds: tables, their columns, which rows, and the indexes to keep.
///
/// Tables and columns that the server lacks are left out of the request; reading them gives
/// [`ColumnError::UnsupportedByServer`](crate::table::ColumnError::UnsupportedByServer).
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub(crate) tables: BTreeMap<Arc<str>, Wanted>,
}

/// The conditions of some tables.
pub(crate) type Conditions = BTreeMap<Arc<str>, Vec<Clause>>;

/// What is wanted of one table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// All columns if absent.
    pub(crate) columns: Option<Vec<Arc<str>>>,
    /// One of them is enough; empty means every row.
    pub(crate) where_: Vec<Clause>,
    pub(crate) indexes: Vec<Vec<Arc<str>>>,
}

/// What a replica holds of table `T`: by default all columns that this crate knows, of every row.
#[derive(Clone, Debug)]
#[must_use]
pub struct TableSelection<T> {
    columns: Vec<&'static str>,
    where_: Vec<Clause>,
    indexes: Vec<Vec<Arc<str>>>,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> TableSelection<T> {
    /// All columns that this crate knows, of every row.
    pub fn new() -> Self {
        Self {
            columns: Vec::new(),
            where_: Vec::new(),
            indexes: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Takes this column, and of the others only those that are named so too.
    pub fn column<V>(mut self, column: Column<T, V>) -> Self {
        self.columns.push(column.name());
        self
    }

    /// Takes the rows that meet this condition or another one given so.
    pub fn rows_where(mut self, condition: Condition<T>) -> Self {
        self.where_.push(condition.into_clause());
        self
    }

    /// Takes no row at all until the condition is changed.
    pub fn no_rows(mut self) -> Self {
        self.where_ = vec![Clause::False];
        self
    }

    /// Keeps an index of this column. Those that the schema declares are kept anyway.
    pub fn index<V>(self, column: Column<T, V>) -> Self {
        self.compound_index([column.name()])
    }

    /// Keeps an index of these columns together.
    pub fn compound_index(mut self, columns: impl IntoIterator<Item = &'static str>) -> Self {
        self.indexes.push(columns.into_iter().map(Arc::from).collect());
        self
    }
}

impl<T: Table> Default for TableSelection<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl Selection {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every column of every table that the server has.
    #[must_use]
    pub fn everything(schema: &DatabaseSchema) -> Self {
        schema
            .tables()
            .iter()
            .fold(Self::new(), |selection, table| selection.table_named(&table.name))
    }

    /// Adds all columns that this crate knows of table `T`.
    #[must_use]
    pub fn table<T: Table>(self) -> Self {
        self.with(TableSelection::<T>::new())
    }

    /// Adds what is said of table `T`, in place of what was said of it before.
    #[must_use]
    pub fn with<T: Table>(mut self, table: TableSelection<T>) -> Self {
        let columns = if table.columns.is_empty() {
            T::COLUMNS.to_vec()
        } else {
            table.columns
        };
        let wanted = Wanted {
            columns: Some(columns.into_iter().map(Arc::from).collect()),
            where_: table.where_,
            indexes: table.indexes,
        };
        self.tables.insert(Arc::from(T::NAME), wanted);
        self
    }

    /// Adds these columns of a table, all known by their names alone.
    #[must_use]
    pub fn columns_named(mut self, table: &str, columns: impl IntoIterator<Item = Arc<str>>) -> Self {
        let wanted = Wanted {
            columns: Some(columns.into_iter().collect()),
            ..Wanted::default()
        };
        self.tables.insert(Arc::from(table), wanted);
        self
    }

    /// Adds all columns that the server has of a table known by its name alone.
    #[must_use]
    pub fn table_named(mut self, name: &str) -> Self {
        self.tables.insert(Arc::from(name), Wanted::default());
        self
    }
}

impl Wanted {
    pub(crate) fn wants(&self, column: &str) -> bool {
        self.columns
            .as_ref()
            .is_none_or(|columns| columns.iter().any(|known| **known == *column))
    }

    /// The request for one table, without the columns that the server lacks.
    fn request(&self, table: &TableSchema, has_conditions: bool) -> MonitorRequest {
        let columns = table.columns().iter().filter(|column| self.wants(&column.name));
        let where_ = match self.where_.as_slice() {
            [] => vec![Clause::True],
            clauses => clauses.to_vec(),
        };
        MonitorRequest {
            columns: Some(columns.map(|column| Arc::clone(&column.name)).collect()),
            where_: has_conditions.then_some(where_),
            ..MonitorRequest::default()
        }
    }
}

impl Selection {
    /// The requests for a server with this schema.
    pub(crate) fn requests(&self, schema: &DatabaseSchema, has_conditions: bool) -> MonitorRequests {
        let supported = self.tables.iter().filter_map(|(name, wanted)| {
            Some((
                Arc::clone(name),
                vec![wanted.request(schema.table(name)?, has_conditions)],
            ))
        });
        MonitorRequests(supported.collect())
    }
}
