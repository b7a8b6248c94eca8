//! The text of `ovs-appctl bond/show`: what became of each bond.

use super::capture::{Contradictions, Lines, Notes};
use crate::observe::{ObservedPort, OvsObservation};

/// One bond, as the running switch has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ShownBond {
    pub(super) name: String,
    pub(super) mode: Option<String>,
    pub(super) lacp_status: Option<String>,
    /// Hardware address of the member in use, or its name where no more is told.
    pub(super) active: Option<String>,
    pub(super) members: Vec<String>,
}

/// Reads `ovs-appctl bond/show`. Before OVS 2.16 a member was called a slave.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Vec<ShownBond> {
    let mut bonds: Vec<ShownBond> = Vec::new();
    for (number, line) in Lines::of(text) {
        if let Some(name) = heading(line) {
            bonds.push(ShownBond {
                name: name.to_owned(),
                ..ShownBond::default()
            });
            continue;
        }
        let Some(bond) = bonds.last_mut() else {
            notes.line(number, "it belongs to no bond");
            continue;
        };
        if matches!(line, "active slave" | "active member") {
            let member = bond.members.last().cloned();
            bond.active = bond.active.take().or(member);
        } else if let Some((key, value)) = line.split_once(": ") {
            match key {
                "bond_mode" => bond.mode = Some(value.to_owned()),
                "lacp_status" => bond.lacp_status = Some(value.to_owned()),
                "active slave mac" | "active member mac" => {
                    // `00:00:00:00:00:00(none)` is none.
                    let active = value.split_once('(').filter(|(_, name)| *name != "none)");
                    bond.active = active.map(|(mac, _)| mac.to_owned());
                }
                _ => {
                    let member = key.strip_prefix("slave ").or_else(|| key.strip_prefix("member "));
                    bond.members.extend(member.map(str::to_owned));
                }
            }
        }
    }
    bonds
}

/// `---- bond0 ----`
pub(super) fn heading(line: &str) -> Option<&str> {
    let name = line.trim().strip_prefix("---- ")?.strip_suffix(" ----")?;
    (!name.is_empty() && !name.contains(' ')).then_some(name)
}

/// Adds to the switch's ports what the captures tell of bonds.
pub(super) fn add(
    ovs: &mut OvsObservation,
    captures: Vec<(String, Vec<ShownBond>)>,
    told: &mut Contradictions,
) {
    for (file, bonds) in captures {
        for bond in bonds {
            let mut ports = ovs.bridges.iter_mut().flat_map(|bridge| &mut bridge.ports);
            match ports.find(|port| port.name == bond.name) {
                Some(port) if has(port, &bond.members) => {
                    port.bond_mode = port.bond_mode.take().or(bond.mode);
                    port.lacp_status = port.lacp_status.take().or(bond.lacp_status);
                    port.bond_active_slave = port.bond_active_slave.take().or(bond.active);
                }
                Some(port) => {
                    let names: Vec<&str> = port
                        .interfaces
                        .iter()
                        .map(|member| member.name.as_str())
                        .collect();
                    let what = format!(
                        "{} has the members {} here, and {} elsewhere",
                        bond.name,
                        bond.members.join(", "),
                        names.join(", ")
                    );
                    told.note(&file, what);
                }
                None => told.note(
                    &file,
                    format!("{} is a bond here, and no port elsewhere", bond.name),
                ),
            }
        }
    }
}

fn has(port: &ObservedPort, members: &[String]) -> bool {
    port.interfaces.len() == members.len()
        && port
            .interfaces
            .iter()
            .all(|member| members.contains(&member.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{ObservedBridge, ObservedInterface};

    const OLD: &str = "---- br0-up ----\nbond_mode: active-backup\nlacp_status: off\n\nslave eth0: enabled\n    \
                       active slave\n    may_enable: true\n\nslave eth1: enabled\n    may_enable: true\n";
    const NEW: &str = "---- br0-up ----\nbond_mode: balance-tcp\nlacp_status: negotiated\nactive member mac: \
                       0c:00:00:00:00:01(eth0)\n\nmember eth0: enabled\n  active member\nmember eth1: disabled\n";

    fn bond(text: &str) -> ShownBond {
        let mut notes = Notes::of("bond.txt");
        let bond = parse(text, &mut notes).remove(0);
        assert_eq!(notes.sentences(), Vec::<String>::new());
        bond
    }

    #[test]
    fn both_ages_of_the_format() {
        let old = bond(OLD);
        assert_eq!(
            (old.mode.as_deref(), old.active.as_deref()),
            (Some("active-backup"), Some("eth0"))
        );
        assert_eq!(old.lacp_status.as_deref(), Some("off"));
        let new = bond(NEW);
        assert_eq!(new.active.as_deref(), Some("0c:00:00:00:00:01"));
        assert_eq!(
            (new.lacp_status.as_deref(), new.members.len()),
            (Some("negotiated"), 2)
        );
    }

    #[test]
    fn a_bond_of_other_members_is_a_contradiction() {
        let with = |members: &[&str]| {
            let interface = |name: &&str| ObservedInterface {
                name: (*name).to_owned(),
                ..Default::default()
            };
            let port = ObservedPort {
                name: "br0-up".to_owned(),
                interfaces: members.iter().map(interface).collect(),
                ..Default::default()
            };
            let bridge = ObservedBridge {
                ports: vec![port],
                ..Default::default()
            };
            let mut ovs = OvsObservation {
                bridges: vec![bridge],
                ..Default::default()
            };
            let mut told = Contradictions::default();
            add(
                &mut ovs,
                vec![("bond.txt".to_owned(), vec![bond(OLD)])],
                &mut told,
            );
            (
                ovs.bridges.remove(0).ports.remove(0).bond_mode,
                told.into_damage().len(),
            )
        };
        assert_eq!(with(&["eth1", "eth0"]), (Some("active-backup".to_owned()), 0));
        assert_eq!(with(&["eth2", "eth0"]), (None, 1));
    }
}
