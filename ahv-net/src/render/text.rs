use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Display, Write};

use crate::topology::{
    Attachment, Bridge, BridgeKind, Domain, DomainRole, Interface, Link, NativeVlan, Network, NetworkTie,
    Nic, Port, Reading, Remote, Role, Route, SourceReport, Topology, Vlan,
};

/// The picture as text, in the manner of `ovs-vsctl show`, with what that cannot tell beside it.
///
/// Lines of `ovs-vsctl show` keep its words and its nesting; what is added is the role of each port
/// and the guest NIC behind it, addresses, Linux bridges, networks, domains, routes, and what could
/// not be matched. It is for people: a program reads [`json`](super::json).
pub fn text(topology: &Topology) -> String {
    let mut out = Text::default();
    out.bridges(topology);
    out.networks(&topology.networks);
    out.domains(&topology.domains);
    out.other_addresses(topology);
    out.routes(&topology.routes);
    out.unmatched(topology);
    out.sources(&topology.sources);
    out.buffer
}

/// Lines with a nesting depth.
#[derive(Default)]
struct Text {
    buffer: String,
    depth: usize,
}

impl Text {
    fn line(&mut self, text: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.buffer, "{:width$}{text}", "", width = self.depth * 4);
    }

    fn nested(&mut self, body: impl FnOnce(&mut Self)) {
        self.depth += 1;
        body(self);
        self.depth -= 1;
    }

    /// A heading with what belongs under it, and an empty line before.
    fn section(&mut self, heading: &str, body: impl FnOnce(&mut Self)) {
        if !self.buffer.is_empty() {
            self.buffer.push('\n');
        }
        self.line(heading);
        self.nested(body);
    }

    fn bridges(&mut self, topology: &Topology) {
        let host = &topology.host;
        if let Some(name) = &host.hostname {
            self.line(format_args!("host {}", plain(name)));
        }
        match host.ovs_uuid {
            Some(uuid) => self.line(uuid),
            None if topology.bridges.is_empty() => return,
            None => self.line("bridges"),
        }
        self.nested(|out| {
            out.remotes("Manager", &host.managers);
            for bridge in &topology.bridges {
                out.bridge(bridge);
            }
            if let Some(version) = &host.ovs_version {
                let schema = host
                    .ovs_schema
                    .as_deref()
                    .map(|version| format!(" (schema {version})"));
                out.line(format_args!(
                    "ovs_version: {}{}",
                    quoted(version),
                    schema.unwrap_or_default()
                ));
            }
            if let Some(version) = &host.libvirt_version {
                let uri = host
                    .libvirt_uri
                    .as_deref()
                    .map(|uri| format!(" ({})", plain(uri)));
                out.line(format_args!(
                    "libvirt_version: {}{}",
                    quoted(version),
                    uri.unwrap_or_default()
                ));
            }
        });
    }

    fn bridge(&mut self, bridge: &Bridge) {
        match bridge.kind {
            BridgeKind::Ovs => self.line(format_args!("Bridge {}", plain(&bridge.name))),
            BridgeKind::Linux => self.line(format_args!("Linux bridge {}", plain(&bridge.name))),
        }
        self.nested(|out| {
            if !bridge.addresses.is_empty() {
                out.line(format_args!("addresses: {}", join(&bridge.addresses)));
            }
            if let Some(mode) = &bridge.fail_mode {
                out.line(format_args!("fail_mode: {}", plain(mode)));
            }
            if let Some(datapath) = bridge
                .datapath_type
                .as_deref()
                .filter(|datapath| !datapath.is_empty())
            {
                out.line(format_args!("datapath_type: {}", plain(datapath)));
            }
            out.remotes("Controller", &bridge.controllers);
            for port in &bridge.ports {
                out.port(bridge, port);
            }
        });
    }

    fn remotes(&mut self, what: &str, remotes: &[Remote]) {
        for remote in remotes {
            self.line(format_args!("{what} {}", quoted(&remote.target)));
            if remote.is_connected == Some(true) {
                self.nested(|out| out.line("is_connected: true"));
            }
        }
    }

    fn port(&mut self, bridge: &Bridge, port: &Port) {
        self.line(format_args!("Port {}", plain(&port.name)));
        self.nested(|out| {
            if let Some(tag) = port.tag {
                out.line(format_args!("tag: {tag}"));
            }
            if !port.trunks.is_empty() {
                out.line(format_args!("trunks: [{}]", join(&port.trunks)));
            }
            if let Some(mode) = &port.vlan_mode {
                out.line(format_args!("vlan_mode: {}", plain(mode)));
            }
            out.role(port);
            // Those of the bridge's own interface stand with the bridge.
            if port.name != bridge.name && !port.addresses.is_empty() && port.role != Role::Host {
                out.line(format_args!("addresses: {}", join(&port.addresses)));
            }
            if let Some(bond) = &port.bond {
                let default = if bond.told {
                    "active-backup (default)"
                } else {
                    "not told"
                };
                let mode = bond.mode.as_deref().unwrap_or(default);
                out.line(format_args!("bond_mode: {}", plain(mode)));
                if let Some(lacp) = &bond.lacp {
                    out.line(format_args!("lacp: {}", plain(lacp)));
                }
                if let Some(status) = &bond.lacp_status {
                    out.line(format_args!("lacp_status: {}", plain(status)));
                }
                if let Some(active) = &bond.active_slave {
                    out.line(format_args!(
                        "active: {}",
                        active_member(active, &port.interfaces)
                    ));
                }
            }
            for interface in &port.interfaces {
                out.interface(interface);
            }
        });
    }

    fn role(&mut self, port: &Port) {
        match &port.attachment {
            Some(attachment) => {
                let Attachment { domain, mac, .. } = attachment;
                self.line(format_args!(
                    "{}: {} {mac}{}",
                    port.role,
                    plain(domain),
                    tie(attachment)
                ));
                let evidence: Vec<&str> = attachment
                    .evidence
                    .iter()
                    .map(|evidence| evidence.kind.as_str())
                    .collect();
                self.nested(|out| out.line(format_args!("matched by {}", evidence.join(", "))));
            }
            None if port.role == Role::Unknown => {
                self.line(format_args!("role unknown: {}", plain(&port.role_reason.0)));
            }
            None => self.line(format_args!("{}: {}", port.role, plain(&port.role_reason.0))),
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let state = match (interface.admin_up, interface.link_up) {
            (Some(false), _) => " (off)",
            (_, Some(false)) => " (no carrier)",
            _ => "",
        };
        self.line(format_args!("Interface {}{state}", plain(&interface.name)));
        self.nested(|out| {
            if !interface.type_.is_empty() {
                out.line(format_args!("type: {}", plain(&interface.type_)));
            }
            if !interface.options.is_empty() {
                out.line(format_args!("options: {}", map(&interface.options)));
            }
            match &interface.error {
                Some(error) => out.line(format_args!("error: {}", quoted(error))),
                None if interface.ofport == Some(-1) => {
                    out.line("ofport: -1, so Open vSwitch could not open it");
                }
                None => {}
            }
        });
    }

    fn networks(&mut self, networks: &[Network]) {
        if networks.is_empty() {
            return;
        }
        self.section("networks", |out| {
            for network in networks {
                out.network(network);
            }
        });
    }

    fn network(&mut self, network: &Network) {
        let word = |known: Option<bool>, yes, no| known.map(|is| if is { yes } else { no });
        let state: Vec<&str> = [
            Some(word(network.active, "active", "inactive").unwrap_or("state not told")),
            word(network.autostart, "autostart", "no autostart"),
            word(network.persistent, "persistent", "transient"),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.line(format_args!("{}: {}", plain(&network.name), state.join(", ")));
        self.nested(|out| {
            let forward = network
                .forward
                .as_deref()
                .map_or("no forward".into(), |mode| format!("forward {}", plain(mode)));
            let bridge = network
                .bridge
                .as_deref()
                .map(|bridge| format!("bridge {}", plain(bridge)));
            let virtualport = network.virtualport.as_deref();
            let virtualport = virtualport.map(|kind| format!("virtualport {}", plain(kind)));
            let words: Vec<String> = bridge.into_iter().chain([forward]).chain(virtualport).collect();
            out.line(words.join(", "));
            if !network.addresses.is_empty() {
                out.line(format_args!("addresses: {}", join(&network.addresses)));
            }
            if let Some(vlan) = &network.vlan {
                out.line(vlan_words(vlan));
            }
            for portgroup in &network.portgroups {
                let default = if portgroup.default { " (default)" } else { "" };
                let vlan = portgroup
                    .vlan
                    .as_ref()
                    .map(|vlan| format!(": {}", vlan_words(vlan)));
                let vlan = vlan.unwrap_or_default();
                out.line(format_args!(
                    "portgroup {}{default}{vlan}",
                    plain(&portgroup.name)
                ));
            }
            for user in &network.users {
                let by = if user.tie == NetworkTie::Bridge {
                    ", by its bridge"
                } else {
                    ""
                };
                out.line(format_args!("used by {} {}{by}", plain(&user.domain), user.mac));
            }
        });
    }

    fn domains(&mut self, domains: &[Domain]) {
        if domains.is_empty() {
            return;
        }
        self.section("domains", |out| {
            for domain in domains {
                let cvm = if domain.role == DomainRole::Cvm {
                    ", controller VM"
                } else {
                    ""
                };
                let transient = if domain.persistent == Some(false) {
                    ", transient"
                } else {
                    ""
                };
                let autostart = if domain.autostart == Some(true) {
                    ", autostart"
                } else {
                    ""
                };
                out.line(format_args!(
                    "{}: {}{cvm}{autostart}{transient}",
                    plain(&domain.name),
                    plain(&domain.state)
                ));
                out.nested(|out| {
                    for nic in &domain.nics {
                        out.nic(nic, domain.active);
                    }
                    for route in &domain.routes {
                        let interface = route.interface.as_deref().unwrap_or("no interface");
                        out.line(format_args!(
                            "route inside: {} on {}",
                            RouteWords(route),
                            plain(interface)
                        ));
                    }
                });
            }
        });
    }

    fn nic(&mut self, nic: &Nic, active: bool) {
        let mac = nic.mac.map_or_else(|| "no MAC".to_owned(), |mac| mac.to_string());
        let place = match (&nic.port, active) {
            (Some(port), _) => plain(port).into_owned(),
            (None, true) if matches!(nic.type_.as_str(), "bridge" | "network" | "ethernet") => {
                "behind no port".to_owned()
            }
            (None, true) => match &nic.device {
                Some(device) => format!("type {}, on {}", plain(&nic.type_), plain(device)),
                None => format!("type {}", plain(&nic.type_)),
            },
            (None, false) => match (&nic.network, &nic.bridge) {
                (Some(network), _) => format!("network {}", plain(network)),
                (None, Some(bridge)) => format!("bridge {}", plain(bridge)),
                (None, None) => format!("type {}", plain(&nic.type_)),
            },
        };
        let vlan = nic
            .vlan
            .as_ref()
            .map(|vlan| format!(", {}", vlan_words(vlan)))
            .unwrap_or_default();
        let cable = if nic.link_up { "" } else { ", link down" };
        let inside = nic
            .guest_name
            .as_deref()
            .map(|name| format!(", {} inside", plain(name)));
        let inside = inside.unwrap_or_default();
        let addresses = if nic.addresses.is_empty() {
            String::new()
        } else {
            let tellers: Vec<&str> = nic.addresses_from.iter().map(|teller| teller.as_str()).collect();
            // What was captured inside the guest needs no further word.
            match tellers.as_slice() {
                [] | ["capture"] => format!(" with {}", join(&nic.addresses)),
                tellers => format!(" with {} ({})", join(&nic.addresses), tellers.join(", ")),
            }
        };
        self.line(format_args!("NIC {mac}: {place}{vlan}{cable}{inside}{addresses}"));
    }

    /// The addresses of links that stand nowhere above.
    fn other_addresses(&mut self, topology: &Topology) {
        let mut above: HashSet<&str> = topology
            .bridges
            .iter()
            .map(|bridge| bridge.name.as_str())
            .collect();
        above.extend(topology.ports().map(|port| port.name.as_str()));
        let others: Vec<&Link> = topology
            .links
            .iter()
            .filter(|link| {
                !link.loopback && !link.addresses.is_empty() && !above.contains(link.name.as_str())
            })
            .collect();
        if others.is_empty() {
            return;
        }
        self.section("addresses on no bridge", |out| {
            for link in others {
                out.line(format_args!("{}: {}", plain(&link.name), join(&link.addresses)));
            }
        });
    }

    fn routes(&mut self, routes: &[Route]) {
        if routes.is_empty() {
            return;
        }
        let mut by_interface: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
        for route in routes {
            by_interface
                .entry(route.interface.as_deref().unwrap_or("no interface"))
                .or_default()
                .push(route);
        }
        self.section("routes", |out| {
            for (interface, routes) in by_interface {
                out.line(plain(interface));
                out.nested(|out| {
                    for route in routes {
                        out.line(RouteWords(route));
                    }
                });
            }
        });
    }

    fn unmatched(&mut self, topology: &Topology) {
        if topology.unmatched.is_empty() {
            return;
        }
        self.section("not matched", |out| {
            for unmatched in &topology.unmatched {
                let (name, reason) = (plain(&unmatched.name), plain(&unmatched.reason));
                out.line(format_args!("{} {name}: {reason}", unmatched.kind.as_str()));
            }
        });
    }

    fn sources(&mut self, sources: &[SourceReport]) {
        self.section("sources", |out| {
            for source in sources {
                match (source.reading, &source.from) {
                    (Reading::Read, Some(from)) => {
                        out.line(format_args!("{}: {}", plain(&source.name), plain(from)));
                    }
                    (Reading::Read, None) => out.line(format_args!("{}: read", source.name)),
                    (Reading::NotRead, Some(why)) => {
                        out.line(format_args!("{}: not read: {}", plain(&source.name), plain(why)));
                    }
                    (Reading::NotRead, None) => out.line(format_args!("{}: not read", source.name)),
                }
            }
        });
    }
}

fn tie(attachment: &Attachment) -> String {
    let portgroup = attachment
        .portgroup
        .as_deref()
        .map(|name| format!(", portgroup {}", plain(name)));
    let portgroup = portgroup.unwrap_or_default();
    match (&attachment.network, attachment.network_tie) {
        (Some(network), Some(NetworkTie::Bridge)) => {
            format!(", network {} (by its bridge){portgroup}", plain(network))
        }
        (Some(network), _) => format!(", network {}{portgroup}", plain(network)),
        (None, _) => portgroup,
    }
}

fn vlan_words(vlan: &Vlan) -> String {
    let tags = join(&vlan.tags);
    let native = match vlan.native {
        Some(NativeVlan { tag, tagged: true }) => format!(", native {tag} tagged"),
        Some(NativeVlan { tag, tagged: false }) => format!(", native {tag} untagged"),
        None => String::new(),
    };
    if vlan.trunk {
        format!("VLAN trunk {tags}{native}")
    } else {
        format!("VLAN {tags}{native}")
    }
}

struct RouteWords<'a>(&'a Route);

