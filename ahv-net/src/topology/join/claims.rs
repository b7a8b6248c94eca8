use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::bridges::{PortSource, RawBridge, RawPort};
use super::nics::{Candidate, Clues, Found, Nics, strength};
use super::{order, roles};
use crate::topology::{BridgeKind, Evidence, EvidenceKind, Link, Unmatched, UnmatchedKind};

/// Which NIC stands behind which port, each NIC behind one port at most.
pub(super) struct Claims<'a> {
    by_port: HashMap<PortKey<'a>, Claim<'a>>,
    /// Why a port that has evidence has no NIC all the same, by its name.
    lost: HashMap<String, String>,
    /// The names of bridges of which there are two, or that have a port twice.
    doubled: HashSet<&'a str>,
    /// Evidence that says the opposite of a claim, and claims that could not be settled.
    pub(super) contradictions: Vec<Unmatched>,
}

/// A bridge's and a port's name.
pub(super) type PortKey<'a> = (&'a str, &'a str);

/// A port that points to a NIC.
struct Claimant<'a> {
    number: usize,
    key: PortKey<'a>,
    evidence: Vec<Evidence>,
}

/// A NIC behind a port.
#[derive(Clone)]
pub(super) struct Claim<'a> {
    number: usize,
    pub(super) candidate: Candidate<'a>,
    /// The firewall bridge that lies between.
    pub(super) through: Option<&'a str>,
    pub(super) evidence: Vec<Evidence>,
}

impl<'a> Claims<'a> {
    pub(super) fn of(&self, bridge: &'a str, port: &'a str) -> Option<&Claim<'a>> {
        self.by_port.get(&(bridge, port))
    }

    /// Hands out what is known of a port's NIC: once, unless there may be two ports of these names.
    pub(super) fn take(&mut self, bridge: &'a str, port: &'a str) -> Option<Claim<'a>> {
        match self.doubled.contains(bridge) {
            true => self.of(bridge, port).cloned(),
            false => self.by_port.remove(&(bridge, port)),
        }
    }

    /// Why a port that has evidence has no NIC all the same.
    pub(super) fn lost(&self, port: &str) -> Option<&str> {
        self.lost.get(port).map(String::as_str)
    }

    /// The port of each NIC, in the order of their numbers. Beyond a firewall bridge the NIC's own port is the tap on
    /// that bridge.
    pub(super) fn places(&self, nics: &Nics<'_>) -> Vec<Option<PortKey<'a>>> {
        let own = self.by_port.iter().filter(|(_, claim)| claim.through.is_none());
        let mut places = vec![None; nics.len()];
        for (key, claim) in own {
            if let Some(place) = places.get_mut(claim.number) {
                *place = Some(*key);
            }
        }
        places
    }

    /// Whether each NIC stands behind a port, in the order of their numbers.
    pub(super) fn joined(&self, nics: &Nics<'_>) -> Vec<bool> {
        let mut joined = vec![false; nics.len()];
        for claim in self.by_port.values() {
            if let Some(is_joined) = joined.get_mut(claim.number) {
                *is_joined = true;
            }
        }
        joined
    }
}

