//! Table `Flow_Table`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map, Set};

/// A row of table `Flow_Table`.
#[derive(Clone, PartialEq)]
pub struct FlowTable(TableRow);

impl FlowTable {
    /// Column `external_ids`: map from string to string; since schema 7.5.0.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `flow_limit`: optional integer from 0 up.
    pub const FLOW_LIMIT: Column<Self, Option<i64>> = Column::new("flow_limit");
    /// Column `groups`: set of string.
    pub const GROUPS: Column<Self, Set<Arc<str>>> = Column::new("groups");
    /// Column `name`: optional string.
    pub const NAME: Column<Self, Option<Arc<str>>> = Column::new("name");
    /// Column `overflow_policy`: optional string (one of `evict`, `refuse`).
    pub const OVERFLOW_POLICY: Column<Self, Option<FlowTableOverflowPolicy>> = Column::new("overflow_policy");
    /// Column `prefixes`: set of string, 4 at most.
    pub const PREFIXES: Column<Self, Set<Arc<str>>> = Column::new("prefixes");

    /// Column `external_ids`: map from string to string; since schema 7.5.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `flow_limit`: optional integer from 0 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn flow_limit(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::FLOW_LIMIT)
    }

    /// Column `groups`: set of string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn groups(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::GROUPS)
    }

    /// Column `name`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn name(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::NAME)
    }

    /// Column `overflow_policy`: optional string (one of `evict`, `refuse`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn overflow_policy(&self) -> Result<Option<FlowTableOverflowPolicy>, ColumnError> {
        self.0.get(Self::OVERFLOW_POLICY)
    }

    /// Column `prefixes`: set of string, 4 at most.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn prefixes(&self) -> Result<Set<Arc<str>>, ColumnError> {
        self.0.get(Self::PREFIXES)
    }
}

impl Table for FlowTable {
    const NAME: &'static str = "Flow_Table";
    const COLUMNS: &'static [&'static str] = &[
        "external_ids",
        "flow_limit",
        "groups",
        "name",
        "overflow_policy",
        "prefixes",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for FlowTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Flow_Table.overflow_policy` may be.
    FlowTableOverflowPolicy {
        /// `evict`
        Evict = "evict",
        /// `refuse`
        Refuse = "refuse",
    }
}
