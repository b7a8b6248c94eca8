//! Rows as the database holds them.

use std::{borrow::Cow, ops::Index, sync::Arc};

use uuid::Uuid;

use crate::wire::{Atom, AtomicType, BaseType, ColumnType, Datum, TableSchema};

/// A column that an operation can name: one of the schema's, or one of the two that every row has (RFC 7047 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// `_uuid`
    Uuid,
    /// `_version`
    Version,
    /// The column at this position in [`TableSchema::columns`].
    At(u16),
}

/// One row: a value for every column of its table.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) uuid: Uuid,
    pub(crate) version: Uuid,
    cells: Box<[Datum]>,
}

/// The type of `_uuid` and `_version`.
static UUID_TYPE: ColumnType = ColumnType::scalar(BaseType::plain(AtomicType::Uuid));

impl Column {
    /// The column of this name.
    pub(crate) fn find(table: &TableSchema, name: &str) -> Option<Self> {
        match name {
            "_uuid" => Some(Column::Uuid),
            "_version" => Some(Column::Version),
            _ => table.column(name).map(|(index, _)| Column::At(index)),
        }
    }

    /// All columns of the table, with `_uuid` and `_version`.
    pub(crate) fn all(table: &TableSchema) -> Vec<Self> {
        let own = (0..).zip(table.columns()).map(|(index, _)| Column::At(index));
        [Column::Uuid, Column::Version].into_iter().chain(own).collect()
    }

    /// Its type.
    pub(crate) fn type_(self, table: &TableSchema) -> &ColumnType {
        match self {
            Column::Uuid | Column::Version => &UUID_TYPE,
            Column::At(index) => table.column_at(index).map_or(&UUID_TYPE, |column| &column.type_),
        }
    }

    /// Its name.
    pub(crate) fn name(self, table: &TableSchema) -> Arc<str> {
        match self {
            Column::Uuid => "_uuid".into(),
            Column::Version => "_version".into(),
            Column::At(index) => table
                .column_at(index)
                .map_or_else(|| "".into(), |column| Arc::clone(&column.name)),
        }
    }

    /// Whether it may change after the insert.
    pub(crate) fn is_mutable(self, table: &TableSchema) -> bool {
        match self {
            Column::Uuid | Column::Version => false,
            Column::At(index) => table.column_at(index).is_some_and(|column| column.mutable),
        }
    }
}

impl Record {
    /// A row of default values.
    pub(crate) fn new(table: &TableSchema, uuid: Uuid) -> Self {
        Self {
            uuid,
            version: Uuid::nil(),
            cells: table
                .columns()
                .iter()
                .map(|column| column.type_.default_datum())
                .collect(),
        }
    }

    /// The value of a column.
    pub(crate) fn value(&self, column: Column) -> Cow<'_, Datum> {
        match column {
            Column::Uuid => Cow::Owned(Datum::One(Atom::Uuid(self.uuid))),
            Column::Version => Cow::Owned(Datum::One(Atom::Uuid(self.version))),
            Column::At(index) => Cow::Borrowed(&self[index]),
        }
    }

    /// Sets the value of a column, which is one of the table's.
    pub(crate) fn set(&mut self, column: u16, value: Datum) {
        if let Some(cell) = self.cells.get_mut(usize::from(column)) {
            *cell = value;
        }
    }

    /// The columns of the schema, in order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (u16, &Datum)> {
        (0..).zip(&self.cells)
    }

    /// Whether both hold the same values; their versions do not count.
    pub(crate) fn same_values(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Index<u16> for Record {
    type Output = Datum;

    #[expect(
        clippy::indexing_slicing,
        reason = "positions come from the schema of the record's own table"
    )]
    fn index(&self, column: u16) -> &Datum {
        &self.cells[usize::from(column)]
    }
}
