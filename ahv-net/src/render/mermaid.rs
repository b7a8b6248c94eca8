use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Display, Write};

use super::bond;
use super::cables::{PortAt, cables};
use super::devices::Devices;
use super::findings::{Findings, Marks};
use super::forest::Forest;
use super::svg::{Pair, of_vlan};
use super::visible::visible;
use super::vlans::Vlans;
use crate::topology::{Bridge, BridgeKind, DomainRole, Port, Role, Topology};

/// The picture as a Mermaid flowchart, for Markdown that draws one.
///
/// Mermaid refuses more than 500 edges or 50,000 characters unless its site is told otherwise, so that
/// guests of one VLAN are one group with one edge to their bridge. Names stand in quoted labels only,
/// with every character that Mermaid might read as its own written as an entity.
pub fn mermaid(topology: &Topology) -> String {
    let mut chart = Chart {
        out: "flowchart LR\n".to_owned(),
        devices: Devices::of(topology),
        findings: Findings::of(topology),
        vlans: BTreeMap::new(),
        domains: topology
            .domains
            .iter()
            .enumerate()
            .map(|(place, domain)| (domain.name.as_str(), place))
            .collect(),
        wireward: Forest::of(topology, &HashSet::new()).wireward(),
        has_wire: false,
    };
    chart.draw(topology);
    chart.out
}

struct Chart<'a> {
    out: String,
    devices: Devices<'a>,
    findings: Findings,
    /// Ports that lead to a bridge nearer to the wire.
    wireward: HashSet<PortAt>,
    /// The VLANs that have a colour, and the nodes of each.
    vlans: BTreeMap<u16, Vec<String>>,
    /// Places of the domains by their names.
    domains: HashMap<&'a str, usize>,
    has_wire: bool,
}

