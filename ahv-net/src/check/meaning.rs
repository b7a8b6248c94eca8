use std::collections::BTreeSet;
use std::fmt;

use libvirt_model::network::{self, NativeMode, PortVlan, VlanMode};
use libvirt_model::vocab::VlanId;

use super::context::Context;
use crate::topology::{Nic, Port, Portgroup, Vlan};

/// What the VLAN columns of a port do, whatever they are written like.
///
/// Two ports of equal meaning treat every frame alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One VLAN, without tags.
    Access(VlanId),
    /// Tagged VLANs, and untagged frames as they are.
    Trunk(Carried),
    /// A trunk on which untagged frames belong to a VLAN.
    Native {
        vlan: VlanId,
        tagged: bool,
        carried: Carried,
    },
    /// A mode that libvirt does not write.
    Other(String),
}

/// Which VLANs a trunk carries; `None` is every VLAN.
pub(super) type Carried = Option<BTreeSet<VlanId>>;

/// Where a NIC's VLANs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The NIC's own `<vlan>`.
    Nic,
    /// A portgroup of its network: the network's name and the portgroup's.
    Portgroup(String, String),
    /// Its network.
    Network(String),
    /// Nothing names a VLAN.
    Nothing,
}

/// What libvirt would make of a NIC's VLANs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) columns: PortVlan,
    pub(super) origin: Origin,
}

/// The VLAN columns of a port.
pub(super) fn columns(port: &Port) -> PortVlan {
    PortVlan {
        tag: port.tag,
        trunks: port.trunks.iter().copied().collect(),
        vlan_mode: port.vlan_mode.as_deref().map(VlanMode::from),
    }
}

impl Meaning {
    pub(super) fn of(columns: &PortVlan) -> Self {
        let carried = || (!columns.trunks.is_empty()).then(|| columns.trunks.clone());
        match (&columns.vlan_mode, columns.tag) {
            (None | Some(VlanMode::Access), Some(tag)) => Self::Access(tag),
            (None | Some(VlanMode::Trunk), _) => Self::Trunk(carried()),
            (Some(mode @ (VlanMode::NativeTagged | VlanMode::NativeUntagged)), Some(vlan)) => Self::Native {
                vlan,
                tagged: *mode == VlanMode::NativeTagged,
                carried: carried().map(|mut carried| {
                    carried.insert(vlan);
                    carried
                }),
            },
            (Some(mode), _) => Self::Other(format!("vlan_mode {mode}")),
        }
    }

    /// Whether frames of other VLANs than one may pass, and of every one.
    pub(super) fn carries_everything(&self) -> bool {
        matches!(self, Self::Trunk(None) | Self::Native { carried: None, .. })
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let carried = |carried: &Carried| match carried {
            None => "every VLAN".to_owned(),
            Some(vlans) => format!("VLANs {}", ranges(vlans)),
        };
        match self {
            Self::Access(vlan) => write!(f, "an access port of VLAN {vlan}"),
            Self::Trunk(vlans) => write!(f, "a trunk of {}", carried(vlans)),
            Self::Native {
                vlan, carried: vlans, ..
            } => {
                write!(f, "a trunk of {} with native VLAN {vlan}", carried(vlans))
            }
            Self::Other(words) => f.write_str(words),
        }
    }
}

/// `1,5-9`, as the commands take it.
pub(super) fn ranges(vlans: &BTreeSet<VlanId>) -> String {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for vlan in vlans.iter().map(|vlan| vlan.get()) {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(vlan) => *last = vlan,
            _ => ranges.push((vlan, vlan)),
        }
    }
    let words: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    words.join(",")
}

/// The VLANs of a NIC as libvirt settles them: its own, else its portgroup's, else its network's.
///
/// `None` where its network is not among those that were read, so that they cannot be told.
pub(super) fn wanted(context: &Context<'_>, nic: &Nic) -> Option<Wanted> {
    if let Some(vlan) = nic.vlan.as_ref().filter(|vlan| !vlan.tags.is_empty()) {
        return Some(Wanted {
            columns: PortVlan::from(&libvirts(vlan)),
            origin: Origin::Nic,
        });
    }
    inherited(context, nic)
}