/// Finds each port's NIC, and settles which port has a NIC that several claim.
pub(super) fn settle<'a>(
    bridges: &[RawBridge<'a>],
    nics: &Nics<'a>,
    links: Option<&HashMap<&str, &Link>>,
) -> Claims<'a> {
    let mut contradictions = Vec::new();
    let mut found: HashMap<PortKey<'a>, (usize, Vec<Evidence>)> =
        HashMap::with_capacity(bridges.iter().map(|bridge| bridge.ports.len()).sum());
    for bridge in bridges {
        for port in &bridge.ports {
            if let Some(nic) = nic_of(port, nics, links, &mut contradictions) {
                found.insert((bridge.name, port.name), nic);
            }
        }
    }
    let mut by_port = HashMap::with_capacity(found.len());
    for (key, number, bridge) in beyond_firewalls(bridges, &found, links) {
        // A port that points to another NIC by itself is left to the contest below, and will show there.
        let own = found.get(&key).map(|(own, _)| *own);
        if own.is_some_and(|own| own != number) {
            continue;
        }
        let mut evidence = found.remove(&key).map_or_else(Vec::new, |(_, evidence)| evidence);
        evidence.push(Evidence {
            kind: EvidenceKind::FirewallBridge,
            value: bridge.to_owned(),
        });
        if let Some(candidate) = nics.get(number) {
            by_port.insert(
                key,
                Claim {
                    number,
                    candidate,
                    through: Some(bridge),
                    evidence,
                },
            );
        }
    }
    let mut claimants: Vec<Claimant<'a>> = found
        .into_iter()
        .map(|(key, (number, evidence))| Claimant {
            number,
            key,
            evidence,
        })
        .collect();
    // The ports of one NIC stand together, the strongest evidence last.
    claimants.sort_unstable_by(|a, b| {
        let by_strength = || strength(&a.evidence).cmp(&strength(&b.evidence));
        a.number
            .cmp(&b.number)
            .then_with(by_strength)
            .then_with(|| a.key.cmp(&b.key))
    });
    for ports in claimants.chunk_by_mut(|a, b| a.number == b.number) {
        let Some((best, weaker)) = ports.split_last_mut() else {
            continue;
        };
        let Some(candidate) = nics.get(best.number) else {
            continue;
        };
        let tied = weaker
            .iter()
            .any(|other| strength(&other.evidence) == strength(&best.evidence));
        for other in weaker.iter() {
            let reason = format!(
                "its {} to {}, which {} of {} {}",
                point(&other.evidence),
                nics.label(candidate),
                kinds(&best.evidence),
                best.key.1,
                if tied {
                    "claims as well"
                } else {
                    "has the better claim to"
                },
            );
            contradictions.push(contradiction(other.key.1, reason));
        }
        if !tied {
            by_port.insert(
                best.key,
                Claim {
                    number: best.number,
                    candidate,
                    through: None,
                    evidence: std::mem::take(&mut best.evidence),
                },
            );
        }
    }
    let told = contradictions
        .iter()
        .map(|told: &Unmatched| (told.name.clone(), told.reason.clone()));
    let lost = told.collect();
    Claims {
        by_port,
        lost,
        doubled: doubled(bridges),
        contradictions,
    }
}

fn doubled<'a>(bridges: &[RawBridge<'a>]) -> HashSet<&'a str> {
    let mut seen = HashSet::with_capacity(bridges.len());
    let has_twice = |bridge: &RawBridge<'_>| {
        let mut pairs = bridge.ports.iter().zip(bridge.ports.iter().skip(1));
        pairs.any(|(port, next)| port.name == next.name)
    };
    let bridges = bridges.iter();
    bridges
        .filter(|bridge| !seen.insert(bridge.name) || has_twice(bridge))
        .map(|bridge| bridge.name)
        .collect()
}

/// The ports that firewall bridges lead to: a Linux bridge with one guest NIC, whose other member is
/// itself a port of another bridge (Proxmox with Open vSwitch) or a veth whose other end is one
/// (OpenStack, Proxmox).
fn beyond_firewalls<'a>(
    bridges: &[RawBridge<'a>],
    found: &HashMap<PortKey<'a>, (usize, Vec<Evidence>)>,
    links: Option<&HashMap<&str, &Link>>,
) -> Vec<(PortKey<'a>, usize, &'a str)> {
    let Some(links) = links else { return Vec::new() };
    // Of a NIC's own bridge there is nothing else on it.
    let small = |bridge: &&RawBridge<'_>| bridge.kind == BridgeKind::Linux && bridge.ports.len() == 2;
    if !bridges.iter().any(|bridge| small(&bridge)) {
        return Vec::new();
    }
    let mut owners: HashMap<&str, Vec<PortKey<'a>>> = HashMap::new();
    for bridge in bridges {
        for port in &bridge.ports {
            for device in devices(port) {
                owners.entry(device).or_default().push((bridge.name, port.name));
            }
        }
    }
    let mut beyond = Vec::new();
    for bridge in bridges.iter().filter(small) {
        let taps: Vec<&RawPort<'_>> = bridge
            .ports
            .iter()
            .filter(|port| found.contains_key(&(bridge.name, port.name)))
            .collect();
        // The host has no address there.
        let addressed = links
            .get(bridge.name)
            .is_some_and(|link| !link.addresses.is_empty());
        if addressed {
            continue;
        }
        let [tap] = taps.as_slice() else { continue };
        let Some((number, _)) = found.get(&(bridge.name, tap.name)) else {
            continue;
        };
        for member in bridge.ports.iter().filter(|port| port.name != tap.name) {
            let peer = links.get(member.name).and_then(|link| link.peer.as_deref());
            let far = owners.get(peer.unwrap_or(member.name)).into_iter().flatten();
            for key in far.filter(|(owner, _)| *owner != bridge.name) {
                beyond.push((*key, *number, bridge.name));
            }
        }
    }
    beyond
}

