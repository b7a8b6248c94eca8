use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who makes an object what it is, what says so, and what would undo an edit of it.
///
/// Nothing here is concluded from a name alone: an owner without evidence is [`Owner::Unknown`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Ownership {
    /// Whose it is: that of the first evidence.
    pub owner: Owner,
    /// What says so, the strongest first. It may speak for more than one owner, as of a port that libvirt
    /// plugs for neutron.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<OwnerEvidence>,
    /// What would undo an edit that is made behind the owner's back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverts: Vec<Revert>,
}

impl Ownership {
    /// What nothing is known of, shared by all such objects.
    pub(crate) fn unknown() -> Arc<Self> {
        static UNKNOWN: LazyLock<Arc<Ownership>> = LazyLock::new(Arc::default);
        Arc::clone(&UNKNOWN)
    }

    /// What would undo an edit of this aspect.
    pub fn reverts_of(&self, aspect: Aspect) -> impl Iterator<Item = &Revert> {
        self.reverts.iter().filter(move |revert| revert.aspect == aspect)
    }
}

/// A program that makes objects of the network, and keeps them as it wants them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Owner {
    /// This library, or automation made with it: `external_ids:ahv-net-owner`.
    AhvNet,
    /// Open Virtual Network: ovn-controller.
    Ovn,
    /// OpenStack's neutron agent.
    Neutron,
    /// NetworkManager.
    NetworkManager,
    /// Nutanix's Acropolis: `acli`, `manage_ovs`, the cluster's virtual switch.
    Acropolis,
    /// Proxmox VE.
    Proxmox,
    /// libvirtd.
    Libvirt,
    /// The network scripts of the RHEL family: `ifcfg-*` files.
    NetworkScripts,
    /// No evidence tells; also an owner that a later version names.
    #[default]
    #[serde(other)]
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AhvNet => "ahv-net",
            Self::Ovn => "OVN",
            Self::Neutron => "neutron",
            Self::NetworkManager => "NetworkManager",
            Self::Acropolis => "Acropolis",
            Self::Proxmox => "Proxmox",
            Self::Libvirt => "libvirt",
            Self::NetworkScripts => "network scripts",
            Self::Unknown => "unknown",
        })
    }
}

/// One reason to believe that an object is somebody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct OwnerEvidence {
    /// Whose it would be.
    pub owner: Owner,
    /// What was seen, in one clause that names its source; for a reader, not for a program.
    pub what: String,
}

/// Something that undoes an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Revert {
    /// Which edits it undoes.
    pub aspect: Aspect,
    /// Who undoes them.
    pub by: Owner,
    /// When and how, in one clause.
    pub when: Cow<'static, str>,
    /// The owner's own command for such an edit, which lasts; words in capitals stand for values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// What of an object an edit changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Aspect {
    /// The object itself: that it is there, and every column that nothing else here names.
    Existence,
    /// `tag`, `trunks` and `vlan_mode`.
    Vlan,
    /// Which NICs are uplinks, and of which bond.
    Uplinks,
    /// `bond_mode`, `lacp` and what goes with them.
    Bond,
    /// Which ports a bridge has.
    Ports,
    /// The host's addresses.
    Addresses,
    /// An aspect that a later version names.
    #[serde(other)]
    Other,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Existence => "existence",
            Self::Vlan => "VLAN",
            Self::Uplinks => "uplinks",
            Self::Bond => "bond",
            Self::Ports => "ports",
            Self::Addresses => "addresses",
            Self::Other => "other",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_later_version_is_unknown_and_no_error() {
        let read: Ownership = serde_json::from_str(
            r#"{"owner": "somebody-new", "reverts": [{"aspect": "colour", "by": "somebody-new", "when": "always"}]}"#,
        )
        .unwrap();
        assert_eq!(
            (read.owner, read.reverts[0].aspect),
            (Owner::Unknown, Aspect::Other)
        );
        assert_eq!(
            serde_json::to_string(&Ownership::default()).unwrap(),
            r#"{"owner":"unknown"}"#
        );
    }
}
