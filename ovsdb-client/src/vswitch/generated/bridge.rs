//! Table `Bridge`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

use super::{AutoAttach, Controller, FlowTable, IPFIX, Mirror, NetFlow, Port, SFlow};

/// A row of table `Bridge`.
#[derive(Clone, PartialEq)]
pub struct Bridge(TableRow);

impl Bridge {
    /// Column `auto_attach`: optional reference to `AutoAttach`; since schema 7.11.2.
    pub const AUTO_ATTACH: Column<Self, Option<RowUuid<AutoAttach>>> = Column::new("auto_attach");
    /// Column `controller`: set of reference to `Controller`.
    pub const CONTROLLER: Column<Self, Set<RowUuid<Controller>>> = Column::new("controller");
    /// Column `datapath_id`: optional string; not kept on disk.
    pub const DATAPATH_ID: Column<Self, Option<Arc<str>>> = Column::new("datapath_id");
    /// Column `datapath_type`: string.
    pub const DATAPATH_TYPE: Column<Self, Arc<str>> = Column::new("datapath_type");
    /// Column `datapath_version`: string; since schema 7.11.1.
    pub const DATAPATH_VERSION: Column<Self, Arc<str>> = Column::new("datapath_version");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `fail_mode`: optional string (one of `secure`, `standalone`).
    pub const FAIL_MODE: Column<Self, Option<BridgeFailMode>> = Column::new("fail_mode");
    /// Column `flood_vlans`: set of integer from 0 to 4095, 4096 at most.
    pub const FLOOD_VLANS: Column<Self, Set<i64>> = Column::new("flood_vlans");
    /// Column `flow_tables`: map from integer from 0 to 254 to reference to `Flow_Table`.
    pub const FLOW_TABLES: Column<Self, Map<i64, RowUuid<FlowTable>>> = Column::new("flow_tables");
    /// Column `ipfix`: optional reference to `IPFIX`.
    pub const IPFIX: Column<Self, Option<RowUuid<IPFIX>>> = Column::new("ipfix");
    /// Column `mcast_snooping_enable`: boolean; since schema 7.8.0.
    pub const MCAST_SNOOPING_ENABLE: Column<Self, bool> = Column::new("mcast_snooping_enable");
    /// Column `mirrors`: set of reference to `Mirror`.
    pub const MIRRORS: Column<Self, Set<RowUuid<Mirror>>> = Column::new("mirrors");
    /// Column `name`: string; fixed when the row is made.
    pub const NAME: Column<Self, Arc<str>> = Column::new("name");
    /// Column `netflow`: optional reference to `NetFlow`.
    pub const NETFLOW: Column<Self, Option<RowUuid<NetFlow>>> = Column::new("netflow");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `ports`: set of reference to `Port`.
    pub const PORTS: Column<Self, Set<RowUuid<Port>>> = Column::new("ports");
    /// Column `protocols`: set of string (one of `OpenFlow10`, `OpenFlow11`, `OpenFlow12`, `OpenFlow13`, `OpenFlow14`, `OpenFlow15`).
    pub const PROTOCOLS: Column<Self, Set<BridgeProtocols>> = Column::new("protocols");
    /// Column `rstp_enable`: boolean; since schema 7.9.0.
    pub const RSTP_ENABLE: Column<Self, bool> = Column::new("rstp_enable");
    /// Column `rstp_status`: map from string to string; not kept on disk; since schema 7.9.0.
    pub const RSTP_STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("rstp_status");
    /// Column `sflow`: optional reference to `sFlow`.
    pub const SFLOW: Column<Self, Option<RowUuid<SFlow>>> = Column::new("sflow");
    /// Column `status`: map from string to string; not kept on disk.
    pub const STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("status");
    /// Column `stp_enable`: boolean.
    pub const STP_ENABLE: Column<Self, bool> = Column::new("stp_enable");

