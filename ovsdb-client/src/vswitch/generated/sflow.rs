//! Table `sFlow`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

/// A row of table `sFlow`.
#[derive(Clone, PartialEq)]
pub struct SFlow(TableRow);

impl SFlow {
    /// Column `agent`: optional string.
    pub const AGENT: Column<Self, Option<Arc<str>>> = Column::new("agent");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `header`: optional integer.
    pub const HEADER: Column<Self, Option<i64>> = Column::new("header");
    /// Column `polling`: optional integer.
    pub const POLLING: Column<Self, Option<i64>> = Column::new("polling");
    /// Column `sampling`: optional integer.
    pub const SAMPLING: Column<Self, Option<i64>> = Column::new("sampling");
    /// Column `targets`: set of string, never empty.
    pub const TARGETS: Column<Self, Set<Arc<str>>> = Column::new("targets");

    /// Column `agent`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn agent(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::AGENT)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `header`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn header(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::HEADER)
    }

    /// Column `polling`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn polling(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::POLLING)
    }

    /// Column `sampling`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn sampling(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::SAMPLING)
    }

    /// Column `targets`: set of string, never empty.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn targets(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::TARGETS)
    }
}

impl Table for SFlow {
    const NAME: &'static str = "sFlow";
    const COLUMNS: &'static [&'static str] = &[
        "agent",
        "external_ids",
        "header",
        "polling",
        "sampling",
        "targets",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for SFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