impl Display for RouteWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = self.0;
        if let Some(kind) = &route.type_ {
            write!(f, "{kind} ")?;
        }
        match route.destination {
            Some(destination) => write!(f, "{destination}")?,
            None if route.ipv6 => f.write_str("default (IPv6)")?,
            None => f.write_str("default")?,
        }
        if let Some(gateway) = route.gateway {
            write!(f, " via {gateway}")?;
        }
        if let Some(metric) = route.metric {
            write!(f, " metric {metric}")?;
        }
        Ok(())
    }
}

fn join<T: Display>(items: &[T]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A map as `ovs-vsctl` prints it: `{key="1", peer=patch-tun}`.
fn map(map: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}={}", atom(key), atom(value)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// A string as the Open vSwitch tools print it: bare where it looks like an identifier, else quoted.
fn atom(text: &str) -> String {
    let mut chars = text.chars();
    let starts = chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let continues = chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if starts && continues && !matches!(text, "true" | "false") {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// The member of a bond that is in use; Open vSwitch names it by its hardware address, all zeros for none.
fn active_member(active: &str, members: &[Interface]) -> String {
    if active == "00:00:00:00:00:00" {
        return "none".to_owned();
    }
    let member = members
        .iter()
        .find(|member| member.mac.is_some_and(|mac| mac.to_string() == active));
    member.map_or_else(
        || plain(active).into_owned(),
        |member| plain(&member.name).into_owned(),
    )
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Text as it is, unless it holds characters that are not seen: what a guest or a peer chose to be called
/// must not steer the reader's terminal, nor the direction of the line.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().any(unseen) {
        text.escape_default().to_string().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{
        Observed, ObservedBridge, ObservedInterface, ObservedPort, OvsObservation, Sourced,
    };
    use crate::topology::join;

    fn shown(port: ObservedPort) -> String {
        let bridge = ObservedBridge {
            name: "br0".to_owned(),
            ports: vec![port],
            ..Default::default()
        };
        let said = OvsObservation {
            bridges: vec![bridge],
            ..Default::default()
        };
        let ovsdb = Some(Sourced {
            from: "test".to_owned(),
            said,
        });
        text(&join(&Observed {
            ovsdb,
            ..Observed::default()
        }))
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let text = shown(ObservedPort {
            name: "tap\u{1b}[2Jx\n".to_owned(),
            ..Default::default()
        });
        assert!(text.contains("Port tap\\u{1b}[2Jx\\n\n"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn an_interface_that_open_vswitch_could_not_open_says_so() {
        let interface = ObservedInterface {
            name: "tap9".to_owned(),
            ofport: Some(-1),
            ..Default::default()
        };
        let port = ObservedPort {
            name: "tap9".to_owned(),
            interfaces: vec![interface.clone()],
            ..Default::default()
        };
        assert!(shown(port).contains("ofport: -1, so Open vSwitch could not open it"));
        let interface = ObservedInterface {
            error: Some("No such \"device\"".to_owned()),
            ..interface
        };
        let port = ObservedPort {
            name: "tap9".to_owned(),
            interfaces: vec![interface],
            ..Default::default()
        };
        assert!(shown(port).contains("error: \"No such \\\"device\\\"\""));
    }

    #[test]
    fn a_bond_shows_its_mode_even_where_it_is_the_default() {
        let member = |name: &str| ObservedInterface {
            name: name.to_owned(),
            ..Default::default()
        };
        let port = ObservedPort {
            name: "bond0".to_owned(),
            interfaces: vec![member("eth3"), member("eth2")],
            ..Default::default()
        };
        let text = shown(port);
        assert!(text.contains("bond_mode: active-backup (default)"), "{text}");
        assert!(text.find("Interface eth2") < text.find("Interface eth3"));
    }

    #[test]
    fn strings_are_quoted_as_ovs_vsctl_quotes_them() {
        let values = [
            ("key", "1"),
            ("peer", "patch-tun"),
            ("odd key", "a b"),
            ("flag", "true"),
        ];
        let options = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(
            map(&options),
            "{flag=\"true\", key=\"1\", \"odd key\"=\"a b\", peer=patch-tun}"
        );
    }

    #[test]
    fn the_member_of_a_bond_in_use_is_named() {
        let member = |name: &str, mac: &str| ObservedInterface {
            name: name.to_owned(),
            mac_in_use: Some(mac.parse().unwrap()),
            ..Default::default()
        };
        let with = |active: &str| {
            shown(ObservedPort {
                name: "bond0".to_owned(),
                bond_active_slave: Some(active.to_owned()),
                interfaces: vec![
                    member("eth2", "0c:00:00:00:00:02"),
                    member("eth3", "0c:00:00:00:00:03"),
                ],
                ..Default::default()
            })
        };
        assert!(with("0c:00:00:00:00:03").contains("active: eth3"));
        assert!(with("00:00:00:00:00:00").contains("active: none"));
    }
}
