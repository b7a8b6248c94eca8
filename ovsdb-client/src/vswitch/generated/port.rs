//! Table `Port`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

use super::{Interface, QoS};

/// A row of table `Port`.
#[derive(Clone, PartialEq)]
pub struct Port(TableRow);

impl Port {
    /// Column `bond_active_slave`: optional string; since schema 7.10.0.
    pub const BOND_ACTIVE_SLAVE: Column<Self, Option<Arc<str>>> = Column::new("bond_active_slave");
    /// Column `bond_downdelay`: integer.
    pub const BOND_DOWNDELAY: Column<Self, i64> = Column::new("bond_downdelay");
    /// Column `bond_fake_iface`: boolean.
    pub const BOND_FAKE_IFACE: Column<Self, bool> = Column::new("bond_fake_iface");
    /// Column `bond_mode`: optional string (one of `active-backup`, `balance-slb`, `balance-tcp`).
    pub const BOND_MODE: Column<Self, Option<PortBondMode>> = Column::new("bond_mode");
    /// Column `bond_updelay`: integer.
    pub const BOND_UPDELAY: Column<Self, i64> = Column::new("bond_updelay");
    /// Column `cvlans`: set of integer from 0 to 4095, 4096 at most; since schema 7.15.0.
    pub const CVLANS: Column<Self, Set<i64>> = Column::new("cvlans");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `fake_bridge`: boolean.
    pub const FAKE_BRIDGE: Column<Self, bool> = Column::new("fake_bridge");
    /// Column `interfaces`: set of reference to `Interface`, never empty.
    pub const INTERFACES: Column<Self, Set<RowUuid<Interface>>> = Column::new("interfaces");
    /// Column `lacp`: optional string (one of `active`, `off`, `passive`).
    pub const LACP: Column<Self, Option<PortLacp>> = Column::new("lacp");
    /// Column `mac`: optional string.
    pub const MAC: Column<Self, Option<Arc<str>>> = Column::new("mac");
    /// Column `name`: string; fixed when the row is made.
    pub const NAME: Column<Self, Arc<str>> = Column::new("name");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `protected`: boolean; since schema 7.14.0.
    pub const PROTECTED: Column<Self, bool> = Column::new("protected");
    /// Column `qos`: optional reference to `QoS`.
    pub const QOS: Column<Self, Option<RowUuid<QoS>>> = Column::new("qos");
    /// Column `rstp_statistics`: map from string to integer; not kept on disk; since schema 7.9.0.
    pub const RSTP_STATISTICS: Column<Self, Map<Arc<str>, i64>> = Column::new("rstp_statistics");
    /// Column `rstp_status`: map from string to string; not kept on disk; since schema 7.9.0.
    pub const RSTP_STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("rstp_status");
    /// Column `statistics`: map from string to integer; not kept on disk.
    pub const STATISTICS: Column<Self, Map<Arc<str>, i64>> = Column::new("statistics");
    /// Column `status`: map from string to string; not kept on disk.
    pub const STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("status");
    /// Column `tag`: optional integer from 0 to 4095.
    pub const TAG: Column<Self, Option<i64>> = Column::new("tag");
    /// Column `trunks`: set of integer from 0 to 4095, 4096 at most.
    pub const TRUNKS: Column<Self, Set<i64>> = Column::new("trunks");
    /// Column `vlan_mode`: optional string (one of `access`, `dot1q-tunnel`, `native-tagged`, `native-untagged`, `trunk`).
    pub const VLAN_MODE: Column<Self, Option<PortVlanMode>> = Column::new("vlan_mode");