    /// Column `auto_attach`: optional reference to `AutoAttach`; since schema 7.11.2.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn auto_attach(&self) -> Result<Option<RowUuid<AutoAttach>>, ColumnError> {
        self.0.get(Self::AUTO_ATTACH)
    }

    /// Column `controller`: set of reference to `Controller`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn controller(&self) -> Result<Set<RowUuid<Controller>>, ColumnError> {
        self.0.get(Self::CONTROLLER)
    }

    /// Column `datapath_id`: optional string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapath_id(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::DATAPATH_ID)
    }

    /// Column `datapath_type`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapath_type(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::DATAPATH_TYPE)
    }

    /// Column `datapath_version`: string; since schema 7.11.1.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapath_version(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::DATAPATH_VERSION)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `fail_mode`: optional string (one of `secure`, `standalone`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn fail_mode(&self) -> Result<Option<BridgeFailMode>, ColumnError> {
        self.0.get(Self::FAIL_MODE)
    }

    /// Column `flood_vlans`: set of integer from 0 to 4095, 4096 at most.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn flood_vlans(&self) -> Result<Set<i64>, ColumnError> {
        self.0.get(Self::FLOOD_VLANS)
    }

    /// Column `flow_tables`: map from integer from 0 to 254 to reference to `Flow_Table`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn flow_tables(&self) -> Result<Map<i64, RowUuid<FlowTable>>, ColumnError> {
        self.0.get(Self::FLOW_TABLES)
    }

    /// Column `ipfix`: optional reference to `IPFIX`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ipfix(&self) -> Result<Option<RowUuid<IPFIX>>, ColumnError> {
        self.0.get(Self::IPFIX)
    }

    /// Column `mcast_snooping_enable`: boolean; since schema 7.8.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mcast_snooping_enable(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::MCAST_SNOOPING_ENABLE)
    }

    /// Column `mirrors`: set of reference to `Mirror`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mirrors(&self) -> Result<Set<RowUuid<Mirror>>, ColumnError> {
        self.0.get(Self::MIRRORS)
    }

    /// Column `name`: string; fixed when the row is made.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn name(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::NAME)
    }

    /// Column `netflow`: optional reference to `NetFlow`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn netflow(&self) -> Result<Option<RowUuid<NetFlow>>, ColumnError> {
        self.0.get(Self::NETFLOW)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `ports`: set of reference to `Port`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ports(&self) -> Result<Set<RowUuid<Port>>, ColumnError> {
        self.0.get(Self::PORTS)
    }

    /// Column `protocols`: set of string (one of `OpenFlow10`, `OpenFlow11`, `OpenFlow12`, `OpenFlow13`, `OpenFlow14`, `OpenFlow15`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn protocols(&self) -> Result<Set<BridgeProtocols>, ColumnError> {
        self.0.get(Self::PROTOCOLS)
    }

    /// Column `rstp_enable`: boolean; since schema 7.9.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn rstp_enable(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::RSTP_ENABLE)
    }

    /// Column `rstp_status`: map from string to string; not kept on disk; since schema 7.9.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn rstp_status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::RSTP_STATUS)
    }

    /// Column `sflow`: optional reference to `sFlow`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn sflow(&self) -> Result<Option<RowUuid<SFlow>>, ColumnError> {
        self.0.get(Self::SFLOW)
    }

    /// Column `status`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::STATUS)
    }

    /// Column `stp_enable`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn stp_enable(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::STP_ENABLE)
    }
}

impl Table for Bridge {
    const NAME: &'static str = "Bridge";
    const COLUMNS: &'static [&'static str] = &[
        "auto_attach",
        "controller",
        "datapath_id",
        "datapath_type",
        "datapath_version",
        "external_ids",
        "fail_mode",
        "flood_vlans",
        "flow_tables",
        "ipfix",
        "mcast_snooping_enable",
        "mirrors",
        "name",
        "netflow",
        "other_config",
        "ports",
        "protocols",
        "rstp_enable",
        "rstp_status",
        "sflow",
        "status",
        "stp_enable",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Bridge.fail_mode` may be.
    BridgeFailMode {
        /// `secure`
        Secure = "secure",
        /// `standalone`
        Standalone = "standalone",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Bridge.protocols` may be.
    BridgeProtocols {
        /// `OpenFlow10`
        OpenFlow10 = "OpenFlow10",
        /// `OpenFlow11`
        OpenFlow11 = "OpenFlow11",
        /// `OpenFlow12`
        OpenFlow12 = "OpenFlow12",
        /// `OpenFlow13`
        OpenFlow13 = "OpenFlow13",
        /// `OpenFlow14`
        OpenFlow14 = "OpenFlow14",
        /// `OpenFlow15`
        OpenFlow15 = "OpenFlow15",
    }
}
