//! What a replica knows of one table.

use std::sync::Arc;

use crate::{
    table::ColumnError,
    wire::{Datum, TableSchema},
};

/// The schema of a table together with which of its columns the replica holds.
#[derive(Debug)]
pub struct TableView {
    schema: Arc<TableSchema>,
    /// By position: the default value of a column that is monitored.
    defaults: Box<[Option<Datum>]>,
}

impl TableView {
    /// The view of a table of which the columns that `is_monitored` says are held.
    pub(crate) fn new(schema: Arc<TableSchema>, is_monitored: impl Fn(&str) -> bool) -> Self {
        let defaults = schema
            .columns()
            .iter()
            .map(|column| is_monitored(&column.name).then(|| column.type_.default_datum()))
            .collect();
        Self { schema, defaults }
    }

    /// The schema of the table.
    pub fn schema(&self) -> &Arc<TableSchema> {
        &self.schema
    }

    /// The names of the columns that the replica holds.
    pub fn columns(&self) -> impl Iterator<Item = &Arc<str>> {
        let held = self.schema.columns().iter().zip(&self.defaults);
        held.filter_map(|(column, default)| default.is_some().then_some(&column.name))
    }

    /// The position of a column that the replica holds.
    pub(crate) fn position(&self, column: &str) -> Result<u16, ColumnError> {
        let Some((position, _)) = self.schema.column(column) else {
            return Err(ColumnError::UnsupportedByServer {
                table: Arc::clone(&self.schema.name),
                column: Some(Arc::from(column)),
            });
        };
        match self.defaults.get(usize::from(position)) {
            Some(Some(_)) => Ok(position),
            _ => Err(ColumnError::NotMonitored {
                table: Arc::clone(&self.schema.name),
                column: Some(Arc::from(column)),
            }),
        }
    }

    /// The default value at a position that [`TableView::position`] gave.
    pub(crate) fn default_datum(&self, position: u16) -> &Datum {
        static NONE: std::sync::LazyLock<Datum> = std::sync::LazyLock::new(Datum::empty_set);
        self.defaults
            .get(usize::from(position))
            .and_then(Option::as_ref)
            .unwrap_or(&NONE)
    }

    /// Whether positions mean the same columns in both.
    pub(crate) fn has_same_columns(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.schema, &other.schema) || self.schema == other.schema
    }
}
