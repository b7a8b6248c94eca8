use std::fmt;

use libvirt_model::xml;
use ovsdb_client::ConfigError;
use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::ColumnError;
use ovsdb_client::vswitch::{OpenVSwitch, facts};
use ovsdb_client::wire::Version;

/// Why an edit cannot be planned. Nothing was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It contradicts itself, or the host as it is: a bond of one, a name that is taken.
    #[error("{0}")]
    Refused(String),
    /// What it names is not there.
    #[error("there is no {what}{hint}")]
    NotFound {
        /// What was looked for, such as `port tap9`.
        what: String,
        /// What to do instead, as the end of the sentence; empty where nothing is known.
        hint: String,
    },
    /// What it names is there more than once.
    #[error("{0}")]
    Ambiguous(String),
    /// It needs a source that was not named.
    #[error("{what} needs {source_name}, which is not connected: {flag}")]
    NoSource {
        /// What was to be done.
        what: String,
        /// The source that it needs.
        source_name: &'static str,
        /// How to name it.
        flag: &'static str,
    },
    /// The server's schema lacks a column that it needs.
    #[error("{0}")]
    Column(#[from] ColumnError),
    /// The host's Open vSwitch is too old for it.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// A value that the schema does not allow.
    #[error("{0}")]
    Value(#[from] ConfigError),
    /// A document that cannot be read or edited so.
    #[error("{what}: {error}")]
    Xml {
        /// Whose document it is.
        what: String,
        /// What is wrong with it.
        error: xml::Error,
    },
}

impl PlanError {
    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::Refused(what.into())
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound {
            what: what.into(),
            hint: String::new(),
        }
    }

    /// Of what is to go: says how that is no failure where it is gone already.
    pub(crate) fn or_if_exists(self) -> Self {
        match self {
            Self::NotFound { what, hint } => Self::NotFound {
                what,
                hint: format!("{hint}; add --if-exists where it may be gone already"),
            },
            other => other,
        }
    }

    /// Whether what it names is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Says of a column or table that the host lacks which host that is, since when there is one, and what to do.
    pub(crate) fn on(self, snapshot: &Snapshot) -> Self {
        let (table, column) = match &self {
            Self::Column(ColumnError::UnsupportedByServer { table, column }) => {
                (table.to_string(), column.as_deref().map(str::to_owned))
            }
            Self::Value(ConfigError::UnsupportedTable { table, .. }) => (table.clone(), None),
            Self::Value(ConfigError::UnsupportedColumn { table, column }) => {
                (table.clone(), Some(column.clone()))
            }
            _ => return self,
        };
        let root = snapshot.only::<OpenVSwitch>().ok().flatten();
        Self::Unsupported(Unsupported {
            since: facts().since(&table, column.as_deref()),
            table,
            column,
            ovs_version: root
                .and_then(|root| root.ovs_version().ok().flatten())
                .map(|version| version.to_string()),
            schema: snapshot.schema().version,
        })
    }

    /// Whether the server's schema lacks what it needs.
    pub fn is_unsupported(&self) -> bool {
        match self {
            Self::Unsupported(_) => true,
            Self::Column(error) => error.is_unsupported(),
            Self::Value(error) => matches!(
                error,
                ConfigError::UnsupportedTable { .. } | ConfigError::UnsupportedColumn { .. }
            ),
            _ => false,
        }
    }
}

/// A table or column that the schema of the host's Open vSwitch does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsupported {
    /// The table.
    pub table: String,
    /// The column; `None` where the whole table is not there.
    pub column: Option<String>,
    /// Column `Open_vSwitch.ovs_version` of the host.
    pub ovs_version: Option<String>,
    /// The version of the host's schema.
    pub schema: Version,
    /// The schema that has it first, where that is known.
    pub since: Option<Version>,
}

impl Unsupported {
    /// What does the same without it, or nearly.
    fn instead(&self) -> &'static str {
        match (self.table.as_str(), self.column.as_deref()) {
            ("Interface", Some("mtu_request")) => {
                "set it by hand on each device, with ip link set dev DEVICE mtu BYTES, or leave the MTU out"
            }
            _ => "leave out what needs it",
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this host's Open vSwitch")?;
        if let Some(version) = &self.ovs_version {
            write!(f, " {version}")?;
        }
        write!(f, " (schema {}) has no ", self.schema)?;
        match &self.column {
            Some(column) => write!(f, "column {}.{column}", self.table)?,
            None => write!(f, "table {}", self.table)?,
        }
        if let Some(since) = self.since {
            write!(f, ", which came with schema {since}")?;
        }
        write!(f, ": {}", self.instead())
    }
}
