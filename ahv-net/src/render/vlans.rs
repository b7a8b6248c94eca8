use std::fmt::{self, Display};

use libvirt_model::vocab::VlanId;

use crate::topology::{BridgeKind, Port};

/// What a port does with VLANs: `Port.tag`, `Port.trunks` and `Port.vlan_mode` read together, as
/// ovs-vswitchd.conf.db(5) says under "vlan_mode".
///
/// The order is that of the pictures: what carries everything first, then by VLAN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Vlans {
    /// A port of a Linux bridge, of whose VLANs no source speaks.
    Unsaid,
    /// A trunk that names no VLAN carries all of them.
    All(Native),
    /// Frames of one VLAN, which the peer sees without a tag.
    Access(u16),
    /// The VLANs named, in ascending order.
    Trunk(Vec<u16>, Native),
    /// `dot1q-tunnel`: the peer's frames, tags and all, inside this VLAN.
    Tunnel(u16),
}

/// The VLAN of a trunk's untagged frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Native {
    /// VLAN 0, as for any trunk without one.
    None,
    /// `native-tagged`.
    Tagged(u16),
    /// `native-untagged`.
    Untagged(u16),
}

impl Vlans {
    /// What this port does on a bridge of this kind.
    pub(super) fn of(bridge: BridgeKind, port: &Port) -> Self {
        if bridge == BridgeKind::Linux {
            return Self::Unsaid;
        }
        // Open vSwitch takes a missing tag for VLAN 0 where the mode asks for one.
        let tag = port.tag.map_or(0, VlanId::get);
        match (port.vlan_mode.as_deref(), port.tag) {
            (Some("access"), _) | (None, Some(_)) => Self::Access(tag),
            (Some("native-tagged"), _) => Self::trunk(port, Native::Tagged(tag)),
            (Some("native-untagged"), _) => Self::trunk(port, Native::Untagged(tag)),
            (Some("dot1q-tunnel"), _) => Self::Tunnel(tag),
            // `trunk`, no mode and no tag, and the modes of an Open vSwitch to come.
            _ => Self::trunk(port, Native::None),
        }
    }

    fn trunk(port: &Port, native: Native) -> Self {
        let mut ids: Vec<u16> = port.trunks.iter().map(|id| id.get()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            Self::All(native)
        } else {
            Self::Trunk(ids, native)
        }
    }

    /// The one VLAN by which a picture colours the port; a trunk has none.
    pub(super) fn single(&self) -> Option<u16> {
        match self {
            Self::Access(id) | Self::Tunnel(id) => Some(*id),
            Self::Unsaid | Self::All(_) | Self::Trunk(..) => None,
        }
    }
}

impl Display for Vlans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => f.write_str("VLANs not known"),
            Self::All(native) => write!(f, "all VLANs{native}"),
            Self::Access(id) => write!(f, "VLAN {id}"),
            Self::Trunk(ids, native) => write!(f, "trunk {}{native}", Ranges(ids)),
            Self::Tunnel(id) => write!(f, "VLAN {id} (dot1q-tunnel)"),
        }
    }
}

impl Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Tagged(id) => write!(f, ", native {id} tagged"),
            Self::Untagged(id) => write!(f, ", native {id} untagged"),
        }
    }
}

/// Ascending numbers with runs drawn together: `1,5-9`.
struct Ranges<'a>(&'a [u16]);

impl Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for run in self.0.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
            match run {
                [] => {}
                [one] => write!(f, "{separator}{one}")?,
                [first, .., last] => write!(f, "{separator}{first}-{last}")?,
            }
            separator = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::specimen;
    use super::*;

    fn words(tag: Option<u16>, trunks: &[u16], mode: Option<&str>) -> String {
        let mut port = specimen::port("tap0", &["tap0"]);
        port.tag = tag.map(|id| VlanId::new(id).unwrap());
        port.trunks = trunks.iter().map(|id| VlanId::new(*id).unwrap()).collect();
        port.vlan_mode = mode.map(str::to_owned);
        let topology = specimen::one_bridge(port);
        let (bridge, port) = (&topology.bridges[0], topology.port("tap0").unwrap());
        Vlans::of(bridge.kind, port).to_string()
    }

    #[test]
    fn the_three_columns_are_read_as_open_vswitch_reads_them() {
        assert_eq!(words(None, &[], None), "all VLANs");
        assert_eq!(words(Some(32), &[], None), "VLAN 32");
        assert_eq!(words(None, &[9, 7, 8, 1, 7], None), "trunk 1,7-9");
        // A tag with trunks and no mode is an access port: the trunks are a silent no-op.
        assert_eq!(words(Some(32), &[5], None), "VLAN 32");
        assert_eq!(words(Some(32), &[5], Some("trunk")), "trunk 5");
        assert_eq!(
            words(Some(4), &[5, 6], Some("native-untagged")),
            "trunk 5-6, native 4 untagged"
        );
        assert_eq!(
            words(Some(4), &[], Some("native-tagged")),
            "all VLANs, native 4 tagged"
        );
        assert_eq!(words(Some(7), &[], Some("dot1q-tunnel")), "VLAN 7 (dot1q-tunnel)");
        assert_eq!(words(None, &[], Some("access")), "VLAN 0");
    }
}
