//! Table `Controller`. Made by modelgen; do not edit.

use std::fmt;
use std::sync::Arc;

use ::ovsdb_client::table::{Column, ColumnError, Table, TableRow};
use ::ovsdb_client::value::{Map};

/// A row of table `Controller`.
#[derive(Clone, PartialEq)]
pub struct Controller(TableRow);

impl Controller {
    /// Column `connection_mode`: optional string (one of `in-band`, `out-of-band`).
    pub const CONNECTION_MODE: Column<Self, Option<ControllerConnectionMode>> = Column::new("connection_mode");
    /// Column `controller_burst_limit`: optional integer from 25 up.
    pub const CONTROLLER_BURST_LIMIT: Column<Self, Option<i64>> = Column::new("controller_burst_limit");
    /// Column `controller_queue_size`: optional integer from 1 to 512; since schema 8.0.0.
    pub const CONTROLLER_QUEUE_SIZE: Column<Self, Option<i64>> = Column::new("controller_queue_size");
    /// Column `controller_rate_limit`: optional integer from 100 up.
    pub const CONTROLLER_RATE_LIMIT: Column<Self, Option<i64>> = Column::new("controller_rate_limit");
    /// Column `enable_async_messages`: optional boolean.
    pub const ENABLE_ASYNC_MESSAGES: Column<Self, Option<bool>> = Column::new("enable_async_messages");
    /// Column `external_ids`: map from string to string.
    pub const EXTERNAL_IDS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("external_ids");
    /// Column `inactivity_probe`: optional integer.
    pub const INACTIVITY_PROBE: Column<Self, Option<i64>> = Column::new("inactivity_probe");
    /// Column `is_connected`: boolean; not kept on disk.
    pub const IS_CONNECTED: Column<Self, bool> = Column::new("is_connected");
    /// Column `local_gateway`: optional string.
    pub const LOCAL_GATEWAY: Column<Self, Option<Arc<str>>> = Column::new("local_gateway");
    /// Column `local_ip`: optional string.
    pub const LOCAL_IP: Column<Self, Option<Arc<str>>> = Column::new("local_ip");
    /// Column `local_netmask`: optional string.
    pub const LOCAL_NETMASK: Column<Self, Option<Arc<str>>> = Column::new("local_netmask");
    /// Column `max_backoff`: optional integer from 1000 up.
    pub const MAX_BACKOFF: Column<Self, Option<i64>> = Column::new("max_backoff");
    /// Column `other_config`: map from string to string.
    pub const OTHER_CONFIG: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("other_config");
    /// Column `role`: optional string (one of `master`, `other`, `slave`); not kept on disk.
    pub const ROLE: Column<Self, Option<ControllerRole>> = Column::new("role");
    /// Column `status`: map from string to string; not kept on disk.
    pub const STATUS: Column<Self, Map<Arc<str>, Arc<str>>> = Column::new("status");
    /// Column `target`: string.
    pub const TARGET: Column<Self, Arc<str>> = Column::new("target");
    /// Column `type`: optional string (one of `primary`, `service`); since schema 8.2.0.
    pub const TYPE: Column<Self, Option<ControllerType>> = Column::new("type");

    /// Column `connection_mode`: optional string (one of `in-band`, `out-of-band`).
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn connection_mode(&self) -> Result<Option<ControllerConnectionMode>, ColumnError> {
        self.0.get(Self::CONNECTION_MODE)
    }

    /// Column `controller_burst_limit`: optional integer from 25 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn controller_burst_limit(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CONTROLLER_BURST_LIMIT)
    }

    /// Column `controller_queue_size`: optional integer from 1 to 512; since schema 8.0.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn controller_queue_size(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CONTROLLER_QUEUE_SIZE)
    }

    /// Column `controller_rate_limit`: optional integer from 100 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn controller_rate_limit(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::CONTROLLER_RATE_LIMIT)
    }

    /// Column `enable_async_messages`: optional boolean.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn enable_async_messages(&self) -> Result<Option<bool>, ColumnError> {
        self.0.get(Self::ENABLE_ASYNC_MESSAGES)
    }

    /// Column `external_ids`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn external_ids(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::EXTERNAL_IDS)
    }

    /// Column `inactivity_probe`: optional integer.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn inactivity_probe(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::INACTIVITY_PROBE)
    }

    /// Column `is_connected`: boolean; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn is_connected(&self) -> Result<bool, ColumnError> {
        self.0.get(Self::IS_CONNECTED)
    }

    /// Column `local_gateway`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn local_gateway(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::LOCAL_GATEWAY)
    }

    /// Column `local_ip`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn local_ip(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::LOCAL_IP)
    }

    /// Column `local_netmask`: optional string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn local_netmask(&self) -> Result<Option<Arc<str>>, ColumnError> {
        self.0.get(Self::LOCAL_NETMASK)
    }

    /// Column `max_backoff`: optional integer from 1000 up.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn max_backoff(&self) -> Result<Option<i64>, ColumnError> {
        self.0.get(Self::MAX_BACKOFF)
    }

    /// Column `other_config`: map from string to string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn other_config(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::OTHER_CONFIG)
    }

    /// Column `role`: optional string (one of `master`, `other`, `slave`); not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn role(&self) -> Result<Option<ControllerRole>, ColumnError> {
        self.0.get(Self::ROLE)
    }

    /// Column `status`: map from string to string; not kept on disk.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn status(&self) -> Result<Map<Arc<str>, Arc<str>>, ColumnError> {
        self.0.get(Self::STATUS)
    }

    /// Column `target`: string.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn target(&self) -> Result<Arc<str>, ColumnError> {
        self.0.get(Self::TARGET)
    }

    /// Column `type`: optional string (one of `primary`, `service`); since schema 8.2.0.
    ///
    /// # Errors
    /// If the server or the replica does not have it.
    pub fn type_(&self) -> Result<Option<ControllerType>, ColumnError> {
        self.0.get(Self::TYPE)
    }
}

impl Table for Controller {
    const NAME: &'static str = "Controller";
    const COLUMNS: &'static [&'static str] = &[
        "connection_mode",
        "controller_burst_limit",
        "controller_queue_size",
        "controller_rate_limit",
        "enable_async_messages",
        "external_ids",
        "inactivity_probe",
        "is_connected",
        "local_gateway",
        "local_ip",
        "local_netmask",
        "max_backoff",
        "other_config",
        "role",
        "status",
        "target",
        "type",
    ];

    fn from_row(row: TableRow) -> Self {
        Self(row)
    }

    fn row(&self) -> &TableRow {
        &self.0
    }
}

impl fmt::Debug for Controller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

::ovsdb_client::open_enum! {
    /// What column `Controller.connection_mode` may be.
    ControllerConnectionMode {
        /// `in-band`
        InBand = "in-band",
        /// `out-of-band`
        OutOfBand = "out-of-band",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Controller.role` may be.
    ControllerRole {
        /// `master`
        Master = "master",
        /// `other`
        OtherWord = "other",
        /// `slave`
        Slave = "slave",
    }
}

::ovsdb_client::open_enum! {
    /// What column `Controller.type` may be.
    ControllerType {
        /// `primary`
        Primary = "primary",
        /// `service`
        Service = "service",
    }
}
