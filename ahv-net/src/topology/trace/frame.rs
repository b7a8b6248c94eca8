use std::fmt;

use libvirt_model::vocab::VlanId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An Ethernet frame, as far as VLANs are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// Without an 802.1Q header, or with VLAN 0, which only carries a priority.
    Untagged,
    /// With an 802.1Q header of this VLAN.
    Tagged(VlanId),
}

impl Frame {
    /// A frame that a guest sends in this VLAN; 0 is untagged.
    pub fn of(vlan: VlanId) -> Self {
        if vlan.get() == 0 {
            Self::Untagged
        } else {
            Self::Tagged(vlan)
        }
    }

    /// Its VLAN on the wire; 0 of an untagged frame.
    pub(super) fn vid(self) -> u16 {
        match self {
            Self::Untagged => 0,
            Self::Tagged(vlan) => vlan.get(),
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untagged => f.write_str("untagged"),
            Self::Tagged(vlan) => write!(f, "tagged {vlan}"),
        }
    }
}
