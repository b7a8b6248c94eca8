use std::collections::{BTreeMap, HashMap};

use libvirt_model::vocab::MacAddr;

use super::super::cables::PortAt;
use super::super::devices::Devices;
use super::super::findings::Findings;
use super::super::vlans::Vlans;
use super::colour::{CONTROLLER, CONTROLLER_PALE, DOUBTFUL, NEUTRAL, Pair, of_vlan};
use super::lane::{Cell, Density, Lane};
use super::uplink::Uplink;
use crate::topology::{Address, Attachment, Bridge, BridgeKind, Domain, DomainRole, Port, Role, Topology};

/// More guest NICs than this on the host, and they are drawn as rows of a table.
const CARDS_AT_MOST: usize = 40;
/// The same for a lane of anything else.
const CARDS_IN_A_LANE: usize = 12;

/// What the pictures of single bridges need to know of the whole host.
pub(super) struct Surroundings<'a> {
    pub(super) topology: &'a Topology,
    pub(super) devices: Devices<'a>,
    pub(super) findings: Findings,
    nics: HashMap<(&'a str, MacAddr), NicOfDomain<'a>>,
    /// The domain that is drawn across bridges: the controller VM, where there is just one.
    pub(super) controller: Option<&'a Domain>,
    by_name: HashMap<&'a str, &'a Bridge>,
    /// The names of the networks on a bridge.
    networks: HashMap<&'a str, Vec<&'a str>>,
    dense: bool,
}

struct NicOfDomain<'a> {
    number: usize,
    of: usize,
    domain: &'a Domain,
    link_up: bool,
    addresses: &'a [Address],
}

/// A bridge's ports by where they are drawn.
#[derive(Default)]
pub(super) struct Sorted {
    /// Ports of the controller VM that is drawn across bridges.
    pub(super) controller: Vec<PortAt>,
    pub(super) above: Vec<Lane>,
    pub(super) below: Vec<Lane>,
    pub(super) uplinks: Vec<Uplink>,
}

