//! Table `Queue`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `Queue`.
#[derive(Clone, PartialEq)]
pub struct Queue(TableRow);

impl Queue {
    /// Column `dscp`: optional integer from 0 to 63.
    pub const DSCP: Column<Self, Option<i64>> = Column::new("dscp");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");

    /// Column `dscp`: optional integer from 0 to 63.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn dscp(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::DSCP)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }
}

impl Table for Queue {
    const NAME: &'static str = "Queue";
    const COLUMNS: &'static [&'static str] = &[
        "dscp",
        "external_ids",
        "other_config",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
