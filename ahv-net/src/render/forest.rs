use std::collections::{HashMap, HashSet};

use super::cables::{Cable, PortAt, cables};
use crate::topology::{Bridge, BridgeKind, Role, Topology};

/// The bridges as trees: each stands on, or hangs from, the one it is patched to.
///
/// What leads to the wire hangs below and everything else stands above, so that a picture reads from the
/// guests downwards to the wire. A cable that would close a ring is in no tree.
pub(super) struct Forest {
    /// Each after the one it belongs to.
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<usize>,
    /// The ports at the ends of the cables that are part of a tree.
    pub(super) cabled: HashSet<PortAt>,
}

/// A bridge in its tree.
pub(super) struct Node {
    /// Its place in the topology's list.
    pub(super) bridge: usize,
    pub(super) tie: Tie,
    /// The nodes that stand on it.
    pub(super) above: Vec<usize>,
    /// The nodes that hang from it.
    pub(super) below: Vec<usize>,
    /// Whether nothing is drawn over its own ports, so that a line may go straight up from them.
    pub(super) open_sky: bool,
    /// Whether the first of those that hang from it has the way past it.
    pub(super) way_taken: bool,
}

/// How a bridge is tied to its tree.
pub(super) enum Tie {
    Root,
    /// It stands on its parent; of each cable its own end and the parent's.
    StandsOn(Vec<(PortAt, PortAt)>),
    /// It hangs from its parent.
    HangsFrom(Vec<(PortAt, PortAt)>),
}

impl Forest {
    /// The ends of the trees' cables that lead from the guests towards the wire.
    pub(super) fn wireward(&self) -> HashSet<PortAt> {
        let mut ends = HashSet::new();
        for node in &self.nodes {
            match &node.tie {
                Tie::Root => {}
                Tie::StandsOn(cables) => ends.extend(cables.iter().map(|(own, _)| *own)),
                Tie::HangsFrom(cables) => ends.extend(cables.iter().map(|(_, parents)| *parents)),
            }
        }
        ends
    }

    /// `controllers` are the bridges on which the controller VM has a port.
    pub(super) fn of(topology: &Topology, controllers: &HashSet<usize>) -> Self {
        let folded = folded(topology);
        let cables = cables(topology);
        let mut neighbours: HashMap<usize, Vec<Cable>> = HashMap::new();
        for cable in &cables {
            if cable.a.bridge != cable.b.bridge
                && ![cable.a, cable.b].iter().any(|end| folded.contains(&end.bridge))
            {
                neighbours.entry(cable.a.bridge).or_default().push(*cable);
                neighbours.entry(cable.b.bridge).or_default().push(Cable {
                    a: cable.b,
                    b: cable.a,
                });
            }
        }
        let uplinked: Vec<bool> = topology
            .bridges
            .iter()
            .map(|bridge| bridge.ports.iter().any(|port| port.role == Role::Uplink))
            .collect();
        let has_uplink = |bridge: usize| uplinked.get(bridge).copied().unwrap_or(false);

        let mut forest = Self {
            nodes: Vec::new(),
            roots: Vec::new(),
            cabled: HashSet::new(),
        };
        let mut seen = HashSet::new();
        for first in 0..topology.bridges.len() {
            if seen.contains(&first) || folded.contains(&first) {
                continue;
            }
            let island = island(first, &neighbours);
            seen.extend(island.iter().copied());
            forest.plant(
                root(&island, &neighbours, has_uplink),
                &neighbours,
                has_uplink,
                controllers,
            );
        }
        forest
    }

    /// Grows the tree of one island, the nearest bridges first.
    fn plant(
        &mut self,
        root: usize,
        neighbours: &HashMap<usize, Vec<Cable>>,
        has_uplink: impl Fn(usize) -> bool,
        controllers: &HashSet<usize>,
    ) {
        let first = self.nodes.len();
        let mut parents: Vec<Option<usize>> = vec![None];
        let mut places = HashMap::from([(root, first)]);
        let mut order = vec![root];
        let mut cables: Vec<Vec<(PortAt, PortAt)>> = vec![Vec::new()];
        let mut next = 0;
        while let Some(&bridge) = order.get(next) {
            for cable in neighbours.get(&bridge).into_iter().flatten() {
                let other = cable.b.bridge;
                let place = *places.entry(other).or_insert_with(|| {
                    order.push(other);
                    parents.push(Some(next));
                    cables.push(Vec::new());
                    first + order.len() - 1
                });
                if parents.get(place - first).copied().flatten() == Some(next)
                    && let Some(list) = cables.get_mut(place - first)
                {
                    list.push((cable.b, cable.a));
                }
            }
            next += 1;
        }

        // Which subtrees lead to the wire, and which hold a bridge of the controller VM; leaves first.
        let mut wired: Vec<bool> = order.iter().map(|bridge| has_uplink(*bridge)).collect();
        let mut controlled: Vec<bool> = order.iter().map(|bridge| controllers.contains(bridge)).collect();
        for (place, parent) in parents.iter().enumerate().rev() {
            let (wire, control) = (wired.get(place).copied(), controlled.get(place).copied());
            for (list, value) in [(&mut wired, wire), (&mut controlled, control)] {
                if let Some(above) = parent.and_then(|parent| list.get_mut(parent)) {
                    *above |= value.unwrap_or(false);
                }
            }
        }

        self.roots.push(first);
        for ((place, bridge), (parent, cables)) in
            order.into_iter().enumerate().zip(parents.into_iter().zip(cables))
        {
            self.cabled
                .extend(cables.iter().flat_map(|(own, other)| [*own, *other]));
            let is = |list: &[bool]| list.get(place).copied().unwrap_or(false);
            let node = first + place;
            let (tie, open_sky) = match parent.and_then(|parent| self.nodes.get_mut(first + parent)) {
                None => (Tie::Root, true),
                Some(parent) if is(&wired) && !matches!(parent.tie, Tie::StandsOn(_)) => {
                    // One way past its parent is kept free, on the left.
                    let takes_it = parent.open_sky && is(&controlled) && !parent.way_taken;
                    if takes_it {
                        parent.below.insert(0, node);
                        parent.way_taken = true;
                    } else {
                        parent.below.push(node);
                    }
                    (Tie::HangsFrom(cables), takes_it)
                }
                Some(parent) => {
                    parent.above.push(node);
                    let open_sky = parent.open_sky && !matches!(parent.tie, Tie::HangsFrom(_));
                    (Tie::StandsOn(cables), open_sky)
                }
            };
            self.nodes.push(Node {
                bridge,
                tie,
                above: Vec::new(),
                below: Vec::new(),
                open_sky,
                way_taken: false,
            });
        }
    }
}

