//! Table `QoS`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map};

use super::{Queue};

/// A row of table `QoS`.
#[derive(Clone, PartialEq)]
pub struct QoS(TableRow);

impl QoS {
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `queues`: map from integer from 0 to 4294967295 to reference to `Queue`.
    pub const QUEUES: Column<Self, Map<i64, RowUuid<Queue>>> = Column::new("queues");
    /// Column `type`: string.
    pub const TYPE: Column<Self, Arc<str>> = Column::new("type");

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

    /// Column `queues`: map from integer from 0 to 4294967295 to reference to `Queue`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn queues(&self) -> Result<Map<i64, RowUuid<Queue>>, ColumnError> {
        self.0.get(Self::QUEUES)
    }

    /// Column `type`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn type_(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::TYPE)
    }
}

impl Table for QoS {
    const NAME: &'static str = "QoS";
    const COLUMNS: &'static [&'static str] = &[
        "external_ids",
        "other_config",
        "queues",
        "type",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for QoS {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
