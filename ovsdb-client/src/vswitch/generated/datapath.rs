//! Table `Datapath`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map};

use super::{CTZone};

/// A row of table `Datapath`. Since schema 8.1.0.
#[derive(Clone, PartialEq)]
pub struct Datapath(TableRow);

impl Datapath {
    /// Column `capabilities`: map from string to string; since schema 8.2.0.
    pub const CAPABILITIES: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("capabilities");
    /// Column `ct_zone_default_limit`: optional integer from 0 to 4294967295; since schema 8.5.0.
    pub const CT_ZONE_DEFAULT_LIMIT: Column<Self, Option<i64>> = Column::new("ct_zone_default_limit");
    /// Column `ct_zones`: map from integer from 0 to 65535 to reference to `CT_Zone`; since schema 8.1.0.
    pub const CT_ZONES: Column<Self, Map<i64, RowUuid<CTZone>>> = Column::new("ct_zones");
    /// Column `datapath_version`: string; since schema 8.1.0.
    pub const DATAPATH_VERSION: Column<Self, Arc<str>> = Column::new("datapath_version");
    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");

    /// Column `capabilities`: map from string to string; since schema 8.2.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn capabilities(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::CAPABILITIES)
    }

    /// Column `ct_zone_default_limit`: optional integer from 0 to 4294967295; since schema 8.5.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ct_zone_default_limit(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CT_ZONE_DEFAULT_LIMIT)
    }

    /// Column `ct_zones`: map from integer from 0 to 65535 to reference to `CT_Zone`; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ct_zones(&self) -> Result<Map<i64, RowUuid<CTZone>>, ColumnError> {
        self.0.get(Self::CT_ZONES)
    }

    /// Column `datapath_version`: string; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn datapath_version(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::DATAPATH_VERSION)
    }

    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }
}

impl Table for Datapath {
    const NAME: &'static str = "Datapath";
    const COLUMNS: &'static [&'static str] = &[
        "capabilities",
        "ct_zone_default_limit",
        "ct_zones",
        "datapath_version",
        "external_ids",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Datapath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
