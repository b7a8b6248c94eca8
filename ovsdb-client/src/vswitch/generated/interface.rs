//! Table `Interface`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

/// A row of table `Interface`.
#[derive(Clone, PartialEq)]
pub struct Interface(TableRow);

impl Interface {
    /// Column `admin_state`: optional string (one of `down`, `up`); not kept on disk.
    pub const ADMIN_STATE: Column<Self, Option<InterfaceAdminState>> = Column::new("admin_state");
    /// Column `bfd`: map from string to string.
    pub const BFD: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("bfd");
    /// Column `bfd_status`: map from string to string; not kept on disk.
    pub const BFD_STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("bfd_status");
    /// Column `cfm_fault`: optional boolean; not kept on disk.
    pub const CFM_FAULT: Column<Self, Option<bool>> = Column::new("cfm_fault");
    /// Column `cfm_fault_status`: set of string; not kept on disk.
    pub const CFM_FAULT_STATUS: Column<Self, Set<Arc<str>>> = Column::new("cfm_fault_status");
    /// Column `cfm_flap_count`: optional integer.
    pub const CFM_FLAP_COUNT: Column<Self, Option<i64>> = Column::new("cfm_flap_count");
    /// Column `cfm_health`: optional integer from 0 to 100; not kept on disk.
    pub const CFM_HEALTH: Column<Self, Option<i64>> = Column::new("cfm_health");
    /// Column `cfm_mpid`: optional integer.
    pub const CFM_MPID: Column<Self, Option<i64>> = Column::new("cfm_mpid");
    /// Column `cfm_remote_mpids`: set of integer; not kept on disk.
    pub const CFM_REMOTE_MPIDS: Column<Self, Set<i64>> = Column::new("cfm_remote_mpids");
    /// Column `cfm_remote_opstate`: optional string (one of `down`, `up`); not kept on disk.
    pub const CFM_REMOTE_OPSTATE: Column<Self, Option<InterfaceCfmRemoteOpstate>> = Column::new("cfm_remote_opstate");
    /// Column `duplex`: optional string (one of `full`, `half`); not kept on disk.
    pub const DUPLEX: Column<Self, Option<InterfaceDuplex>> = Column::new("duplex");
    /// Column `error`: optional string; since schema 7.7.0.
    pub const ERROR: Column<Self, Option<Arc<str>>> = Column::new("error");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `ifindex`: optional integer from 0 to 4294967295; not kept on disk.
    pub const IFINDEX: Column<Self, Option<i64>> = Column::new("ifindex");
    /// Column `ingress_policing_burst`: integer from 0 up.
    pub const INGRESS_POLICING_BURST: Column<Self, i64> = Column::new("ingress_policing_burst");
    /// Column `ingress_policing_kpkts_burst`: integer from 0 up; since schema 8.3.0.
    pub const INGRESS_POLICING_KPKTS_BURST: Column<Self, i64> = Column::new("ingress_policing_kpkts_burst");
    /// Column `ingress_policing_kpkts_rate`: integer from 0 up; since schema 8.3.0.
    pub const INGRESS_POLICING_KPKTS_RATE: Column<Self, i64> = Column::new("ingress_policing_kpkts_rate");
    /// Column `ingress_policing_rate`: integer from 0 up.
    pub const INGRESS_POLICING_RATE: Column<Self, i64> = Column::new("ingress_policing_rate");
    /// Column `lacp_current`: optional boolean; not kept on disk.
    pub const LACP_CURRENT: Column<Self, Option<bool>> = Column::new("lacp_current");
    /// Column `link_resets`: optional integer; not kept on disk.
    pub const LINK_RESETS: Column<Self, Option<i64>> = Column::new("link_resets");
    /// Column `link_speed`: optional integer; not kept on disk.
    pub const LINK_SPEED: Column<Self, Option<i64>> = Column::new("link_speed");
    /// Column `link_state`: optional string (one of `down`, `up`); not kept on disk.
    pub const LINK_STATE: Column<Self, Option<InterfaceLinkState>> = Column::new("link_state");
    /// Column `lldp`: map from string to string; since schema 7.11.2.
    pub const LLDP: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("lldp");
    /// Column `mac`: optional string.
    pub const MAC: Column<Self, Option<Arc<str>>> = Column::new("mac");
    /// Column `mac_in_use`: optional string; not kept on disk.
    pub const MAC_IN_USE: Column<Self, Option<Arc<str>>> = Column::new("mac_in_use");
    /// Column `mtu`: optional integer; not kept on disk.
    pub const MTU: Column<Self, Option<i64>> = Column::new("mtu");
    /// Column `mtu_request`: optional integer from 1 up; since schema 7.14.0.
    pub const MTU_REQUEST: Column<Self, Option<i64>> = Column::new("mtu_request");
    /// Column `name`: string; fixed when the row is made.
    pub const NAME: Column<Self, Arc<str>> = Column::new("name");
    /// Column `ofport`: optional integer.
    pub const OFPORT: Column<Self, Option<i64>> = Column::new("ofport");
    /// Column `ofport_request`: optional integer from 1 to 65279.
    pub const OFPORT_REQUEST: Column<Self, Option<i64>> = Column::new("ofport_request");
    /// Column `options`: map from string to string.
    pub const OPTIONS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("options");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `statistics`: map from string to integer; not kept on disk.
    pub const STATISTICS: Column<Self, Map<Arc<str>, i64>> = Column::new("statistics");
    /// Column `status`: map from string to string; not kept on disk.
    pub const STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("status");
    /// Column `type`: string.
    pub const TYPE: Column<Self, Arc<str>> = Column::new("type");

