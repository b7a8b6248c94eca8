use std::collections::{BTreeMap, BTreeSet};

use super::super::vlans::Vlans;
use super::colour::{NEUTRAL, of_vlan};
use super::panel::Panel;
use super::ports::{Surroundings, counted};
use crate::topology::{Network, Reading, SourceReport, Topology};

/// What the drawing cannot say: findings, colours, networks, routes, sources.
pub(super) fn panels(around: &Surroundings<'_>) -> Vec<Panel> {
    let topology = around.topology;
    let all = [
        findings(around),
        vlans(topology),
        networks(topology),
        routes(topology),
        sources(topology),
        key(),
    ];
    all.into_iter().flat_map(Panel::in_parts).collect()
}

fn findings(around: &Surroundings<'_>) -> Panel {
    let list = &around.findings.list;
    let mut panel = Panel::new(counted(list.len(), "finding")).alarming();
    for (number, finding) in list.iter().enumerate() {
        panel.numbered(number + 1, &format!("{}: {}", finding.subject, finding.reason));
    }
    panel
}

fn vlans(topology: &Topology) -> Panel {
    let mut ports: BTreeMap<Vlans, usize> = BTreeMap::new();
    for bridge in &topology.bridges {
        for port in &bridge.ports {
            *ports.entry(Vlans::of(bridge.kind, port)).or_default() += 1;
        }
    }
    let mut panel = Panel::new("VLANs");
    for (vlans, count) in ports {
        let words = match vlans {
            Vlans::Unsaid => "ports of Linux bridges".to_owned(),
            ref vlans => vlans.to_string(),
        };
        let colours = vlans.single().map_or(NEUTRAL, of_vlan);
        panel.swatch(colours, &format!("{words} · {}", counted(count, "port")));
    }
    panel
}

fn networks(topology: &Topology) -> Panel {
    let mut panel = Panel::new("libvirt networks");
    for network in &topology.networks {
        panel.bold(&network.name);
        panel.line(&about_network(network));
        for portgroup in &network.portgroups {
            let tags = portgroup.vlan.as_ref().map(|vlan| {
                let tags: Vec<String> = vlan.tags.iter().map(ToString::to_string).collect();
                format!(" · VLAN {}", tags.join(", "))
            });
            let default = if portgroup.default { " (default)" } else { "" };
            panel.line(&format!(
                "portgroup {}{default}{}",
                portgroup.name,
                tags.unwrap_or_default()
            ));
        }
    }
    panel
}

fn about_network(network: &Network) -> String {
    let state = match network.active {
        Some(true) => "active",
        Some(false) => "inactive",
        None => "state not told",
    };
    let mut words = vec![state.to_owned()];
    words.extend(network.bridge.as_ref().map(|bridge| format!("bridge {bridge}")));
    words.push(
        network
            .forward
            .as_ref()
            .map_or_else(|| "no forward".to_owned(), |mode| format!("forward {mode}")),
    );
    words.extend(
        network
            .virtualport
            .as_ref()
            .map(|kind| format!("virtualport {kind}")),
    );
    words.extend(network.addresses.iter().map(ToString::to_string));
    words.push(counted(network.users.len(), "NIC"));
    words.join(" · ")
}

fn routes(topology: &Topology) -> Panel {
    let mut panel = Panel::new("Routes of the host");
    for route in &topology.routes {
        let mut words: Vec<String> = route.type_.iter().cloned().collect();
        words.push(match route.destination {
            Some(destination) => destination.to_string(),
            None if route.ipv6 => "default (IPv6)".to_owned(),
            None => "default".to_owned(),
        });
        words.extend(route.gateway.map(|gateway| format!("via {gateway}")));
        words.extend(
            route
                .interface
                .as_ref()
                .map(|interface| format!("on {interface}")),
        );
        panel.line(&words.join(" "));
    }
    panel
}

/// So many files of a kind are listed one by one.
const FEW: usize = 6;

fn sources(topology: &Topology) -> Panel {
    let mut panel = Panel::new("Sources");
    let alike = |source: &SourceReport| {
        let same = |other: &&SourceReport| other.reading == source.reading && other.from == source.from;
        topology.sources.iter().filter(same).count()
    };
    let mut folded = BTreeSet::new();
    for source in &topology.sources {
        // Hundreds of files of one kind, such as the XML of each domain, are one line.
        let count = alike(source);
        if let (true, Reading::Read, Some(from)) = (count > FEW, source.reading, &source.from) {
            if folded.insert(from) {
                panel.line(&format!(
                    "{count} files, such as {}: read from {from}",
                    source.name
                ));
            }
            continue;
        }
        panel.line(&match (source.reading, &source.from) {
            (Reading::Read, Some(from)) => format!("{}: read from {from}", source.name),
            (Reading::Read, None) => format!("{}: read", source.name),
            (Reading::NotRead, Some(why)) => format!("{}: not read; {why}", source.name),
            (Reading::NotRead, None) => format!("{}: not read, so nothing here is from it", source.name),
        });
    }
    panel
}

fn key() -> Panel {
    let mut panel = Panel::new("How to read it");
    for line in [
        "Guests stand above their bridge, the physical network is below it.",
        "A coloured wire from a group to a bridge is the VLAN of all its ports.",
        "Round corners: Open vSwitch. Square with a dashed rim: a Linux bridge.",
        "Dashed groups: tunnels, and ports whose role nothing explains.",
        "A red number marks what a finding is about. Point at a thing to read more.",
    ] {
        panel.line(line);
    }
    panel
}
