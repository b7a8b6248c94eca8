//! Table `Mirror`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

use super::{Port};

/// A row of table `Mirror`.
#[derive(Clone, PartialEq)]
pub struct Mirror(TableRow);

impl Mirror {
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `filter`: optional string; since schema 8.6.0.
    pub const FILTER: Column<Self, Option<Arc<str>>> = Column::new("filter");
    /// Column `name`: string.
    pub const NAME: Column<Self, Arc<str>> = Column::new("name");
    /// Column `output_port`: optional reference to `Port`.
    pub const OUTPUT_PORT: Column<Self, Option<RowUuid<Port>>> = Column::new("output_port");
    /// Column `output_vlan`: optional integer from 1 to 4095.
    pub const OUTPUT_VLAN: Column<Self, Option<i64>> = Column::new("output_vlan");
    /// Column `select_all`: boolean.
    pub const SELECT_ALL: Column<Self, bool> = Column::new("select_all");
    /// Column `select_dst_port`: set of reference to `Port`.
    pub const SELECT_DST_PORT: Column<Self, Set<RowUuid<Port>>> = Column::new("select_dst_port");
    /// Column `select_src_port`: set of reference to `Port`.
    pub const SELECT_SRC_PORT: Column<Self, Set<RowUuid<Port>>> = Column::new("select_src_port");
    /// Column `select_vlan`: set of integer from 0 to 4095, 4096 at most.
    pub const SELECT_VLAN: Column<Self, Set<i64>> = Column::new("select_vlan");
    /// Column `snaplen`: optional integer from 14 to 65535; since schema 7.14.0.
    pub const SNAPLEN: Column<Self, Option<i64>> = Column::new("snaplen");
    /// Column `statistics`: map from string to integer; not kept on disk.
    pub const STATISTICS: Column<Self, Map<Arc<str>, i64>> = Column::new("statistics");

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `filter`: optional string; since schema 8.6.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn filter(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::FILTER)
    }

    /// Column `name`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn name(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::NAME)
    }

    /// Column `output_port`: optional reference to `Port`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn output_port(&self) -> Result<Option<RowUuid<Port>>, ColumnError> {
        self.0.get(Self::OUTPUT_PORT)
    }

    /// Column `output_vlan`: optional integer from 1 to 4095.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn output_vlan(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::OUTPUT_VLAN)
    }

    /// Column `select_all`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn select_all(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::SELECT_ALL)
    }

    /// Column `select_dst_port`: set of reference to `Port`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn select_dst_port(&self) -> Result<Set<RowUuid<Port>>, ColumnError> {
        self.0.get(Self::SELECT_DST_PORT)
    }

    /// Column `select_src_port`: set of reference to `Port`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn select_src_port(&self) -> Result<Set<RowUuid<Port>>, ColumnError> {
        self.0.get(Self::SELECT_SRC_PORT)
    }

    /// Column `select_vlan`: set of integer from 0 to 4095, 4096 at most.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn select_vlan(&self) -> Result<Set<i64>, ColumnError> {
        self.0.get(Self::SELECT_VLAN)
    }

    /// Column `snaplen`: optional integer from 14 to 65535; since schema 7.14.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn snaplen(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::SNAPLEN)
    }

    /// Column `statistics`: map from string to integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn statistics(&self) -> Result<Map<Arc<str>, i64>, ColumnError> {
        self.0.get(Self::STATISTICS)
    }
}

impl Table for Mirror {
    const NAME: &'static str = "Mirror";
    const COLUMNS: &'static [&'static str] = &[
        "external_ids",
        "filter",
        "name",
        "output_port",
        "output_vlan",
        "select_all",
        "select_dst_port",
        "select_src_port",
        "select_vlan",
        "snaplen",
        "statistics",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