impl<'a> Chart<'a> {
    fn line(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "  {text}");
    }

    fn draw(&mut self, topology: &'a Topology) {
        for (place, domain) in topology.domains.iter().enumerate() {
            let loose = domain.nics.iter().filter(|nic| nic.port.is_none()).map(|nic| {
                let mac = nic.mac.map_or_else(|| "NIC".to_owned(), |mac| mac.to_string());
                let marks = Marks(self.findings.of_nic(&domain.name, nic.mac));
                format!("{mac} behind no port{marks}")
            });
            let mut lines: Vec<String> = vec![domain.name.clone()];
            lines.extend(loose);
            if domain.role == DomainRole::Cvm {
                lines.insert(1, format!("controller VM, {}", domain.state));
                self.line(format_args!("d{place}([{}]):::cvm", Label(&lines)));
            } else if lines.len() > 1 || domain.nics.is_empty() {
                lines.insert(1, domain.state.clone());
                self.line(format_args!("d{place}([{}])", Label(&lines)));
            }
        }
        for (place, bridge) in topology.bridges.iter().enumerate() {
            self.bridge(place, bridge);
        }
        for cable in cables(topology) {
            let (a, b) = cable.towards(&self.wireward);
            self.line(format_args!(
                "b{}p{} === b{}p{}",
                a.bridge, a.port, b.bridge, b.port
            ));
        }
        for (place, link) in self.devices.unused.clone().into_iter().enumerate() {
            let marks = self.findings.of_nic_and_vlans(&link.name, &self.devices);
            let marks = Marks(&marks);
            let lines = [format!("{}{marks}", link.name), "in no bridge".to_owned()];
            self.line(format_args!("n{place}[{}] --- wire", Label(&lines)));
            self.has_wire = true;
        }
        if self.has_wire {
            self.line("wire[[\"physical network\"]]");
        }
        let notes: Vec<String> = self
            .findings
            .list
            .iter()
            .enumerate()
            .map(|(place, finding)| format!("{}. {}: {}", place + 1, finding.subject, finding.reason))
            .collect();
        for (place, note) in notes.iter().enumerate() {
            self.line(format_args!(
                "f{}>{}]:::finding",
                place + 1,
                Label(std::slice::from_ref(note))
            ));
        }
        self.styles();
    }

    fn bridge(&mut self, place: usize, bridge: &'a Bridge) {
        let (kind, class) = match bridge.kind {
            BridgeKind::Ovs => ("Open vSwitch bridge", "ovs"),
            BridgeKind::Linux => ("Linux bridge", "linux"),
        };
        let marks = Marks(self.findings.of_bridge(&bridge.name));
        let mut lines = vec![format!("{}{marks}", bridge.name), kind.to_owned()];
        if bridge.kind == BridgeKind::Linux {
            lines.extend(bridge.addresses.iter().map(ToString::to_string));
        }
        self.line(format_args!("b{place}[[{}]]:::{class}", Label(&lines)));
        let mut guests: BTreeMap<Vlans, Vec<(usize, &Port)>> = BTreeMap::new();
        for (number, port) in bridge.ports.iter().enumerate() {
            let vlans = Vlans::of(bridge.kind, port);
            if port.role == Role::Guest {
                guests.entry(vlans).or_default().push((number, port));
            } else {
                self.port((place, number), port, &vlans);
            }
        }
        for (group, (vlans, ports)) in guests.into_iter().enumerate() {
            let heading = format!("{vlans} on {}", bridge.name);
            self.line(format_args!("subgraph b{place}g{group}[{}]", Label(&[heading])));
            for (number, port) in ports {
                let marks = self.marks(port);
                let lines = match &port.attachment {
                    Some(attachment) => vec![
                        format!("{}{marks}", attachment.domain),
                        attachment.mac.to_string(),
                        port.name.clone(),
                    ],
                    None => vec![format!("{}{marks}", port.name), port.role_reason.to_string()],
                };
                let id = format!("b{place}p{number}");
                self.line(format_args!("  {id}[{}]", Label(&lines)));
                self.colour(&vlans, id);
            }
            self.line("end");
            self.line(format_args!("b{place}g{group} --- b{place}"));
        }
    }

    fn port(&mut self, (place, number): (usize, usize), port: &Port, vlans: &Vlans) {
        let id = format!("b{place}p{number}");
        let mut lines = vec![format!("{}{}", port.name, self.marks(port))];
        lines.push(match vlans {
            Vlans::Unsaid => port.role.to_string(),
            vlans => format!("{}, {vlans}", port.role),
        });
        lines.extend(port.addresses.iter().map(ToString::to_string));
        match port.role {
            Role::Uplink => {
                if let Some(bond) = &port.bond {
                    lines.push(bond::mode(bond).to_owned());
                }
                for interface in &port.interfaces {
                    let mac = interface.mac.map(|mac| format!(" {mac}")).unwrap_or_default();
                    let marks = self.findings.of_nic_and_vlans(&interface.name, &self.devices);
                    // Those of the interface itself stand after the port's name.
                    let own = self.findings.of_port(&interface.name);
                    let above: Vec<usize> =
                        marks.into_iter().filter(|number| !own.contains(number)).collect();
                    lines.push(format!("{}{mac}{}", interface.name, Marks(&above)));
                    for member in self.devices.members(&interface.name) {
                        let mac = member.mac.map(|mac| format!(" {mac}")).unwrap_or_default();
                        let marks = self.findings.of_nic_and_vlans(&member.name, &self.devices);
                        lines.push(format!("{}{mac}{}", member.name, Marks(&marks)));
                    }
                }
                self.line(format_args!("b{place} --- {id}[{}]", Label(&lines)));
                self.line(format_args!("{id} --- wire"));
                self.has_wire = true;
            }
            Role::Tunnel | Role::Ipam => {
                for interface in &port.interfaces {
                    let option = |key: &str| interface.options.get(key).map_or("none", String::as_str);
                    lines.push(format!("{} key {}", interface.type_, option("key")));
                    lines.push(format!("to {}", option("remote_ip")));
                }
                self.line(format_args!("b{place} -.- {id}[/{}/]", Label(&lines)));
            }
            _ => {
                let at = PortAt {
                    bridge: place,
                    port: number,
                };
                if self.wireward.contains(&at) {
                    self.line(format_args!("b{place} --- {id}[{}]", Label(&lines)));
                } else {
                    self.line(format_args!("{id}[{}] --- b{place}", Label(&lines)));
                }
                let domain = port.attachment.as_ref().and_then(|attachment| {
                    Some((self.domains.get(attachment.domain.as_str())?, attachment.mac))
                });
                if let Some((domain, mac)) = domain {
                    let edge = format!("d{domain} ---|\"{mac}\"| {id}");
                    self.line(edge);
                }
                if port.role == Role::Unknown {
                    self.line(format_args!("class {id} finding"));
                    return;
                }
            }
        }
        self.colour(vlans, id);
    }

    fn marks(&self, port: &Port) -> String {
        Marks(&self.findings.of_port_and_interfaces(port)).to_string()
    }

    fn colour(&mut self, vlans: &Vlans, id: String) {
        if let Some(vlan) = vlans.single() {
            self.vlans.entry(vlan).or_default().push(id);
        }
    }

    fn styles(&mut self) {
        self.line("classDef default fill:#ffffff,stroke:#4a5563,color:#1b2430");
        self.line("classDef ovs fill:#174e8c,stroke:#174e8c,color:#ffffff");
        self.line("classDef linux fill:#6b4a1f,stroke:#6b4a1f,color:#ffffff");
        self.line("classDef cvm fill:#efeaf8,stroke:#4b2e83,color:#1b2430");
        self.line("classDef finding fill:#fdecea,stroke:#b41c1c,color:#1b2430,stroke-dasharray:5 3");
        for (vlan, nodes) in std::mem::take(&mut self.vlans) {
            let Pair { strong, pale } = of_vlan(vlan);
            self.line(format_args!(
                "classDef vlan{vlan} fill:{pale},stroke:{strong},color:#1b2430"
            ));
            for nodes in nodes.chunks(20) {
                self.line(format_args!("class {} vlan{vlan}", nodes.join(",")));
            }
        }
    }
}

