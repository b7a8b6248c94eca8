use std::collections::{BTreeMap, BTreeSet};

use super::nics::Nics;
use super::order;
use super::ties::Ties;
use crate::observe::{Observed, ObservedBridge, ObservedNetwork, ObservedPort};
use crate::topology::{BridgeKind, Link, Unmatched, UnmatchedKind};

/// A bridge as its sources have it, before anything is judged.
pub(super) struct RawBridge<'a> {
    pub(super) name: &'a str,
    pub(super) kind: BridgeKind,
    pub(super) ovs: Option<&'a ObservedBridge>,
    pub(super) ports: Vec<RawPort<'a>>,
    pub(super) known_from: Vec<String>,
}

/// A port as its source has it: a row of OVSDB, a member link, or no more than a name in a domain's XML.
pub(super) struct RawPort<'a> {
    pub(super) name: &'a str,
    pub(super) source: PortSource<'a>,
}

pub(super) enum PortSource<'a> {
    Ovs(&'a ObservedPort),
    Link(&'a Link),
    DomainXml,
}

/// Every bridge that any source knows, by name; and those that libvirt names in vain.
pub(super) fn collect<'a>(
    observed: &'a Observed,
    nics: &Nics<'a>,
    ties: &Ties<'a>,
    networks: &[&'a ObservedNetwork],
) -> (Vec<RawBridge<'a>>, Vec<Unmatched>) {
    let mut bridges: BTreeMap<&str, RawBridge<'_>> = BTreeMap::new();
    // Linux bridges under the name of one of Open vSwitch's, which keep that one from being made.
    let mut namesakes = Vec::new();
    let mut missing = Vec::new();
    if let Some(ovsdb) = &observed.ovsdb {
        for bridge in &ovsdb.said.bridges {
            bridges.insert(&bridge.name, of_ovs(bridge));
        }
    }
    if let Some(kernel) = &observed.kernel {
        let members = members(&kernel.said.links);
        for link in kernel
            .said
            .links
            .iter()
            .filter(|link| link.kind.as_deref() == Some("bridge"))
        {
            let ports = members.get(link.name.as_str()).map_or(&[][..], Vec::as_slice);
            if bridges.contains_key(link.name.as_str()) {
                namesakes.push(of_linux(link, ports));
                missing.push(Unmatched {
                    kind: UnmatchedKind::Contradiction,
                    name: link.name.clone(),
                    reason: "OVSDB and the kernel each have a bridge of this name".to_owned(),
                });
            } else {
                bridges.insert(&link.name, of_linux(link, ports));
            }
        }
    }
    for (name, naming) in named_by_libvirt(networks, nics) {
        match bridges.get_mut(name) {
            Some(bridge) => bridge.known_from.push(naming.by),
            None => match naming.kind {
                Some(kind) if !was_read(observed, kind) => {
                    bridges.insert(name, of_xml(name, kind, &naming, nics, ties, networks));
                }
                kind => missing.push(not_there(name, kind, &naming.by)),
            },
        }
    }
    let mut bridges: Vec<_> = bridges.into_values().chain(namesakes).collect();
    bridges.sort_by(|a, b| {
        a.kind_rank()
            .cmp(&b.kind_rank())
            .then_with(|| order::by_name(a.name, b.name))
    });
    for bridge in &mut bridges {
        bridge.ports.sort_by(|a, b| order::by_name(a.name, b.name));
    }
    (bridges, missing)
}

impl RawBridge<'_> {
    /// Open vSwitch's first: they are what a host's network hangs on.
    fn kind_rank(&self) -> u8 {
        match self.kind {
            BridgeKind::Ovs => 0,
            BridgeKind::Linux => 1,
        }
    }
}

fn of_ovs(bridge: &ObservedBridge) -> RawBridge<'_> {
    RawBridge {
        name: &bridge.name,
        kind: BridgeKind::Ovs,
        ovs: Some(bridge),
        ports: bridge
            .ports
            .iter()
            .map(|port| RawPort {
                name: &port.name,
                source: PortSource::Ovs(port),
            })
            .collect(),
        known_from: vec!["OVSDB".to_owned()],
    }
}

