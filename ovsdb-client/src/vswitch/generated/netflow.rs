//! Table `NetFlow`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

/// A row of table `NetFlow`.
#[derive(Clone, PartialEq)]
pub struct NetFlow(TableRow);

impl NetFlow {
    /// Column `active_timeout`: integer from -1 up.
    pub const ACTIVE_TIMEOUT: Column<Self, i64> = Column::new("active_timeout");
    /// Column `add_id_to_interface`: boolean.
    pub const ADD_ID_TO_INTERFACE: Column<Self, bool> = Column::new("add_id_to_interface");
    /// Column `engine_id`: optional integer from 0 to 255.
    pub const ENGINE_ID: Column<Self, Option<i64>> = Column::new("engine_id");
    /// Column `engine_type`: optional integer from 0 to 255.
    pub const ENGINE_TYPE: Column<Self, Option<i64>> = Column::new("engine_type");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `targets`: set of string, never empty.
    pub const TARGETS: Column<Self, Set<Arc<str>>> = Column::new("targets");

    /// Column `active_timeout`: integer from -1 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn active_timeout(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::ACTIVE_TIMEOUT)
    }

    /// Column `add_id_to_interface`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn add_id_to_interface(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::ADD_ID_TO_INTERFACE)
    }

    /// Column `engine_id`: optional integer from 0 to 255.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn engine_id(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::ENGINE_ID)
    }

    /// Column `engine_type`: optional integer from 0 to 255.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn engine_type(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::ENGINE_TYPE)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `targets`: set of string, never empty.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn targets(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::TARGETS)
    }
}

impl Table for NetFlow {
    const NAME: &'static str = "NetFlow";
    const COLUMNS: &'static [&'static str] = &[
        "active_timeout",
        "add_id_to_interface",
        "engine_id",
        "engine_type",
        "external_ids",
        "targets",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for NetFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