/// The firewall bridges, one a guest NIC: they are told of where the NIC is drawn, not drawn themselves.
fn folded(topology: &Topology) -> HashSet<usize> {
    let through: HashSet<&str> = topology
        .ports()
        .filter_map(|port| port.attachment.as_ref()?.through.as_deref())
        .collect();
    // Whatever else leads through such a bridge must stay in sight.
    let is_small = |bridge: &Bridge| {
        bridge.kind == BridgeKind::Linux
            && bridge.addresses.is_empty()
            && bridge.ports.len() == 2
            && bridge.ports.iter().all(|port| port.role != Role::Uplink)
    };
    let bridges = topology.bridges.iter().enumerate();
    bridges
        .filter(|(_, bridge)| through.contains(bridge.name.as_str()) && is_small(bridge))
        .map(|(place, _)| place)
        .collect()
}

/// The bridges that cables lead to from this one, in the order in which they are met.
fn island(first: usize, neighbours: &HashMap<usize, Vec<Cable>>) -> Vec<usize> {
    let mut seen = HashSet::from([first]);
    let mut order = vec![first];
    let mut next = 0;
    while let Some(bridge) = order.get(next) {
        for cable in neighbours.get(bridge).into_iter().flatten() {
            if seen.insert(cable.b.bridge) {
                order.push(cable.b.bridge);
            }
        }
        next += 1;
    }
    order
}

/// The bridge with the uplink; of several, the one that they all hang from.
fn root(
    island: &[usize],
    neighbours: &HashMap<usize, Vec<Cable>>,
    has_uplink: impl Fn(usize) -> bool,
) -> usize {
    let uplinks = |bridge: usize| {
        let others: HashSet<usize> = neighbours
            .get(&bridge)
            .into_iter()
            .flatten()
            .map(|cable| cable.b.bridge)
            .collect();
        others.into_iter().filter(|other| has_uplink(*other)).count()
    };
    let mut best: Option<(usize, usize)> = None;
    for bridge in island.iter().copied().filter(|bridge| !has_uplink(*bridge)) {
        let count = uplinks(bridge);
        if count > 1 && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, bridge));
        }
    }
    let wired = || island.iter().copied().filter(|bridge| has_uplink(*bridge)).min();
    let first = || island.iter().copied().min();
    best.map(|(_, bridge)| bridge)
        .or_else(wired)
        .or_else(first)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::specimen;
    use super::*;

    fn names<'a>(topology: &'a Topology, ends: &HashSet<PortAt>) -> Vec<&'a str> {
        let mut names: Vec<&str> = ends
            .iter()
            .map(|at| topology.bridges[at.bridge].ports[at.port].name.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_chain_leads_from_the_guests_to_every_uplink() {
        let topology = specimen::chain();
        let forest = Forest::of(&topology, &HashSet::new());
        let towards_the_wire = [
            "br.dmx.d.br0",
            "br.dmx.d.br1",
            "br.microseg.u",
            "br.mx.u",
            "br.nf.u",
            "br0.local.u",
            "br1.local.u",
        ];
        assert_eq!(names(&topology, &forest.wireward()), towards_the_wire);
        let root = |node: &usize| topology.bridges[forest.nodes[*node].bridge].name.as_str();
        assert_eq!(
            forest.roots.iter().map(root).collect::<Vec<_>>(),
            ["br.dmx", "virbr0"]
        );
    }

    #[test]
    fn every_bridge_is_in_one_tree_even_where_cables_make_a_ring() {
        let topology = specimen::rings();
        let forest = Forest::of(&topology, &HashSet::new());
        let mut bridges: Vec<usize> = forest.nodes.iter().map(|node| node.bridge).collect();
        bridges.sort_unstable();
        assert_eq!(bridges, (0..topology.bridges.len()).collect::<Vec<_>>());
        let children: usize = forest
            .nodes
            .iter()
            .map(|node| node.above.len() + node.below.len())
            .sum();
        assert_eq!(children + forest.roots.len(), forest.nodes.len());
    }

    #[test]
    fn firewall_bridges_are_told_of_and_not_drawn() {
        let topology = specimen::plain();
        let forest = Forest::of(&topology, &HashSet::new());
        let drawn: Vec<&str> = forest
            .nodes
            .iter()
            .map(|node| topology.bridges[node.bridge].name.as_str())
            .collect();
        assert_eq!(drawn, ["br-int", "vmbr0", "vmbr10"]);
    }
}