/// The names of a port's network devices.
pub(super) fn devices<'a>(port: &RawPort<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let (interfaces, own) = match port.source {
        PortSource::Ovs(row) => (row.interfaces.as_slice(), None),
        PortSource::Link(_) | PortSource::DomainXml => (&[][..], Some(port.name)),
    };
    interfaces
        .iter()
        .map(|interface| interface.name.as_str())
        .chain(own)
}

/// The NIC of the first of the port's interfaces that has one.
fn nic_of(
    port: &RawPort<'_>,
    nics: &Nics<'_>,
    links: Option<&HashMap<&str, &Link>>,
    contradictions: &mut Vec<Unmatched>,
) -> Option<(usize, Vec<Evidence>)> {
    for clues in clues(port, links) {
        match nics.find(clues) {
            Found::Nothing => {}
            Found::Tie(numbers) => {
                let names: Vec<_> = numbers
                    .iter()
                    .filter_map(|number| nics.get(*number))
                    .map(|candidate| nics.label(candidate))
                    .collect();
                let reason = format!("its evidence points equally to {}", names.join(" and "));
                contradictions.push(contradiction(port.name, reason));
            }
            Found::One {
                nic,
                evidence,
                others,
            } => {
                for (other, says_otherwise) in others {
                    let (Some(chosen), Some(other)) = (nics.get(nic), nics.get(other)) else {
                        continue;
                    };
                    let reason = format!(
                        "its {} to {}, but its {} to {}",
                        point(&evidence),
                        nics.label(chosen),
                        point(&says_otherwise),
                        nics.label(other)
                    );
                    contradictions.push(contradiction(port.name, reason));
                }
                return Some((nic, evidence));
            }
        }
    }
    None
}

fn clues<'p>(port: &RawPort<'p>, links: Option<&HashMap<&str, &Link>>) -> Vec<Clues<'p>> {
    match port.source {
        // In the order of their names, so that nothing depends on which was listed first.
        PortSource::Ovs(row) => order::sorted(&row.interfaces, |interface| &interface.name)
            .into_iter()
            .map(|interface| Clues {
                name: &interface.name,
                external_ids: Some(&interface.external_ids),
                mac: links
                    .and_then(|links| links.get(interface.name.as_str()))
                    .map_or(interface.mac_in_use, |link| link.mac),
            })
            .collect(),
        PortSource::Link(link) => vec![Clues {
            name: &link.name,
            external_ids: None,
            mac: link.mac,
        }],
        PortSource::DomainXml => vec![Clues {
            name: port.name,
            external_ids: None,
            mac: None,
        }],
    }
}

fn contradiction(port: &str, reason: String) -> Unmatched {
    Unmatched {
        kind: UnmatchedKind::Contradiction,
        name: port.to_owned(),
        reason,
    }
}

fn kinds(evidence: &[Evidence]) -> String {
    let kinds: Vec<&str> = evidence.iter().map(|evidence| evidence.kind.as_str()).collect();
    roles::and(&kinds)
}

/// `vm-id points`, `vm-id and iface-id point`.
fn point(evidence: &[Evidence]) -> String {
    format!(
        "{} {}",
        kinds(evidence),
        if evidence.len() == 1 { "points" } else { "point" }
    )
}
