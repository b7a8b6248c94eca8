//! Table `IPFIX`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

/// A row of table `IPFIX`.
#[derive(Clone, PartialEq)]
pub struct IPFIX(TableRow);

impl IPFIX {
    /// Column `cache_active_timeout`: optional integer from 0 to 4200.
    pub const CACHE_ACTIVE_TIMEOUT: Column<Self, Option<i64>> = Column::new("cache_active_timeout");
    /// Column `cache_max_flows`: optional integer from 0 to 4294967295.
    pub const CACHE_MAX_FLOWS: Column<Self, Option<i64>> = Column::new("cache_max_flows");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `obs_domain_id`: optional integer from 0 to 4294967295.
    pub const OBS_DOMAIN_ID: Column<Self, Option<i64>> = Column::new("obs_domain_id");
    /// Column `obs_point_id`: optional integer from 0 to 4294967295.
    pub const OBS_POINT_ID: Column<Self, Option<i64>> = Column::new("obs_point_id");
    /// Column `other_config`: map from string to string; since schema 7.14.0.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `sampling`: optional integer from 1 to 4294967295.
    pub const SAMPLING: Column<Self, Option<i64>> = Column::new("sampling");
    /// Column `stats_interval`: optional integer from 1 to 3600; since schema 8.5.0.
    pub const STATS_INTERVAL: Column<Self, Option<i64>> = Column::new("stats_interval");
    /// Column `targets`: set of string.
    pub const TARGETS: Column<Self, Set<Arc<str>>> = Column::new("targets");
    /// Column `template_interval`: optional integer from 1 to 3600; since schema 8.5.0.
    pub const TEMPLATE_INTERVAL: Column<Self, Option<i64>> = Column::new("template_interval");

    /// Column `cache_active_timeout`: optional integer from 0 to 4200.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cache_active_timeout(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CACHE_ACTIVE_TIMEOUT)
    }

    /// Column `cache_max_flows`: optional integer from 0 to 4294967295.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn cache_max_flows(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CACHE_MAX_FLOWS)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `obs_domain_id`: optional integer from 0 to 4294967295.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn obs_domain_id(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::OBS_DOMAIN_ID)
    }

    /// Column `obs_point_id`: optional integer from 0 to 4294967295.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn obs_point_id(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::OBS_POINT_ID)
    }

    /// Column `other_config`: map from string to string; since schema 7.14.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `sampling`: optional integer from 1 to 4294967295.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn sampling(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::SAMPLING)
    }

    /// Column `stats_interval`: optional integer from 1 to 3600; since schema 8.5.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn stats_interval(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::STATS_INTERVAL)
    }

    /// Column `targets`: set of string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn targets(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::TARGETS)
    }

    /// Column `template_interval`: optional integer from 1 to 3600; since schema 8.5.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn template_interval(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::TEMPLATE_INTERVAL)
    }
}

impl Table for IPFIX {
    const NAME: &'static str = "IPFIX";
    const COLUMNS: &'static [&'static str] = &[
        "cache_active_timeout",
        "cache_max_flows",
        "external_ids",
        "obs_domain_id",
        "obs_point_id",
        "other_config",
        "sampling",
        "stats_interval",
        "targets",
        "template_interval",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for IPFIX {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
