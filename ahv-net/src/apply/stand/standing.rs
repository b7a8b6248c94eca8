use super::{network, nic};
use crate::edit::{Change, Documents};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) enum Stand {
    /// It is not done.
    Before,
    /// It is done.
    After,
    /// What it is about is not there.
    Gone(String),
    /// Someone made it into something else, which is theirs.
    Neither(String),
}

impl Stand {
    /// What two parts of one change come to together.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Before, Self::Before) => Self::Before,
            (Self::After, Self::After) => Self::After,
            (neither @ Self::Neither(_), _) | (_, neither @ Self::Neither(_)) => neither,
            (gone @ Self::Gone(_), _) | (_, gone @ Self::Gone(_)) => gone,
            (Self::Before, Self::After) | (Self::After, Self::Before) => {
                Self::Neither("it is done in part".to_owned())
            }
        }
    }
}

/// How a change of libvirt's stands in the documents as they are now.
pub(crate) fn of_libvirt(change: &Change, documents: &Documents) -> Stand {
    match change {
        Change::Nic(change) => nic(change, documents.domain(change.domain_uuid)),
        Change::Network(change) => network(change, documents),
        Change::Rows(_) => Stand::Before,
    }
}
