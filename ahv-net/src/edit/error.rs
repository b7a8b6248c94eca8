use libvirt_model::xml;
use ovsdb_client::ConfigError;
use ovsdb_client::table::ColumnError;

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

    /// Whether the server's schema lacks what it needs.
    pub fn is_unsupported(&self) -> bool {
        match self {
            Self::Column(error) => error.is_unsupported(),
            Self::Value(error) => matches!(
                error,
                ConfigError::UnsupportedTable { .. } | ConfigError::UnsupportedColumn { .. }
            ),
            _ => false,
        }
    }
}
