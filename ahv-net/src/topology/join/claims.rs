use std::collections::{BTreeMap, HashMap, HashSet};

use super::bridges::{PortSource, RawBridge, RawPort};
use super::nics::{Candidate, Clues, Found, Nics, strength};
use crate::topology::{Evidence, Link, Unmatched, UnmatchedKind};

/// Which NIC stands behind which port, each NIC behind one port at most.
pub(super) struct Claims<'a> {
    by_port: HashMap<PortKey<'a>, Claim<'a>>,
    /// Evidence that says the opposite of a claim, and claims that could not be settled.
    pub(super) contradictions: Vec<Unmatched>,
}

/// A bridge's and a port's name.
type PortKey<'a> = (&'a str, &'a str);

/// A NIC behind a port.
pub(super) struct Claim<'a> {
    number: usize,
    pub(super) candidate: Candidate<'a>,
    pub(super) evidence: Vec<Evidence>,
}

impl<'a> Claims<'a> {
    pub(super) fn of(&self, bridge: &'a str, port: &'a str) -> Option<&Claim<'a>> {
        self.by_port.get(&(bridge, port))
    }

    /// The numbers of the NICs that stand behind a port.
    pub(super) fn joined(&self) -> HashSet<usize> {
        self.by_port.values().map(|claim| claim.number).collect()
    }
}

/// Finds each port's NIC, and settles which port has a NIC that several claim.
pub(super) fn settle<'a>(
    bridges: &[RawBridge<'a>],
    nics: &Nics<'a>,
    links: Option<&HashMap<&str, &Link>>,
) -> Claims<'a> {
    let mut contradictions = Vec::new();
    let mut claimants: BTreeMap<usize, Vec<(PortKey<'a>, Vec<Evidence>)>> = BTreeMap::new();
    for bridge in bridges {
        for port in &bridge.ports {
            if let Some((number, evidence)) = nic_of(port, nics, links, &mut contradictions) {
                claimants
                    .entry(number)
                    .or_default()
                    .push(((bridge.name, port.name), evidence));
            }
        }
    }
    let mut by_port = HashMap::new();
    for (number, mut ports) in claimants {
        let Some(candidate) = nics.get(number) else {
            continue;
        };
        ports.sort_by_key(|(_, evidence)| strength(evidence));
        let Some((key, evidence)) = ports.pop() else {
            continue;
        };
        let tied = ports
            .iter()
            .any(|(_, other)| strength(other) == strength(&evidence));
        for (other, weaker) in &ports {
            contradictions.push(contradiction(
                other.1,
                format!(
                    "its {} point to {}, but so do the {} of {}",
                    kinds(weaker),
                    label(candidate),
                    kinds(&evidence),
                    key.1
                ),
            ));
        }
        if !tied {
            by_port.insert(
                key,
                Claim {
                    number,
                    candidate,
                    evidence,
                },
            );
        }
    }
    Claims {
        by_port,
        contradictions,
    }
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
                    .map(label)
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
                        "its {} point to {}, but its {} to {}",
                        kinds(&evidence),
                        label(chosen),
                        kinds(&says_otherwise),
                        label(other)
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
        PortSource::Ovs(row) => row
            .interfaces
            .iter()
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

fn label(candidate: Candidate<'_>) -> String {
    match candidate.nic.mac {
        Some(mac) => format!("{}/{mac}", candidate.domain.name),
        None => candidate.domain.name.clone(),
    }
}

fn kinds(evidence: &[Evidence]) -> String {
    evidence
        .iter()
        .map(|evidence| evidence.kind.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
