use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Write};

use super::bond;
use super::cables::{PortAt, cables};
use super::devices::Devices;
use super::findings::{Findings, Marks};
use super::forest::Forest;
use super::visible::visible;
use super::vlans::Vlans;
use crate::topology::{Bridge, BridgeKind, Domain, DomainRole, Link, Port, Role, Topology};

/// The picture as a graph for Graphviz: `dot -Tsvg`.
///
/// Nodes have identifiers of our own (`d0` a domain, `b0` a bridge, `b0p0` its port, `n0` a NIC, `r0` what
/// is far away, `f1` a finding, whose number also stands after the name of its object), and names stand in
/// labels only, quoted. Guests are on the left, the wire
/// on the right. One edge a NIC, so that a program may count them.
pub fn dot(topology: &Topology) -> String {
    let mut dot = Dot {
        out: String::new(),
        devices: Devices::of(topology),
        findings: Findings::of(topology),
        wireward: Forest::of(topology, &HashSet::new()).wireward(),
        nics: HashMap::new(),
        remotes: HashMap::new(),
    };
    dot.graph(topology);
    dot.out
}

struct Dot<'a> {
    out: String,
    devices: Devices<'a>,
    findings: Findings,
    /// Ports that lead to a bridge nearer to the wire.
    wireward: HashSet<PortAt>,
    /// Numbers of the physical NICs that were drawn.
    nics: HashMap<&'a str, usize>,
    remotes: HashMap<&'a str, usize>,
}

impl<'a> Dot<'a> {
    fn line(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{text}");
    }

    fn graph(&mut self, topology: &'a Topology) {
        let name = topology.host.hostname.as_deref().unwrap_or("host");
        self.line("graph host {");
        self.line(format_args!(
            "  graph [label={}, labelloc=t, rankdir=LR, bgcolor=\"#f4f6f9\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=18];",
            Quoted(&[name])
        ));
        self.line("  node [shape=box, style=filled, fillcolor=white, fontname=\"Helvetica,Arial,sans-serif\", fontsize=11];");
        self.line("  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9];");
        for (place, domain) in topology.domains.iter().enumerate() {
            self.domain(place, domain);
        }
        for (place, bridge) in topology.bridges.iter().enumerate() {
            self.bridge(place, bridge);
        }
        for cable in cables(topology) {
            let (a, b) = cable.towards(&self.wireward);
            self.line(format_args!(
                "  b{}p{} -- b{}p{} [penwidth=3];",
                a.bridge, a.port, b.bridge, b.port
            ));
        }
        self.attachments(topology);
        for link in self.devices.unused.clone() {
            self.nic(link.name.as_str(), Some(link));
        }
        if !self.nics.is_empty() {
            self.line("  wire [label=\"physical network\", shape=plaintext, fillcolor=\"#f4f6f9\"];");
        }
        self.notes();
        self.line("}");
    }

    fn domain(&mut self, place: usize, domain: &Domain) {
        let (kind, colour) = match domain.role {
            DomainRole::Cvm => ("controller VM", "#efeaf8"),
            DomainRole::Guest => ("guest", "white"),
        };
        let about = format!("{kind}, {}", domain.state);
        let mut lines = vec![domain.name.as_str(), &about];
        let loose: Vec<String> = domain
            .nics
            .iter()
            .filter(|nic| nic.port.is_none())
            .map(|nic| {
                let mac = nic.mac.map_or_else(|| "NIC".to_owned(), |mac| mac.to_string());
                let marks = Marks(self.findings.of_nic(&domain.name, nic.mac));
                format!("{mac} behind no port{marks}")
            })
            .collect();
        lines.extend(loose.iter().map(String::as_str));
        self.line(format_args!(
            "  d{place} [label={}, shape=box3d, fillcolor=\"{colour}\"];",
            Quoted(&lines)
        ));
    }