/// Lines as one quoted label.
struct Label<'a>(&'a [String]);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for (place, line) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("<br/>")?;
            }
            for c in visible(line).chars() {
                let plain = c.is_ascii_alphanumeric() || " .,:/()_+-".contains(c) || !c.is_ascii();
                if plain {
                    f.write_char(c)?;
                } else {
                    write!(f, "#{};", u32::from(c))?;
                }
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::super::specimen;
    use super::*;

    /// The chart with an empty string for every label.
    fn without_labels(chart: &str) -> String {
        assert_eq!(chart.matches('"').count() % 2, 0, "a quote is left open");
        chart.split('"').step_by(2).collect()
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let tame = without_labels(&mermaid(&specimen::called("tame")));
        for name in specimen::HOSTILE {
            let chart = mermaid(&specimen::called(name));
            assert_eq!(without_labels(&chart), tame, "{name:?}");
            for label in chart.split('"').skip(1).step_by(2) {
                let inside = label.replace("<br/>", "");
                assert!(!inside.contains(['<', '>', '`', '\n', '%', '&']), "{label}");
            }
        }
    }

    #[test]
    fn two_hundred_guests_stay_below_the_limits_of_mermaid() {
        let chart = mermaid(&specimen::many_guests(200));
        assert!(chart.len() < 50_000, "{}", chart.len());
        assert!(chart.matches(" --- ").count() < 500);
    }

    #[test]
    fn every_port_is_one_node() {
        for topology in [
            specimen::reference(),
            specimen::chain(),
            specimen::plain(),
            specimen::many_guests(30),
        ] {
            let chart = mermaid(&topology);
            for (place, bridge) in topology.bridges.iter().enumerate() {
                for number in 0..bridge.ports.len() {
                    let node = format!("b{place}p{number}[");
                    assert_eq!(chart.matches(&node).count(), 1, "{node}");
                }
            }
        }
    }
}
