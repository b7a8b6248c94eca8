//! Table `Flow_Sample_Collector_Set`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map};

use super::{Bridge, IPFIX};

/// A row of table `Flow_Sample_Collector_Set`.
#[derive(Clone, PartialEq)]
pub struct FlowSampleCollectorSet(TableRow);

impl FlowSampleCollectorSet {
    /// Column `bridge`: reference to `Bridge`.
    pub const BRIDGE: Column<Self, RowUuid<Bridge>> = Column::new("bridge");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `id`: integer from 0 to 4294967295.
    pub const ID: Column<Self, i64> = Column::new("id");
    /// Column `ipfix`: optional reference to `IPFIX`.
    pub const IPFIX: Column<Self, Option<RowUuid<IPFIX>>> = Column::new("ipfix");
    /// Column `local_group_id`: optional integer from 0 to 4294967295; since schema 8.7.0.
    pub const LOCAL_GROUP_ID: Column<Self, Option<i64>> = Column::new("local_group_id");

    /// Column `bridge`: reference to `Bridge`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bridge(&self) -> Result<RowUuid<Bridge>, ColumnError> {
        self.0.get(Self::BRIDGE)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `id`: integer from 0 to 4294967295.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn id(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::ID)
    }

    /// Column `ipfix`: optional reference to `IPFIX`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ipfix(&self) -> Result<Option<RowUuid<IPFIX>>, ColumnError> {
        self.0.get(Self::IPFIX)
    }

    /// Column `local_group_id`: optional integer from 0 to 4294967295; since schema 8.7.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn local_group_id(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::LOCAL_GROUP_ID)
    }
}

impl Table for FlowSampleCollectorSet {
    const NAME: &'static str = "Flow_Sample_Collector_Set";
    const COLUMNS: &'static [&'static str] = &[
        "bridge",
        "external_ids",
        "id",
        "ipfix",
        "local_group_id",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for FlowSampleCollectorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
