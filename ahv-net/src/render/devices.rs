use std::collections::{HashMap, HashSet};

use crate::topology::{Link, Topology};

/// The kernel's links, by what a picture asks of them.
pub(super) struct Devices<'a> {
    by_name: HashMap<&'a str, &'a Link>,
    members: HashMap<&'a str, Vec<&'a Link>>,
    vlans: HashMap<&'a str, Vec<&'a Link>>,
    /// NICs of the host that are in no bridge and no bond, in the topology's order.
    pub(super) unused: Vec<&'a Link>,
}

impl<'a> Devices<'a> {
    pub(super) fn of(topology: &'a Topology) -> Self {
        let in_ports: HashSet<&str> = topology
            .ports()
            .flat_map(|port| &port.interfaces)
            .map(|interface| interface.name.as_str())
            .collect();
        let mut by_name = HashMap::new();
        let mut members: HashMap<&str, Vec<&Link>> = HashMap::new();
        let mut vlans: HashMap<&str, Vec<&Link>> = HashMap::new();
        for link in &topology.links {
            by_name.insert(link.name.as_str(), link);
            if let Some(master) = &link.master {
                members.entry(master).or_default().push(link);
            }
            if let Some(parent) = &link.parent {
                vlans.entry(parent).or_default().push(link);
            }
        }
        let unused = topology
            .links
            .iter()
            .filter(|link| link.kind.is_none() && !link.loopback && link.mac.is_some())
            .filter(|link| link.master.is_none() && !in_ports.contains(link.name.as_str()))
            .collect();
        Self {
            by_name,
            members,
            vlans,
            unused,
        }
    }

    pub(super) fn link(&self, name: &str) -> Option<&'a Link> {
        self.by_name.get(name).copied()
    }

    /// The members of a Linux bond.
    pub(super) fn members(&self, name: &str) -> &[&'a Link] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    /// The VLAN devices that stand on a link.
    pub(super) fn vlans_on(&self, name: &str) -> &[&'a Link] {
        self.vlans.get(name).map_or(&[], Vec::as_slice)
    }
}