fn of_linux<'a>(link: &'a Link, members: &[&'a Link]) -> RawBridge<'a> {
    RawBridge {
        name: &link.name,
        kind: BridgeKind::Linux,
        ovs: None,
        ports: members
            .iter()
            .map(|member| RawPort {
                name: &member.name,
                source: PortSource::Link(member),
            })
            .collect(),
        known_from: vec!["the kernel".to_owned()],
    }
}

/// A bridge of a source that was not read, as far as libvirt tells of it.
fn of_xml<'a>(
    name: &'a str,
    kind: BridgeKind,
    naming: &Naming,
    nics: &Nics<'a>,
    ties: &Ties<'a>,
    networks: &[&'a ObservedNetwork],
) -> RawBridge<'a> {
    let bridge_of = |network: &str| {
        networks
            .iter()
            .find(|known| known.name == network)
            .and_then(|known| known.bridge.as_deref())
    };
    let targets: BTreeSet<&str> = nics
        .iter()
        .filter(|(_, candidate)| {
            let tie = ties.tie(candidate.nic);
            let bridge = candidate.nic.bridge.as_deref();
            bridge.or_else(|| tie.as_ref().and_then(|(network, _)| bridge_of(network))) == Some(name)
        })
        .filter_map(|(_, candidate)| candidate.nic.target.as_deref())
        .collect();
    RawBridge {
        name,
        kind,
        ovs: None,
        ports: targets
            .into_iter()
            .map(|name| RawPort {
                name,
                source: PortSource::DomainXml,
            })
            .collect(),
        known_from: vec![naming.by.clone()],
    }
}

/// Where libvirt names a bridge, and which kind of bridge that makes it.
struct Naming {
    kind: Option<BridgeKind>,
    by: String,
}

fn named_by_libvirt<'a>(networks: &[&'a ObservedNetwork], nics: &Nics<'a>) -> BTreeMap<&'a str, Naming> {
    let mut named: BTreeMap<&str, Naming> = BTreeMap::new();
    for network in networks.iter().filter(|network| network.active != Some(false)) {
        let Some(bridge) = network.bridge.as_deref() else {
            continue;
        };
        let kind = match (network.virtualport.as_deref(), network.forward.as_deref()) {
            (Some("openvswitch"), _) => Some(BridgeKind::Ovs),
            // Of these modes libvirt makes the bridge itself, and always a Linux one.
            (_, None | Some("nat" | "route" | "open")) => Some(BridgeKind::Linux),
            _ => None,
        };
        let by = format!("libvirt's network {}", network.name);
        named.entry(bridge).or_insert(Naming { kind, by });
    }
    for (_, candidate) in nics.iter() {
        let Some(bridge) = candidate.nic.bridge.as_deref() else {
            continue;
        };
        let ovs = candidate.nic.virtualport.as_deref() == Some("openvswitch");
        let kind = ovs.then_some(BridgeKind::Ovs);
        named
            .entry(bridge)
            .and_modify(|naming| naming.kind = naming.kind.or(kind))
            .or_insert_with(|| Naming {
                kind,
                by: format!("a NIC of domain {}", candidate.domain.name),
            });
    }
    named
}

fn was_read(observed: &Observed, kind: BridgeKind) -> bool {
    match kind {
        BridgeKind::Ovs => observed.ovsdb.is_some(),
        BridgeKind::Linux => observed
            .kernel
            .as_ref()
            .is_some_and(|kernel| !kernel.said.gaps.links),
    }
}

fn not_there(name: &str, kind: Option<BridgeKind>, by: &str) -> Unmatched {
    let where_not = match kind {
        Some(BridgeKind::Ovs) => "OVSDB does not have it",
        Some(BridgeKind::Linux) => "the kernel does not have it",
        None => "no source that was read has it",
    };
    Unmatched {
        kind: UnmatchedKind::Bridge,
        name: name.to_owned(),
        reason: format!("{by} names it, but {where_not}"),
    }
}

/// The members of each bridge, by the bridge's name.
fn members(links: &[Link]) -> BTreeMap<&str, Vec<&Link>> {
    let mut members: BTreeMap<&str, Vec<&Link>> = BTreeMap::new();
    for link in links {
        if let Some(master) = &link.master {
            members.entry(master).or_default().push(link);
        }
    }
    members
}
