use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What captures leave out of the kernel's picture, so that absence is not taken for a fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KernelGaps {
    /// There may be links that are not listed: `ifconfig` without `-a` shows only those that are up.
    pub links: bool,
    /// Links of which no capture tells the kind, so that `None` does not mean a physical NIC.
    pub kinds: BTreeSet<String>,
    /// Links whose kind was concluded and not told, and from what, in one clause.
    pub concluded: BTreeMap<String, String>,
}

impl KernelGaps {
    /// Whether everything was told, as on a live host.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