/// The lanes of a bridge, in the order in which they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Host,
    Controller,
    Guest,
    Chain,
    Mirror,
    Placeholder,
    Unknown,
    Ipam,
    Tunnel,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(topology: &'a Topology) -> Self {
        let mut nics = HashMap::new();
        for domain in &topology.domains {
            for (place, nic) in domain.nics.iter().enumerate() {
                if let Some(mac) = nic.mac {
                    let known = NicOfDomain {
                        number: place + 1,
                        of: domain.nics.len(),
                        domain,
                        link_up: nic.link_up,
                        addresses: &nic.addresses,
                    };
                    nics.entry((domain.name.as_str(), mac)).or_insert(known);
                }
            }
        }
        let mut networks: HashMap<&str, Vec<&str>> = HashMap::new();
        for network in &topology.networks {
            if let Some(bridge) = &network.bridge {
                networks.entry(bridge).or_default().push(&network.name);
            }
        }
        let mut cvms = topology
            .domains
            .iter()
            .filter(|domain| domain.role == DomainRole::Cvm);
        let controller = cvms.next().filter(|_| cvms.next().is_none());
        let guests = topology.ports().filter(|port| port.role == Role::Guest).count();
        Self {
            topology,
            devices: Devices::of(topology),
            findings: Findings::of(topology),
            nics,
            controller,
            by_name: topology
                .bridges
                .iter()
                .map(|bridge| (bridge.name.as_str(), bridge))
                .collect(),
            networks,
            dense: guests > CARDS_AT_MOST,
        }
    }

    /// The names of the libvirt networks on a bridge.
    pub(super) fn networks_on(&self, bridge: &str) -> &[&'a str] {
        self.networks.get(bridge).map_or(&[], Vec::as_slice)
    }

    pub(super) fn port(&self, at: PortAt) -> Option<(&'a Bridge, &'a Port)> {
        let bridge = self.topology.bridges.get(at.bridge)?;
        Some((bridge, bridge.ports.get(at.port)?))
    }

    /// Sorts a bridge's ports. `spanning` says whether the controller VM's may have their way up;
    /// `drawn` says which patch ports are the ends of a cable that is drawn.
    pub(super) fn sort(&self, place: usize, spanning: bool, drawn: impl Fn(PortAt) -> bool) -> Sorted {
        let mut sorted = Sorted::default();
        let Some(bridge) = self.topology.bridges.get(place) else {
            return sorted;
        };
        let mut groups: BTreeMap<(Group, Vlans), Vec<Cell>> = BTreeMap::new();
        if bridge.kind == BridgeKind::Linux && !bridge.addresses.is_empty() {
            groups
                .entry((Group::Host, Vlans::Unsaid))
                .or_default()
                .push(own_interface(bridge));
        }
        for (number, port) in bridge.ports.iter().enumerate() {
            let at = PortAt {
                bridge: place,
                port: number,
            };
            let vlans = Vlans::of(bridge.kind, port);
            let of_controller = self.controller.is_some_and(|controller| {
                port.attachment
                    .as_ref()
                    .is_some_and(|attachment| attachment.domain == controller.name)
            });
            let group = match port.role {
                _ if of_controller && spanning => {
                    sorted.controller.push(at);
                    continue;
                }
                Role::Uplink => {
                    sorted
                        .uplinks
                        .push(Uplink::of(port, &vlans, &self.devices, &self.findings));
                    continue;
                }
                Role::Chain if drawn(at) => continue,
                Role::Host => Group::Host,
                Role::CvmExternal | Role::CvmInternal => Group::Controller,
                Role::Guest | Role::Representor => Group::Guest,
                Role::Ipam => Group::Ipam,
                Role::Chain => Group::Chain,
                Role::Mirror => Group::Mirror,
                Role::Tunnel => Group::Tunnel,
                Role::Placeholder => Group::Placeholder,
                Role::Unknown => Group::Unknown,
            };
            groups
                .entry((group, vlans.clone()))
                .or_default()
                .push(self.cell(bridge, port, &vlans));
        }
        // One width for all rows of a bridge, so that its lanes make a table.
        let guests = groups.iter().filter(|((group, _), _)| *group == Group::Guest);
        let rows = Density::rows_for(guests.flat_map(|(_, cells)| cells));
        for ((group, vlans), cells) in groups {
            let lane = self.lane(group, &vlans, cells, rows);
            if matches!(group, Group::Ipam | Group::Tunnel) {
                sorted.below.push(lane);
            } else {
                sorted.above.push(lane);
            }
        }
        sorted
    }

    fn lane(&self, group: Group, vlans: &Vlans, cells: Vec<Cell>, rows: Density) -> Lane {
        let (name, things) = match group {
            Group::Host => ("Host", "interface"),
            Group::Controller => ("Controller VM", "NIC"),
            Group::Guest => ("", "guest NIC"),
            Group::Chain => ("Patch ports", "port"),
            Group::Mirror => ("Mirror output", "port"),
            Group::Placeholder => ("Placeholder", "device"),
            Group::Unknown => ("Role unknown", "port"),
            Group::Ipam => ("AHV IPAM", "tunnel"),
            Group::Tunnel => ("Tunnels", "tunnel"),
        };
        let words = match vlans {
            Vlans::Unsaid if name.is_empty() => "Guests".to_owned(),
            Vlans::Unsaid => String::new(),
            // What is no end of the network tells nothing by being a trunk.
            vlans if vlans.single().is_none() && group > Group::Guest && group != Group::Unknown => {
                String::new()
            }
            vlans => vlans.to_string(),
        };
        let between = if name.is_empty() || words.is_empty() {
            ""
        } else {
            " · "
        };
        let colours = match (group, vlans.single()) {
            (Group::Unknown, _) => DOUBTFUL,
            (_, Some(id)) => of_vlan(id),
            (Group::Controller, None) => Pair {
                strong: CONTROLLER,
                pale: CONTROLLER_PALE,
            },
            (_, None) => NEUTRAL,
        };
        let density = match group {
            Group::Guest if self.dense => rows,
            Group::Guest => Density::Cards,
            _ if cells.len() > CARDS_IN_A_LANE => Density::rows_for(&cells),
            _ => Density::Cards,
        };
        Lane {
            heading: format!("{name}{between}{words}"),
            count: counted(cells.len(), things),
            colours,
            dashed: matches!(group, Group::Unknown | Group::Ipam | Group::Tunnel),
            density,
            cells,
        }
    }

    fn cell(&self, bridge: &Bridge, port: &Port, vlans: &Vlans) -> Cell {
        let mut cell = match &port.attachment {
            Some(attachment) => self.guest(port, attachment),
            None => bare(port),
        };
        let mut findings = self.findings.of_port_and_interfaces(port);
        if let Some(attachment) = &port.attachment {
            findings.extend(self.findings.of_nic(&attachment.domain, Some(attachment.mac)));
        }
        findings.sort_unstable();
        findings.dedup();
        let title = format!(
            "port {} of {}, {vlans}: {}",
            port.name, bridge.name, port.role_reason
        );
        cell.title = if cell.title.is_empty() {
            title
        } else {
            format!("{}; {title}", cell.title)
        };
        Cell { findings, ..cell }
    }

    fn guest(&self, port: &Port, attachment: &Attachment) -> Cell {
        let known = self.nics.get(&(attachment.domain.as_str(), attachment.mac));
        let name = match known {
            Some(nic) if nic.of > 1 => format!("{} ({}/{})", attachment.domain, nic.number, nic.of),
            _ => attachment.domain.clone(),
        };
        let mut place = vec![port.name.clone()];
        let idle = known.is_some_and(|nic| !nic.link_up || nic.domain.state != "running");
        match known {
            Some(nic) if !nic.link_up => place.push("cable pulled".to_owned()),
            Some(nic) if nic.domain.state != "running" => place.push(nic.domain.state.clone()),
            _ => {}
        }
        place.extend(
            attachment
                .through
                .as_ref()
                .map(|bridge| format!("through {bridge}")),
        );
        if !self.dense {
            place.extend(
                attachment
                    .portgroup
                    .clone()
                    .or_else(|| attachment.network.clone()),
            );
        }
        let evidence: Vec<&str> = attachment
            .evidence
            .iter()
            .map(|evidence| evidence.kind.as_str())
            .collect();
        let network = attachment
            .network
            .as_deref()
            .map(|network| format!(", network {network}"));
        let through = attachment
            .through
            .as_deref()
            .and_then(|bridge| self.firewall(bridge));
        let addresses = known.map_or(&[][..], |nic| nic.addresses);
        let addresses: String = addresses.iter().map(|address| format!(" · {address}")).collect();
        Cell {
            title: format!(
                "{name}, NIC {}{addresses}{}{}, matched by {}",
                attachment.mac,
                network.unwrap_or_default(),
                through.unwrap_or_default(),
                evidence.join(", ")
            ),
            name,
            detail: if self.dense {
                attachment.mac.to_string()
            } else {
                format!("{}{addresses}", attachment.mac)
            },
            place: place.join(" · "),
            findings: Vec::new(),
            idle,
        }
    }

    /// A firewall bridge, which is not drawn, in words.
    fn firewall(&self, bridge: &str) -> Option<String> {
        let bridge = self.by_name.get(bridge)?;
        let ports: Vec<&str> = bridge.ports.iter().map(|port| port.name.as_str()).collect();
        Some(format!(
            ", through firewall bridge {} with {}",
            bridge.name,
            ports.join(", ")
        ))
    }
}