    fn bridge(&mut self, place: usize, bridge: &'a Bridge) {
        let (kind, colour) = match bridge.kind {
            BridgeKind::Ovs => ("Open vSwitch bridge", "#174e8c"),
            BridgeKind::Linux => ("Linux bridge", "#6b4a1f"),
        };
        let addresses: Vec<String> = bridge.addresses.iter().map(ToString::to_string).collect();
        let addresses = addresses.join(", ");
        let name = format!("{}{}", bridge.name, Marks(self.findings.of_bridge(&bridge.name)));
        let mut lines = vec![name.as_str(), kind];
        if bridge.kind == BridgeKind::Linux && !addresses.is_empty() {
            lines.push(&addresses);
        }
        self.line(format_args!("  subgraph cluster_{place} {{"));
        self.line(format_args!(
            "    graph [label={}, color=\"{colour}\", style=rounded];",
            Quoted(&[&bridge.name])
        ));
        self.line(format_args!(
            "    b{place} [label={}, fillcolor=\"{colour}\", fontcolor=white, height=1];",
            Quoted(&lines)
        ));
        for (number, port) in bridge.ports.iter().enumerate() {
            self.port(bridge, (place, number), port);
        }
        self.line("  }");
        for (number, port) in bridge.ports.iter().enumerate() {
            self.beyond(&format!("b{place}p{number}"), port);
        }
    }

    fn port(&mut self, bridge: &Bridge, (place, number): (usize, usize), port: &Port) {
        let id = format!("b{place}p{number}");
        let vlans = Vlans::of(bridge.kind, port);
        let words = match vlans {
            Vlans::Unsaid => port.role.to_string(),
            ref vlans => format!("{}, {vlans}", port.role),
        };
        let findings = self.findings.of_port_and_interfaces(port);
        let mut lines = vec![format!("{}{}", port.name, Marks(&findings)), words];
        if let Some(bond) = &port.bond {
            lines.push(bond::mode(bond).to_owned());
        }
        lines.extend(port.addresses.iter().map(ToString::to_string));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let colour = match (port.role, vlans.single()) {
            (Role::Unknown, _) => "#fdecea".to_owned(),
            (_, Some(id)) => super::svg::of_vlan(id).pale.to_string(),
            (_, None) => "#e7eaef".to_owned(),
        };
        let style = if port.role == Role::Unknown {
            ", style=\"filled,dashed\", color=\"#b41c1c\""
        } else {
            ""
        };
        self.line(format_args!(
            "    {id} [label={}, fillcolor=\"{colour}\"{style}, tooltip={}];",
            Quoted(&lines),
            Quoted(&[&port.role_reason.0])
        ));
        // What leads to the wire is right of the bridge, everything else left of it.
        let wireward = self.wireward.contains(&PortAt {
            bridge: place,
            port: number,
        });
        if wireward || matches!(port.role, Role::Uplink | Role::Tunnel | Role::Ipam) {
            self.line(format_args!("    b{place} -- {id};"));
        } else {
            self.line(format_args!("    {id} -- b{place};"));
        }
    }

    /// What a port leads to outside the host.
    fn beyond(&mut self, id: &str, port: &'a Port) {
        match port.role {
            Role::Uplink => {
                for interface in &port.interfaces {
                    let members = self.devices.members(&interface.name).to_vec();
                    if members.is_empty() {
                        let nic = self.nic(&interface.name, self.devices.link(&interface.name));
                        self.line(format_args!("  {id} -- n{nic};"));
                    }
                    for member in members {
                        let nic = self.nic(&member.name, Some(member));
                        self.line(format_args!("  {id} -- n{nic};"));
                    }
                }
            }
            Role::Tunnel | Role::Ipam => {
                for interface in &port.interfaces {
                    let remote = interface
                        .options
                        .get("remote_ip")
                        .map_or("no remote_ip", String::as_str);
                    let next = self.remotes.len();
                    let number = *self.remotes.entry(remote).or_insert(next);
                    if number == next {
                        self.line(format_args!(
                            "  r{number} [label={}, shape=ellipse, style=\"filled,dashed\"];",
                            Quoted(&[remote])
                        ));
                    }
                    let key = interface
                        .options
                        .get("key")
                        .map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
                    let words = format!("{} {key}", interface.type_);
                    self.line(format_args!(
                        "  {id} -- r{number} [label={}, style=dashed];",
                        Quoted(&[&words])
                    ));
                }
            }
            _ => {}
        }
    }