    /// Column `admin_state`: optional string (one of `down`, `up`); not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn admin_state(&self) -> Result<Option<InterfaceAdminState>, ColumnError> {
        self.0.get(Self::ADMIN_STATE)
    }

    /// Column `bfd`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bfd(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::BFD)
    }

    /// Column `bfd_status`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bfd_status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::BFD_STATUS)
    }

    /// Column `cfm_fault`: optional boolean; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_fault(&self) -> Result<Option<bool>, ColumnError> {
        self.0.get(Self::CFM_FAULT)
    }

    /// Column `cfm_fault_status`: set of string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_fault_status(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::CFM_FAULT_STATUS)
    }

    /// Column `cfm_flap_count`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_flap_count(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CFM_FLAP_COUNT)
    }

    /// Column `cfm_health`: optional integer from 0 to 100; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_health(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CFM_HEALTH)
    }

    /// Column `cfm_mpid`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_mpid(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CFM_MPID)
    }

    /// Column `cfm_remote_mpids`: set of integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_remote_mpids(&self) -> Result<Set<i64>, ColumnError> {
        self.0.get(Self::CFM_REMOTE_MPIDS)
    }

    /// Column `cfm_remote_opstate`: optional string (one of `down`, `up`); not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cfm_remote_opstate(&self) -> Result<Option<InterfaceCfmRemoteOpstate>, ColumnError> {
        self.0.get(Self::CFM_REMOTE_OPSTATE)
    }

    /// Column `duplex`: optional string (one of `full`, `half`); not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn duplex(&self) -> Result<Option<InterfaceDuplex>, ColumnError> {
        self.0.get(Self::DUPLEX)
    }

    /// Column `error`: optional string; since schema 7.7.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn error(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::ERROR)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `ifindex`: optional integer from 0 to 4294967295; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ifindex(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::IFINDEX)
    }

    /// Column `ingress_policing_burst`: integer from 0 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ingress_policing_burst(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::INGRESS_POLICING_BURST)
    }

    /// Column `ingress_policing_kpkts_burst`: integer from 0 up; since schema 8.3.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ingress_policing_kpkts_burst(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::INGRESS_POLICING_KPKTS_BURST)
    }

    /// Column `ingress_policing_kpkts_rate`: integer from 0 up; since schema 8.3.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ingress_policing_kpkts_rate(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::INGRESS_POLICING_KPKTS_RATE)
    }

    /// Column `ingress_policing_rate`: integer from 0 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ingress_policing_rate(&self) -> Result<i64, ColumnError> {
        self.0.get(Self::INGRESS_POLICING_RATE)
    }

    /// Column `lacp_current`: optional boolean; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn lacp_current(&self) -> Result<Option<bool>, ColumnError> {
        self.0.get(Self::LACP_CURRENT)
    }

    /// Column `link_resets`: optional integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn link_resets(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::LINK_RESETS)
    }

    /// Column `link_speed`: optional integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn link_speed(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::LINK_SPEED)
    }

    /// Column `link_state`: optional string (one of `down`, `up`); not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn link_state(&self) -> Result<Option<InterfaceLinkState>, ColumnError> {
        self.0.get(Self::LINK_STATE)
    }

    /// Column `lldp`: map from string to string; since schema 7.11.2.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn lldp(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::LLDP)
    }

    /// Column `mac`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mac(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::MAC)
    }

    /// Column `mac_in_use`: optional string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mac_in_use(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::MAC_IN_USE)
    }

    /// Column `mtu`: optional integer; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mtu(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::MTU)
    }

    /// Column `mtu_request`: optional integer from 1 up; since schema 7.14.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn mtu_request(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::MTU_REQUEST)
    }

    /// Column `name`: string; fixed when the row is made.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn name(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::NAME)
    }

    /// Column `ofport`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ofport(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::OFPORT)
    }

    /// Column `ofport_request`: optional integer from 1 to 65279.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ofport_request(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::OFPORT_REQUEST)
    }

    /// Column `options`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn options(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OPTIONS)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
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

    /// Column `type`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn type_(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::TYPE)
    }
}

impl Table for Interface {
    const NAME: &'static str = "Interface";
    const COLUMNS: &'static [&'static str] = &[
        "admin_state",
        "bfd",
        "bfd_status",
        "cfm_fault",
        "cfm_fault_status",
        "cfm_flap_count",
        "cfm_health",
        "cfm_mpid",
        "cfm_remote_mpids",
        "cfm_remote_opstate",
        "duplex",
        "error",
        "external_ids",
        "ifindex",
        "ingress_policing_burst",
        "ingress_policing_kpkts_burst",
        "ingress_policing_kpkts_rate",
        "ingress_policing_rate",
        "lacp_current",
        "link_resets",
        "link_speed",
        "link_state",
        "lldp",
        "mac",
        "mac_in_use",
        "mtu",
        "mtu_request",
        "name",
        "ofport",
        "ofport_request",
        "options",
        "other_config",
        "statistics",
        "status",
        "type",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Interface.admin_state` may be.
    InterfaceAdminState {
        /// `down`
        Down = "down",
        /// `up`
        Up = "up",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Interface.cfm_remote_opstate` may be.
    InterfaceCfmRemoteOpstate {
        /// `down`
        Down = "down",
        /// `up`
        Up = "up",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Interface.duplex` may be.
    InterfaceDuplex {
        /// `full`
        Full = "full",
        /// `half`
        Half = "half",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Interface.link_state` may be.
    InterfaceLinkState {
        /// `down`
        Down = "down",
        /// `up`
        Up = "up",
    }
}
