use std::collections::{HashMap, HashSet};

use crate::topology::Topology;

/// A port, by the places of its bridge and of itself in a topology's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PortAt {
    pub(super) bridge: usize,
    pub(super) port: usize,
}

/// Two ports that lead to each other: patch ports that name each other, or the two ends of a veth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cable {
    pub(super) a: PortAt,
    pub(super) b: PortAt,
}

impl Cable {
    /// Both ends, the one that leads towards the wire first.
    pub(super) fn towards(self, wireward: &HashSet<PortAt>) -> (PortAt, PortAt) {
        if wireward.contains(&self.b) {
            (self.b, self.a)
        } else {
            (self.a, self.b)
        }
    }
}

/// The cables between the bridges of the host. A patch port whose peer does not name it back has none.
pub(super) fn cables(topology: &Topology) -> Vec<Cable> {
    let veths: HashMap<&str, &str> = topology
        .links
        .iter()
        .filter_map(|link| Some((link.name.as_str(), link.peer.as_deref()?)))
        .collect();
    let mut ends: HashMap<&str, (PortAt, &str)> = HashMap::new();
    let mut in_order = Vec::new();
    for (bridge, ports) in topology.bridges.iter().map(|bridge| &bridge.ports).enumerate() {
        for (port, interfaces) in ports.iter().map(|port| &port.interfaces).enumerate() {
            for interface in interfaces {
                let name = interface.name.as_str();
                let peer = match interface.type_.as_str() {
                    "patch" => interface.options.get("peer").map(String::as_str),
                    "" | "system" => veths.get(name).copied(),
                    _ => None,
                };
                if let Some(peer) = peer {
                    let at = PortAt { bridge, port };
                    ends.entry(name).or_insert((at, peer));
                    in_order.push((at, name, peer));
                }
            }
        }
    }
    in_order
        .into_iter()
        .filter_map(|(a, name, peer)| {
            let (b, back) = *ends.get(peer)?;
            (back == name && a < b).then_some(Cable { a, b })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::specimen;
    use super::*;

    fn named<'a>(topology: &'a Topology, cables: &[Cable]) -> Vec<(&'a str, &'a str)> {
        let name = |at: PortAt| topology.bridges[at.bridge].ports[at.port].name.as_str();
        cables
            .iter()
            .map(|cable| (name(cable.a), name(cable.b)))
            .collect()
    }

    #[test]
    fn only_ports_that_name_each_other_are_one_cable() {
        let topology = specimen::bridges(&[
            (
                "br0",
                vec![specimen::patch("up", "down"), specimen::patch("lost", "nowhere")],
            ),
            (
                "br1",
                vec![
                    specimen::patch("down", "up"),
                    specimen::patch("one-sided", "lost"),
                ],
            ),
        ]);
        assert_eq!(named(&topology, &cables(&topology)), [("up", "down")]);
    }

    #[test]
    fn the_ends_of_a_veth_are_one_cable() {
        let topology = specimen::plain();
        let found = named(&topology, &cables(&topology));
        assert!(found.contains(&("to-vmbr10", "to-vmbr0")), "{found:?}");
        assert!(found.contains(&("qvo00000000", "qvb00000000")), "{found:?}");
    }
}