    /// Column `bond_active_slave`: optional string; since schema 7.10.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bond_active_slave(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::BOND_ACTIVE_SLAVE)
    }

    /// Column `bond_downdelay`: integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bond_downdelay(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::BOND_DOWNDELAY)
    }

    /// Column `bond_fake_iface`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bond_fake_iface(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::BOND_FAKE_IFACE)
    }

    /// Column `bond_mode`: optional string (one of `active-backup`, `balance-slb`, `balance-tcp`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bond_mode(&self) -> Result<Option<PortBondMode>, ColumnError> {
        self.0.get(Self::BOND_MODE)
    }

    /// Column `bond_updelay`: integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bond_updelay(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::BOND_UPDELAY)
    }

    /// Column `cvlans`: set of integer from 0 to 4095, 4096 at most; since schema 7.15.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cvlans(&self) -> Result<Set<i64>, ColumnError> {
        self.0.get(Self::CVLANS)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `fake_bridge`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn fake_bridge(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::FAKE_BRIDGE)
    }

    /// Column `interfaces`: set of reference to `Interface`, never empty.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn interfaces(&self) -> Result<Set<RowUuid<Interface>>, ColumnError> {
        self.0.get(Self::INTERFACES)
    }

    /// Column `lacp`: optional string (one of `active`, `off`, `passive`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn lacp(&self) -> Result<Option<PortLacp>, ColumnError> {
        self.0.get(Self::LACP)
    }

    /// Column `mac`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mac(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::MAC)
    }

    /// Column `name`: string; fixed when the row is made.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn name(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::NAME)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `protected`: boolean; since schema 7.14.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn protected(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::PROTECTED)
    }

    /// Column `qos`: optional reference to `QoS`.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn qos(&self) -> Result<Option<RowUuid<QoS>>, ColumnError> {
        self.0.get(Self::QOS)
    }

    /// Column `rstp_statistics`: map from string to integer; not kept on disk; since schema 7.9.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn rstp_statistics(&self) -> Result<Map<Arc<str>, i64>, ColumnError> {
        self.0.get(Self::RSTP_STATISTICS)
    }

    /// Column `rstp_status`: map from string to string; not kept on disk; since schema 7.9.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn rstp_status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::RSTP_STATUS)
    }

    /// Column `statistics`: map from string to integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn statistics(&self) -> Result<Map<Arc<str>, i64>, ColumnError> {
        self.0.get(Self::STATISTICS)
    }

    /// Column `status`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::STATUS)
    }

    /// Column `tag`: optional integer from 0 to 4095.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn tag(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::TAG)
    }

    /// Column `trunks`: set of integer from 0 to 4095, 4096 at most.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn trunks(&self) -> Result<Set<i64>, ColumnError> {
        self.0.get(Self::TRUNKS)
    }

    /// Column `vlan_mode`: optional string (one of `access`, `dot1q-tunnel`, `native-tagged`, `native-untagged`, `trunk`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn vlan_mode(&self) -> Result<Option<PortVlanMode>, ColumnError> {
        self.0.get(Self::VLAN_MODE)
    }
}

impl Table for Port {
    const NAME: &'static str = "Port";
    const COLUMNS: &'static [&'static str] = &[
        "bond_active_slave",
        "bond_downdelay",
        "bond_fake_iface",
        "bond_mode",
        "bond_updelay",
        "cvlans",
        "external_ids",
        "fake_bridge",
        "interfaces",
        "lacp",
        "mac",
        "name",
        "other_config",
        "protected",
        "qos",
        "rstp_statistics",
        "rstp_status",
        "statistics",
        "status",
        "tag",
        "trunks",
        "vlan_mode",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Port.bond_mode` may be.
    PortBondMode {
        /// `active-backup`
        ActiveBackup = "active-backup",
        /// `balance-slb`
        BalanceSlb = "balance-slb",
        /// `balance-tcp`
        BalanceTcp = "balance-tcp",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Port.lacp` may be.
    PortLacp {
        /// `active`
        Active = "active",
        /// `off`
        Off = "off",
        /// `passive`
        Passive = "passive",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Port.vlan_mode` may be.
    PortVlanMode {
        /// `access`
        Access = "access",
        /// `dot1q-tunnel`
        Dot1qTunnel = "dot1q-tunnel",
        /// `native-tagged`
        NativeTagged = "native-tagged",
        /// `native-untagged`
        NativeUntagged = "native-untagged",
        /// `trunk`
        Trunk = "trunk",
    }
}
