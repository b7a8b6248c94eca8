//! Table `Manager`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `Manager`.
#[derive(Clone, PartialEq)]
pub struct Manager(TableRow);

impl Manager {
    /// Column `connection_mode`: optional string (one of `in-band`, `out-of-band`).
    pub const CONNECTION_MODE: Column<Self, Option<ManagerConnectionMode>> = Column::new("connection_mode");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `inactivity_probe`: optional integer.
    pub const INACTIVITY_PROBE: Column<Self, Option<i64>> = Column::new("inactivity_probe");
    /// Column `is_connected`: boolean; not kept on disk.
    pub const IS_CONNECTED: Column<Self, bool> = Column::new("is_connected");
    /// Column `max_backoff`: optional integer from 1000 up.
    pub const MAX_BACKOFF: Column<Self, Option<i64>> = Column::new("max_backoff");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `status`: map from string to string; not kept on disk.
    pub const STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("status");
    /// Column `target`: string.
    pub const TARGET: Column<Self, Arc<str>> = Column::new("target");

    /// Column `connection_mode`: optional string (one of `in-band`, `out-of-band`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn connection_mode(&self) -> Result<Option<ManagerConnectionMode>, ColumnError> {
        self.0.get(Self::CONNECTION_MODE)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `inactivity_probe`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn inactivity_probe(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::INACTIVITY_PROBE)
    }

    /// Column `is_connected`: boolean; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn is_connected(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::IS_CONNECTED)
    }

    /// Column `max_backoff`: optional integer from 1000 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn max_backoff(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::MAX_BACKOFF)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `status`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::STATUS)
    }

    /// Column `target`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn target(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::TARGET)
    }
}

impl Table for Manager {
    const NAME: &'static str = "Manager";
    const COLUMNS: &'static [&'static str] = &[
        "connection_mode",
        "external_ids",
        "inactivity_probe",
        "is_connected",
        "max_backoff",
        "other_config",
        "status",
        "target",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Manager.connection_mode` may be.
    ManagerConnectionMode {
        /// `in-band`
        InBand = "in-band",
        /// `out-of-band`
        OutOfBand = "out-of-band",
    }
}
