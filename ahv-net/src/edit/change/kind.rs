use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NetworkChange, NicChange, RowChange};

/// What one step changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// Rows of the `Open_vSwitch` database. All such steps of a plan are one transaction.
    Rows(Vec<RowChange>),
    /// A NIC of a domain.
    Nic(Box<NicChange>),
    /// A libvirt network.
    Network(Box<NetworkChange>),
}

impl Change {
    /// What undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self {
            Self::Rows(rows) => Self::Rows(rows.iter().rev().map(RowChange::inverse).collect()),
            Self::Nic(nic) => Self::Nic(Box::new(nic.inverse())),
            Self::Network(network) => Self::Network(Box::new(network.inverse())),
        }
    }
}
