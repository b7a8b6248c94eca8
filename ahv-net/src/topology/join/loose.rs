use foldhash::{HashSet, HashSetExt as _};

use super::nics::Nics;
use crate::observe::{Observed, ObservedNic};
use crate::topology::{Bridge, KernelGaps, Link, Role, Unmatched, UnmatchedKind};

/// Devices that Open vSwitch makes for its datapaths, under these very names.
const DATAPATH_DEVICES: [&str; 2] = ["ovs-system", "ovs-netdev"];

/// Ports that no evidence explains.
pub(super) fn ports(bridges: &[Bridge]) -> impl Iterator<Item = Unmatched> {
    bridges.iter().flat_map(|bridge| {
        bridge
            .ports
            .iter()
            .filter(|port| port.role == Role::Unknown)
            .map(|port| Unmatched {
                kind: UnmatchedKind::Port,
                name: port.name.clone(),
                reason: format!("on {}: {}", bridge.name, port.role_reason),
            })
    })
}

/// NICs of running domains that ought to have a port and have none.
pub(super) fn nics(nics: &Nics<'_>, joined: &[bool]) -> Vec<Unmatched> {
    nics.iter()
        .zip(joined)
        .filter(|((_, candidate), joined)| !**joined && is_on_a_bridge(candidate.nic))
        .map(|((_, candidate), _)| Unmatched {
            kind: UnmatchedKind::Nic,
            name: match candidate.nic.mac {
                Some(mac) => format!("{}/{mac}", candidate.domain.name),
                None => candidate.domain.name.clone(),
            },
            reason: match &candidate.nic.target {
                Some(target) => format!("no port is {target} or points to it in any other way"),
                None => "no port points to it".to_owned(),
            },
        })
        .collect()
}

/// Of the other types (user, hostdev, direct, …) no bridge has a port. `tap` is qemu's word for a NIC of
/// which no XML was read.
fn is_on_a_bridge(nic: &ObservedNic) -> bool {
    matches!(nic.type_.as_str(), "bridge" | "network" | "ethernet" | "tap")
}

/// Links that are part of nothing: no port, no bridge, no member, no address.
pub(super) fn links(observed: &Observed, bridges: &[Bridge], nics: &Nics<'_>) -> Vec<Unmatched> {
    // Without OVSDB nobody can tell what is on no bridge.
    let (Some(kernel), Some(_)) = (&observed.kernel, &observed.ovsdb) else {
        return Vec::new();
    };
    // Most links are ports, and those have a master: what is asked of every interface is asked of the few others.
    let is_alone = |link: &&Link| !link.loopback && link.master.is_none() && link.addresses.is_empty();
    let alone = || kernel.said.links.iter().filter(is_alone);
    let mut unused: HashSet<&str> = alone().map(|link| link.name.as_str()).collect();
    let mut tunnels: HashSet<&str> = HashSet::new();
    for bridge in bridges {
        unused.remove(bridge.name.as_str());
        for interface in bridge.ports.iter().flat_map(|port| &port.interfaces) {
            unused.remove(interface.name.as_str());
            tunnels.insert(&interface.type_);
        }
    }
    let is_loose = |link: &&Link| {
        unused.contains(link.name.as_str())
            && !DATAPATH_DEVICES.contains(&link.name.as_str())
            && !is_datapath_tunnel(link, &tunnels)
    };
    alone()
        .filter(is_loose)
        .map(|link| Unmatched {
            kind: UnmatchedKind::Link,
            name: link.name.clone(),
            reason: match nics.targeted(&link.name) {
                Some(nic) => format!(
                    "{} that is the tap of {nic}, in no bridge",
                    what(link, &kernel.said.gaps)
                ),
                None => format!(
                    "{} in no bridge, and without an address",
                    what(link, &kernel.said.gaps)
                ),
            },
        })
        .collect()
}

/// The kernel's datapath has one device, such as `vxlan_sys_4789`, for all of its tunnels of a type.
fn is_datapath_tunnel(link: &Link, tunnels: &HashSet<&str>) -> bool {
    link.kind.as_deref().is_some_and(|kind| tunnels.contains(kind)) && link.name.contains("_sys")
}

fn what(link: &Link, gaps: &KernelGaps) -> String {
    if let (Some(id), Some(parent), Some(why)) = (link.vlan_id, &link.parent, gaps.concluded.get(&link.name))
    {
        return format!("VLAN {id} of {parent}, {why}:");
    }
    if gaps.kinds.contains(&link.name) {
        return "a device of which no capture tells the kind:".to_owned();
    }
    match (link.kind.as_deref(), link.vlan_id, &link.parent) {
        (Some("vlan"), Some(id), Some(parent)) => format!("VLAN {id} of {parent}:"),
        (Some(kind), ..) => format!("a {kind} device"),
        (None, ..) => "a NIC of the host".to_owned(),
    }
}