/// A port that no guest stands behind.
fn bare(port: &Port) -> Cell {
    let option = |key: &str| {
        port.interfaces
            .iter()
            .find_map(|interface| interface.options.get(key))
    };
    let kinds: Vec<&str> = port
        .interfaces
        .iter()
        .map(|interface| {
            if interface.type_.is_empty() {
                "system device"
            } else {
                interface.type_.as_str()
            }
        })
        .collect();
    let off = port
        .interfaces
        .iter()
        .any(|interface| interface.admin_up == Some(false));
    let mac = port.interfaces.iter().find_map(|interface| interface.mac);
    let (detail, place) = match port.role {
        Role::Ipam | Role::Tunnel => (
            match option("key") {
                Some(key) => format!("{} · key {key}", kinds.join(", ")),
                None => format!("{} · no key", kinds.join(", ")),
            },
            format!("→ {}", option("remote_ip").map_or("no remote_ip", String::as_str)),
        ),
        Role::Chain => (
            "patch".to_owned(),
            format!("→ {}", option("peer").map_or("no peer", String::as_str)),
        ),
        Role::Host => {
            let addresses: Vec<String> = port.addresses.iter().map(ToString::to_string).collect();
            let detail = if addresses.is_empty() {
                "no address".to_owned()
            } else {
                addresses.join(", ")
            };
            let mac = mac.map(|mac| format!(" · {mac}")).unwrap_or_default();
            (detail, format!("{}{mac}", kinds.join(", ")))
        }
        _ => (
            port.role_reason.to_string(),
            mac.map_or_else(|| kinds.join(", "), |mac| mac.to_string()),
        ),
    };
    Cell {
        name: port.name.clone(),
        detail,
        place: if off { format!("off · {place}") } else { place },
        idle: off,
        ..Cell::default()
    }
}

/// The host's own interface on a Linux bridge is the bridge itself.
fn own_interface(bridge: &Bridge) -> Cell {
    let addresses: Vec<String> = bridge.addresses.iter().map(ToString::to_string).collect();
    let mac = bridge.mac.map(|mac| format!(" · {mac}")).unwrap_or_default();
    Cell {
        name: bridge.name.clone(),
        detail: if addresses.is_empty() {
            "no address".to_owned()
        } else {
            addresses.join(", ")
        },
        place: format!("the bridge itself{mac}"),
        title: format!("{}, the host's own interface on the Linux bridge", bridge.name),
        ..Cell::default()
    }
}

/// `1 port`, `2 ports`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}
