//! Whether a change is done, not done, or neither, on the host as it is now.
//!
//! Everything that must be sure rests on this: a plan that is stale, an answer that was lost, an undo, a
//! recovery. None of them trusts what was noted down; they look.

mod fits;
mod network;
mod nic;
mod part;
mod rows;

pub(crate) use fits::{FilledIn, is_alike};
pub(crate) use network::{Call, judge as judge_network, network};
pub(crate) use nic::{found as found_nic, fragment, nic};
pub(crate) use part::{merged, touched};
pub(crate) use rows::{rows, rows_among};

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
