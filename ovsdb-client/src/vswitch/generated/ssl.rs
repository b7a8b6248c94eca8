//! Table `SSL`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `SSL`.
#[derive(Clone, PartialEq)]
pub struct SSL(TableRow);

impl SSL {
    /// Column `bootstrap_ca_cert`: boolean.
    pub const BOOTSTRAP_CA_CERT: Column<Self, bool> = Column::new("bootstrap_ca_cert");
    /// Column `ca_cert`: string.
    pub const CA_CERT: Column<Self, Arc<str>> = Column::new("ca_cert");
    /// Column `certificate`: string.
    pub const CERTIFICATE: Column<Self, Arc<str>> = Column::new("certificate");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `private_key`: string.
    pub const PRIVATE_KEY: Column<Self, Arc<str>> = Column::new("private_key");

    /// Column `bootstrap_ca_cert`: boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn bootstrap_ca_cert(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::BOOTSTRAP_CA_CERT)
    }

    /// Column `ca_cert`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn ca_cert(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::CA_CERT)
    }

    /// Column `certificate`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn certificate(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::CERTIFICATE)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `private_key`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn private_key(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::PRIVATE_KEY)
    }
}

impl Table for SSL {
    const NAME: &'static str = "SSL";
    const COLUMNS: &'static [&'static str] = &[
        "bootstrap_ca_cert",
        "ca_cert",
        "certificate",
        "external_ids",
        "private_key",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for SSL {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