/// The VLANs that a NIC would have without a `<vlan>` of its own.
pub(super) fn inherited(context: &Context<'_>, nic: &Nic) -> Option<Wanted> {
    let nothing = Wanted {
        columns: PortVlan::default(),
        origin: Origin::Nothing,
    };
    // A NIC that names a bridge inherits from no network, whichever uses that bridge.
    let Some(name) = nic.named_network() else {
        return Some(nothing);
    };
    let network = context.network(name)?;
    let group = match &nic.portgroup {
        Some(wanted) => network.portgroups.iter().find(|group| group.name == *wanted),
        None => network.portgroups.iter().find(|group| group.default),
    };
    let set = |vlan: &'_ Option<Vlan>| vlan.clone().filter(|vlan| !vlan.tags.is_empty());
    let from_group = group.and_then(|group| {
        Some((
            set(&group.vlan)?,
            Origin::Portgroup(network.name.clone(), group.name.clone()),
        ))
    });
    let found = from_group.or_else(|| Some((set(&network.vlan)?, Origin::Network(network.name.clone()))));
    Some(found.map_or(nothing, |(vlan, origin)| Wanted {
        columns: PortVlan::from(&libvirts(&vlan)),
        origin,
    }))
}

/// What libvirt makes of a portgroup's VLANs.
pub(super) fn group_columns(group: &Portgroup) -> PortVlan {
    group
        .vlan
        .as_ref()
        .map_or_else(PortVlan::default, |vlan| PortVlan::from(&libvirts(vlan)))
}

impl Nic {
    /// The network that its XML names, and not one that just uses the same bridge.
    pub(super) fn named_network(&self) -> Option<&str> {
        match self.network_tie {
            Some(crate::topology::NetworkTie::Named) => self.network.as_deref(),
            _ => None,
        }
    }
}

fn libvirts(vlan: &Vlan) -> network::Vlan {
    let mut libvirts = if vlan.trunk {
        network::Vlan::trunk(vlan.tags.iter().copied())
    } else {
        network::Vlan {
            trunk: None,
            tags: vlan
                .tags
                .iter()
                .map(|id| network::VlanTag {
                    id: *id,
                    native_mode: None,
                })
                .collect(),
        }
    };
    if let Some(native) = vlan.native {
        let mode = if native.tagged {
            NativeMode::Tagged
        } else {
            NativeMode::Untagged
        };
        for tag in libvirts.tags.iter_mut().filter(|tag| tag.id == native.tag) {
            tag.native_mode = Some(mode.clone());
        }
    }
    libvirts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u16]) -> BTreeSet<VlanId> {
        ids.iter().map(|id| VlanId::new(*id).unwrap()).collect()
    }

    #[test]
    fn vlans_are_written_as_ranges() {
        assert_eq!(ranges(&set(&[1, 5, 6, 7, 9])), "1,5-7,9");
        assert_eq!(ranges(&set(&[])), "");
        assert_eq!(ranges(&set(&[4094, 4095])), "4094-4095");
    }

    #[test]
    fn equal_meaning_is_equal_however_it_is_written() {
        let tag = VlanId::new(5).unwrap();
        let plain = PortVlan {
            tag: Some(tag),
            ..PortVlan::default()
        };
        let spelled = PortVlan {
            vlan_mode: Some(VlanMode::Access),
            trunks: set(&[1, 2]),
            ..plain.clone()
        };
        assert_eq!(Meaning::of(&plain), Meaning::of(&spelled));
        let native = |trunks: &[u16]| {
            Meaning::of(&PortVlan {
                tag: Some(tag),
                trunks: set(trunks),
                vlan_mode: Some(VlanMode::NativeUntagged),
            })
        };
        assert_eq!(native(&[1, 5]), native(&[1]));
        assert!(native(&[]).carries_everything());
        assert!(!native(&[1]).carries_everything());
    }
}
