//! Table `Open_vSwitch`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

use super::{Bridge, Datapath, Manager, SSL};

/// A row of table `Open_vSwitch`.
#[derive(Clone, PartialEq)]
pub struct OpenVSwitch(TableRow);

impl OpenVSwitch {
    /// Column `bridges`: set of reference to `Bridge`.
    pub const BRIDGES: Column<Self, Set<RowUuid<Bridge>>> = Column::new("bridges");
    /// Column `cur_cfg`: integer.
    pub const CUR_CFG: Column<Self, i64> = Column::new("cur_cfg");
    /// Column `datapath_types`: set of string; since schema 7.12.1.
    pub const DATAPATH_TYPES: Column<Self, Set<Arc<str>>> = Column::new("datapath_types");
    /// Column `datapaths`: map from string to reference to `Datapath`; since schema 8.1.0.
    pub const DATAPATHS: Column<Self, Map<Arc<str>, RowUuid<Datapath>>> = Column::new("datapaths");
    /// Column `db_version`: optional string.
    pub const DB_VERSION: Column<Self, Option<Arc<str>>> = Column::new("db_version");
    /// Column `dpdk_initialized`: boolean; since schema 7.16.0.
    pub const DPDK_INITIALIZED: Column<Self, bool> = Column::new("dpdk_initialized");
    /// Column `dpdk_version`: optional string; since schema 7.16.0.
    pub const DPDK_VERSION: Column<Self, Option<Arc<str>>> = Column::new("dpdk_version");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `iface_types`: set of string; since schema 7.12.1.
    pub const IFACE_TYPES: Column<Self, Set<Arc<str>>> = Column::new("iface_types");
    /// Column `manager_options`: set of reference to `Manager`.
    pub const MANAGER_OPTIONS: Column<Self, Set<RowUuid<Manager>>> = Column::new("manager_options");
    /// Column `next_cfg`: integer.
    pub const NEXT_CFG: Column<Self, i64> = Column::new("next_cfg");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `ovs_version`: optional string.
    pub const OVS_VERSION: Column<Self, Option<Arc<str>>> = Column::new("ovs_version");
    /// Column `ssl`: optional reference to `SSL`.
    pub const SSL: Column<Self, Option<RowUuid<SSL>>> = Column::new("ssl");
    /// Column `statistics`: map from string to string; not kept on disk.
    pub const STATISTICS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("statistics");
    /// Column `system_type`: optional string.
    pub const SYSTEM_TYPE: Column<Self, Option<Arc<str>>> = Column::new("system_type");
    /// Column `system_version`: optional string.
    pub const SYSTEM_VERSION: Column<Self, Option<Arc<str>>> = Column::new("system_version");

    /// Column `bridges`: set of reference to `Bridge`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bridges(&self) -> Result<Set<RowUuid<Bridge>>, ColumnError> {
        self.0.get(Self::BRIDGES)
    }

    /// Column `cur_cfg`: integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cur_cfg(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::CUR_CFG)
    }

    /// Column `datapath_types`: set of string; since schema 7.12.1.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapath_types(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::DATAPATH_TYPES)
    }

    /// Column `datapaths`: map from string to reference to `Datapath`; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapaths(&self) -> Result<Map<Arc<str>, RowUuid<Datapath>>, ColumnError> {
        self.0.get(Self::DATAPATHS)
    }

    /// Column `db_version`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn db_version(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::DB_VERSION)
    }

    /// Column `dpdk_initialized`: boolean; since schema 7.16.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn dpdk_initialized(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::DPDK_INITIALIZED)
    }

    /// Column `dpdk_version`: optional string; since schema 7.16.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn dpdk_version(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::DPDK_VERSION)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `iface_types`: set of string; since schema 7.12.1.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn iface_types(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::IFACE_TYPES)
    }

    /// Column `manager_options`: set of reference to `Manager`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn manager_options(&self) -> Result<Set<RowUuid<Manager>>, ColumnError> {
        self.0.get(Self::MANAGER_OPTIONS)
    }

    /// Column `next_cfg`: integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn next_cfg(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::NEXT_CFG)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `ovs_version`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ovs_version(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::OVS_VERSION)
    }

    /// Column `ssl`: optional reference to `SSL`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ssl(&self) -> Result<Option<RowUuid<SSL>>, ColumnError> {
        self.0.get(Self::SSL)
    }

    /// Column `statistics`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn statistics(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::STATISTICS)
    }

    /// Column `system_type`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn system_type(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::SYSTEM_TYPE)
    }

    /// Column `system_version`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn system_version(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::SYSTEM_VERSION)
    }
}

impl Table for OpenVSwitch {
    const NAME: &'static str = "Open_vSwitch";
    const COLUMNS: &'static [&'static str] = &[
        "bridges",
        "cur_cfg",
        "datapath_types",
        "datapaths",
        "db_version",
        "dpdk_initialized",
        "dpdk_version",
        "external_ids",
        "iface_types",
        "manager_options",
        "next_cfg",
        "other_config",
        "ovs_version",
        "ssl",
        "statistics",
        "system_type",
        "system_version",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for OpenVSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