    /// Draws a physical NIC once; the answer is its number.
    fn nic(&mut self, name: &'a str, link: Option<&Link>) -> usize {
        if let Some(number) = self.nics.get(name) {
            return *number;
        }
        let number = self.nics.len();
        self.nics.insert(name, number);
        let findings = self.findings.of_nic_and_vlans(name, &self.devices);
        let mut lines = vec![format!("{name}{}", Marks(&findings))];
        lines.extend(link.and_then(|link| link.mac).map(|mac| mac.to_string()));
        let down = link.is_some_and(|link| link.link_up == Some(false) || link.admin_up == Some(false));
        if down {
            lines.push("down".to_owned());
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let colour = if down { ", color=\"#b41c1c\"" } else { "" };
        self.line(format_args!(
            "  n{number} [label={}{colour}];\n  n{number} -- wire [penwidth=2];",
            Quoted(&lines)
        ));
        number
    }

    fn attachments(&mut self, topology: &Topology) {
        let places: HashMap<&str, usize> = topology
            .domains
            .iter()
            .enumerate()
            .map(|(place, domain)| (domain.name.as_str(), place))
            .collect();
        for (bridge, ports) in topology.bridges.iter().map(|bridge| &bridge.ports).enumerate() {
            for (number, port) in ports.iter().enumerate() {
                let Some(attachment) = &port.attachment else {
                    continue;
                };
                if let Some(domain) = places.get(attachment.domain.as_str()) {
                    self.line(format_args!(
                        "  d{domain} -- b{bridge}p{number} [label=\"{}\"];",
                        attachment.mac
                    ));
                }
            }
        }
    }

    fn notes(&mut self) {
        let notes: Vec<String> = self
            .findings
            .list
            .iter()
            .enumerate()
            .map(|(place, finding)| {
                let number = place + 1;
                let subject = format!("⚠{number} {}", finding.subject);
                let label = [subject.as_str(), &finding.reason];
                format!(
                    "  f{number} [label={}, shape=note, fillcolor=\"#fdecea\", color=\"#b41c1c\"];",
                    Quoted(&label)
                )
            })
            .collect();
        for note in notes {
            self.line(note);
        }
    }
}

/// Lines as one quoted string of the DOT language.
///
/// Graphviz reads escapes such as `\N` and entities such as `&lt;` in labels, so that backslash and
/// ampersand are escaped beside the quote itself.
struct Quoted<'a>(&'a [&'a str]);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for (place, line) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\\n")?;
            }
            for c in visible(line).chars() {
                match c {
                    '"' => f.write_str("\\\"")?,
                    '\\' => f.write_str("\\\\")?,
                    '&' => f.write_str("&amp;")?,
                    c => f.write_char(c)?,
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

    /// The text outside of quoted strings, which is ours alone.
    fn outside_quotes(dot: &str) -> String {
        let (mut outside, mut quoted, mut escaped) = (String::new(), false, false);
        for c in dot.chars() {
            match (quoted, c) {
                (true, _) if escaped => escaped = false,
                (true, '\\') => escaped = true,
                (_, '"') => quoted = !quoted,
                (true, _) => {}
                (false, c) => outside.push(c),
            }
        }
        assert!(!quoted, "a quote is left open");
        outside
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let tame = outside_quotes(&dot(&specimen::called("tame")));
        for name in specimen::HOSTILE {
            assert_eq!(outside_quotes(&dot(&specimen::called(name))), tame, "{name:?}");
        }
    }

    #[test]
    fn every_port_nic_and_finding_is_there_once() {
        for topology in [
            specimen::reference(),
            specimen::chain(),
            specimen::plain(),
            specimen::many_guests(30),
        ] {
            let dot = dot(&topology);
            for (place, bridge) in topology.bridges.iter().enumerate() {
                for number in 0..bridge.ports.len() {
                    assert_eq!(dot.matches(&format!("    b{place}p{number} [label=")).count(), 1);
                }
            }
            for attachment in topology.ports().filter_map(|port| port.attachment.as_ref()) {
                assert!(
                    dot.contains(&format!("[label=\"{}\"]", attachment.mac)),
                    "{}",
                    attachment.mac
                );
            }
            assert_eq!(
                dot.matches("shape=note").count(),
                Findings::of(&topology).list.len()
            );
        }
    }
}
