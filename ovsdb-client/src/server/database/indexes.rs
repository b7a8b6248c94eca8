//! Unique indexes: RFC 7047 §3.2 `indexes`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    record::Record,
    state::{Database, TableId},
    transaction::Touched,
    wording::show_datum,
};
use crate::wire::{Datum, ErrorKind, OvsdbError, TableSchema};

/// One index of a table: no two rows have the same values in all of its columns.
#[derive(Debug)]
pub(crate) struct UniqueIndex {
    columns: Box<[u16]>,
    rows: HashMap<Box<[Datum]>, Uuid>,
}

impl UniqueIndex {
    /// The index over these columns of the table.
    pub(crate) fn new(table: &TableSchema, columns: &[Arc<str>]) -> Self {
        let positions = columns.iter().filter_map(|name| table.column(name));
        Self {
            columns: positions.map(|(index, _)| index).collect(),
            rows: HashMap::new(),
        }
    }

    fn key(&self, record: &Record) -> Box<[Datum]> {
        self.columns
            .iter()
            .map(|column| record[*column].clone())
            .collect()
    }

    /// The row that has this value, if the index is over this column alone.
    pub(crate) fn find(&self, column: u16, value: &Datum) -> Option<Option<Uuid>> {
        (*self.columns == [column]).then(|| self.rows.get(std::slice::from_ref(value)).copied())
    }

    pub(crate) fn insert(&mut self, record: &Record) {
        let key = self.key(record);
        self.rows.insert(key, record.uuid);
    }

    pub(crate) fn remove(&mut self, record: &Record) {
        let key = self.key(record);
        self.rows.remove(&key);
    }
}

/// Checks that the rows that a transaction leaves behind are unique in every index of their tables.
pub(crate) fn check_indexes(
    database: &Database,
    touched: &BTreeMap<(TableId, Uuid), Touched>,
) -> Result<(), OvsdbError> {
    let mut seen: HashMap<(TableId, usize, Box<[Datum]>), &Record> = HashMap::new();
    for ((table, _), row) in touched {
        let Some(new) = &row.new else { continue };
        for (number, index) in database[*table].indexes.iter().enumerate() {
            let key = index.key(new);
            let committed = index
                .rows
                .get(&key)
                .filter(|uuid| !touched.contains_key(&(*table, **uuid)))
                .and_then(|uuid| database[*table].row(uuid));
            let values = &key;
            let clash = committed.map(|record| &**record);
            let clash = clash.or_else(|| seen.get(&(*table, number, key.clone())).copied());
            if let Some(other) = clash {
                let schema = &database[*table].schema;
                let (first, second) = (describe(new, touched, *table), describe(other, touched, *table));
                return Err(OvsdbError::new(
                    &ErrorKind::ConstraintViolation,
                    format!(
                        "Transaction causes multiple rows in \"{}\" table to have identical values ({}) for index on \
                         {}.  First row, with UUID {}, {first}.  Second row, with UUID {}, {second}.",
                        schema.name,
                        listed(values.iter().map(show_datum)),
                        column_names(schema, &index.columns),
                        new.uuid,
                        other.uuid,
                    ),
                ));
            }
            seen.insert((*table, number, key), new);
        }
    }
    Ok(())
}

/// Where a row of a clash comes from, in ovsdb-server's words.
fn describe(record: &Record, touched: &BTreeMap<(TableId, Uuid), Touched>, table: TableId) -> &'static str {
    match touched.get(&(table, record.uuid)) {
        None => "existed in the database before this transaction and was not modified by the transaction",
        Some(Touched { old: None, .. }) => "was inserted by this transaction",
        Some(_) => {
            "existed in the database before this transaction, but modified by the transaction to have these values"
        }
    }
}

fn column_names(schema: &TableSchema, columns: &[u16]) -> String {
    let names = columns.iter().filter_map(|column| schema.column_at(*column));
    let noun = if columns.len() == 1 { "column" } else { "columns" };
    format!(
        "{noun} {}",
        listed(names.map(|column| format!("\"{}\"", column.name)))
    )
}

/// "a", "a and b", "a, b, and c"
fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    match &*items {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}
