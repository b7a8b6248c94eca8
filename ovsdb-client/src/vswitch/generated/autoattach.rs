//! Table `AutoAttach`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `AutoAttach`. Since schema 7.11.2.
#[derive(Clone, PartialEq)]
pub struct AutoAttach(TableRow);

impl AutoAttach {
    /// Column `mappings`: map from integer from 0 to 16777215 to integer from 0 to 4095; since schema 7.11.2.
    pub const MAPPINGS: Column<Self, Map<i64, i64>> = Column::new("mappings");
    /// Column `system_description`: string; since schema 7.11.2.
    pub const SYSTEM_DESCRIPTION: Column<Self, Arc<str>> = Column::new("system_description");
    /// Column `system_name`: string; since schema 7.11.2.
    pub const SYSTEM_NAME: Column<Self, Arc<str>> = Column::new("system_name");

    /// Column `mappings`: map from integer from 0 to 16777215 to integer from 0 to 4095; since schema 7.11.2.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mappings(&self) -> Result<Map<i64, i64>, ColumnError> {
        self.0.get(Self::MAPPINGS)
    }

    /// Column `system_description`: string; since schema 7.11.2.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn system_description(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::SYSTEM_DESCRIPTION)
    }

    /// Column `system_name`: string; since schema 7.11.2.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn system_name(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::SYSTEM_NAME)
    }
}

impl Table for AutoAttach {
    const NAME: &'static str = "AutoAttach";
    const COLUMNS: &'static [&'static str] = &[
        "mappings",
        "system_description",
        "system_name",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for AutoAttach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
