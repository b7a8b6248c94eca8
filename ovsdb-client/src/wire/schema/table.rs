//! Tables: RFC 7047 §3.2 `<table-schema>`.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::column::{ColumnMembers, ColumnSchema};

/// One table: RFC 7047 §3.2 `<table-schema>`.
///
/// Its columns are sorted by name, and a [`Row`](crate::wire::Row) names a column by its position among them.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSchema {
    /// Its name.
    pub name: Arc<str>,
    columns: Vec<ColumnSchema>,
    /// The greatest number of rows, if there is one.
    pub max_rows: Option<u64>,
    /// Whether rows live without a reference to them.
    pub is_root: bool,
    /// Sets of columns whose values together are unique.
    pub indexes: Vec<Vec<Arc<str>>>,
}

impl TableSchema {
    /// A root table with these columns, without indexes.
    pub fn new(name: impl Into<Arc<str>>, columns: impl IntoIterator<Item = ColumnSchema>) -> Self {
        let mut columns: Vec<_> = columns.into_iter().collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        columns.dedup_by(|later, first| later.name == first.name);
        Self {
            name: name.into(),
            columns,
            max_rows: None,
            is_root: true,
            indexes: Vec::new(),
        }
    }

    /// All columns, sorted by name.
    pub fn columns(&self) -> &[ColumnSchema] {
        &self.columns
    }

    /// The column of this name, and its position.
    pub fn column(&self, name: &str) -> Option<(u16, &ColumnSchema)> {
        let index = self
            .columns
            .binary_search_by(|column| (*column.name).cmp(name))
            .ok()?;
        Some((u16::try_from(index).ok()?, self.columns.get(index)?))
    }

    /// The column at this position.
    pub fn column_at(&self, index: u16) -> Option<&ColumnSchema> {
        self.columns.get(usize::from(index))
    }
}

/// The JSON form of a table; its name is the key that it stands under.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TableMembers {
    columns: BTreeMap<Arc<str>, ColumnMembers>,
    max_rows: Option<u64>,
    is_root: Option<bool>,
    #[serde(default)]
    indexes: Vec<Vec<Arc<str>>>,
}

impl TableMembers {
    pub(super) fn declares_root(&self) -> bool {
        self.is_root == Some(true)
    }

    /// A schema that marks no table as root at all is of the time before that mark: all its tables are root
    /// (RFC 7047 §3.2).
    pub(super) fn named(self, name: Arc<str>, all_root: bool) -> TableSchema {
        TableSchema {
            is_root: all_root || self.is_root.unwrap_or(false),
            max_rows: self.max_rows,
            indexes: self.indexes,
            ..TableSchema::new(
                name,
                self.columns.into_iter().map(|(name, column)| column.named(name)),
            )
        }
    }
}

/// A table as it prints: without its name, which is the key that it stands under.
pub(super) struct Printed<'a> {
    pub(super) table: &'a TableSchema,
    /// Whether all tables are root; then none of them is marked, as ovsdb-server has it.
    pub(super) all_root: bool,
}

impl Serialize for Printed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.table;
        let mut map = serializer.serialize_map(None)?;
        let columns: BTreeMap<&str, &ColumnSchema> = table
            .columns
            .iter()
            .map(|column| (&*column.name, column))
            .collect();
        map.serialize_entry("columns", &columns)?;
        if let Some(rows) = table.max_rows {
            map.serialize_entry("maxRows", &rows)?;
        }
        if table.is_root && !self.all_root {
            map.serialize_entry("isRoot", &true)?;
        }
        if !table.indexes.is_empty() {
            map.serialize_entry("indexes", &table.indexes)?;
        }
        map.end()
    }
}
