//! Table `CT_Zone`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, RowUuid, Table, TableRow};
use ::ovsdb_client::value::{Map};

use super::{CTTimeoutPolicy};

/// A row of table `CT_Zone`. Since schema 8.1.0.
#[derive(Clone, PartialEq)]
pub struct CTZone(TableRow);

impl CTZone {
    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `limit`: optional integer from 0 to 4294967295; since schema 8.5.0.
    pub const LIMIT: Column<Self, Option<i64>> = Column::new("limit");
    /// Column `timeout_policy`: optional reference to `CT_Timeout_Policy`; since schema 8.1.0.
    pub const TIMEOUT_POLICY: Column<Self, Option<RowUuid<CTTimeoutPolicy>>> = Column::new("timeout_policy");

    /// Column `external_ids`: map from string to string; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `limit`: optional integer from 0 to 4294967295; since schema 8.5.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn limit(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::LIMIT)
    }

    /// Column `timeout_policy`: optional reference to `CT_Timeout_Policy`; since schema 8.1.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn timeout_policy(&self) -> Result<Option<RowUuid<CTTimeoutPolicy>>, ColumnError> {
        self.0.get(Self::TIMEOUT_POLICY)
    }
}

impl Table for CTZone {
    const NAME: &'static str = "CT_Zone";
    const COLUMNS: &'static [&'static str] = &[
        "external_ids",
        "limit",
        "timeout_policy",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for CTZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
