use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Frame;
use super::start::{self, Start, TraceError};
use super::vlan::{self, Vid};
use crate::topology::{Bridge, BridgeKind, Domain, Interface, Link, Nic, Port, Role, Topology};

/// A NIC's way from the guest to the wire.
///
/// The hops are in the order of a walk in depth: a hop of depth `n` follows from the nearest one above
/// it of depth `n - 1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Trace {
    /// What the guest sends.
    pub frame: Frame,
    /// The hops.
    pub hops: Vec<Hop>,
    /// The smallest MTU on the way to a wire, in bytes; `None` where no wire is reached, or no hop says.
    pub path_mtu_bytes: Option<u32>,
}

/// One place that the frame comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Hop {
    /// How far from the guest, in hops.
    pub depth: usize,
    /// What kind of place it is.
    pub kind: HopKind,
    /// Its name.
    pub name: String,
    /// What the port is there for.
    pub role: Option<Role>,
    /// What became of the frame there.
    pub fate: Fate,
    /// The place's largest packet, in bytes.
    pub mtu_bytes: Option<u32>,
    /// How it is known that the frame comes here, in one clause.
    pub evidence: String,
}

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum HopKind {
    /// The NIC within the guest.
    Nic,
    /// A port where the frame enters a bridge.
    PortIn,
    /// A bridge.
    Bridge,
    /// A port where the frame leaves a bridge.
    PortOut,
    /// A network device under a port: a NIC of the host, a member of a bond.
    Device,
}

/// What becomes of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// It goes on like this, outside any switch.
    Frame(Frame),
    /// It goes on inside an Open vSwitch bridge in this VLAN; 0 is none.
    Inside(u16),
    /// It leaves the host like this.
    Wire(Frame),
    /// It stays on the host, or goes into a tunnel; the words say which.
    Ends(String),
    /// It is dropped, for this reason.
    Dropped(String),
}

impl Topology {
    /// Follows a frame from a guest's NIC, or from a port, to every way out of the host.
    ///
    /// The walk goes through firewall bridges, patch ports, VLAN devices and bonds. Other guests and the
    /// host's own interfaces are counted on their bridge and not followed.
    ///
    /// # Errors
    /// When nothing, or more than one NIC, is what `start` says.
    pub fn trace(&self, start: &Start, frame: Frame) -> Result<Trace, TraceError> {
        let found = start::find(self, start)?;
        let mut walk = Walk::new(self);
        let mut depth = 0;
        if let Some((domain, nic)) = found.nic {
            if let Some(reason) = stays_in_guest(domain, nic, found.port.is_some()) {
                walk.push(
                    0,
                    HopKind::Nic,
                    nic_name(domain, nic),
                    None,
                    Fate::Dropped(reason),
                    None,
                    "domain XML",
                );
                return Ok(walk.end(frame));
            }
            let fate = Fate::Frame(frame);
            walk.push(
                0,
                HopKind::Nic,
                nic_name(domain, nic),
                None,
                fate,
                None,
                "domain XML",
            );
            depth = 1;
        }
        if let Some((bridge, port)) = found.port {
            let evidence = match &port.attachment {
                Some(attachment) => {
                    let kinds = attachment.evidence.iter().map(|evidence| evidence.kind.as_str());
                    format!("matched by {}", kinds.collect::<Vec<_>>().join(", "))
                }
                None => "named".to_owned(),
            };
            walk.enter(depth, bridge, port, frame, &evidence);
        }
        Ok(walk.end(frame))
    }
}

/// Why a frame does not even leave the guest.
fn stays_in_guest(domain: &Domain, nic: &Nic, has_port: bool) -> Option<String> {
    if !domain.active {
        return Some(format!("the domain is {}, so the NIC has no tap", domain.state));
    }
    if !nic.link_up {
        return Some("its link is set down in the domain XML, as if the cable were pulled".to_owned());
    }
    (!has_port).then(|| "no port is known behind it".to_owned())
}

fn nic_name(domain: &Domain, nic: &Nic) -> String {
    match nic.mac {
        Some(mac) => format!("{}/{mac}", domain.name),
        None => domain.name.clone(),
    }
}

struct Walk<'t> {
    topology: &'t Topology,
    links: HashMap<&'t str, &'t Link>,
    /// The port that has an interface of this name; a device may be a port of two bridges.
    owners: HashMap<&'t str, Vec<(&'t Bridge, &'t Port)>>,
    hops: Vec<Hop>,
    visited: HashSet<&'t str>,
}

impl<'t> Walk<'t> {
    fn new(topology: &'t Topology) -> Self {
        let mut owners: HashMap<&str, Vec<(&Bridge, &Port)>> = HashMap::new();
        for bridge in &topology.bridges {
            for port in &bridge.ports {
                for interface in &port.interfaces {
                    owners.entry(&interface.name).or_default().push((bridge, port));
                }
            }
        }
        let links = topology
            .links
            .iter()
            .map(|link| (link.name.as_str(), link))
            .collect();
        Self {
            topology,
            links,
            owners,
            hops: Vec::new(),
            visited: HashSet::new(),
        }
    }

    fn end(self, frame: Frame) -> Trace {
        let path_mtu_bytes = path_mtu(&self.hops);
        Trace {
            frame,
            hops: self.hops,
            path_mtu_bytes,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "they are the fields of a hop, named where it is made"
    )]
    fn push(
        &mut self,
        depth: usize,
        kind: HopKind,
        name: impl Into<String>,
        role: Option<Role>,
        fate: Fate,
        mtu_bytes: Option<u32>,
        evidence: &str,
    ) {
        let (name, evidence) = (name.into(), evidence.to_owned());
        self.hops.push(Hop {
            depth,
            kind,
            name,
            role,
            fate,
            mtu_bytes,
            evidence,
        });
    }

    /// The frame comes to a bridge by one of its ports.
    fn enter(&mut self, depth: usize, bridge: &'t Bridge, port: &'t Port, frame: Frame, evidence: &str) {
        let name = format!("{}/{}", bridge.name, port.name);
        let inside = match (broken(port), bridge.kind) {
            (Some(reason), _) => Err(reason),
            (None, BridgeKind::Ovs) => vlan::enter(port, frame).map(Carried::Vlan),
            (None, BridgeKind::Linux) => Ok(Carried::Frame(frame)),
        };
        let fate = match &inside {
            Ok(carried) => carried.fate(),
            Err(reason) => Fate::Dropped(reason.clone()),
        };
        let role = Some(port.role);
        self.push(
            depth,
            HopKind::PortIn,
            name,
            role,
            fate,
            mtu_of(&port.interfaces),
            evidence,
        );
        let Ok(carried) = inside else { return };
        if !self.visited.insert(&bridge.name) {
            let fate = Fate::Dropped("it has been here before: the bridges form a loop".to_owned());
            self.push(
                depth + 1,
                HopKind::Bridge,
                &bridge.name,
                None,
                fate,
                None,
                "its port",
            );
            return;
        }
        let evidence = self.company(bridge, port, carried);
        self.push(
            depth + 1,
            HopKind::Bridge,
            &bridge.name,
            None,
            carried.fate(),
            bridge.mtu_bytes,
            &evidence,
        );
        for other in bridge.ports.iter().filter(|other| other.name != port.name) {
            if leads_out(other) || self.leads_across(bridge, other) {
                self.leave(depth + 2, bridge, other, carried);
            }
        }
    }

    /// Who else on the bridge gets the frame.
    fn company(&self, bridge: &Bridge, from: &Port, carried: Carried) -> String {
        let reached = |port: &&Port| port.name != from.name && carried.leave(bridge, port).is_ok();
        let guests = |role: Role| matches!(role, Role::Guest | Role::CvmExternal | Role::CvmInternal);
        let guests = bridge
            .ports
            .iter()
            .filter(|port| guests(port.role))
            .filter(reached)
            .count();
        let host = bridge
            .ports
            .iter()
            .find(|port| port.role == Role::Host && reached(port));
        let host = match host.map(|port| carried.leave(bridge, port)) {
            Some(Ok(frame)) => format!(" and the host, {frame}"),
            _ if bridge.kind == BridgeKind::Linux && !bridge.addresses.is_empty() => {
                " and the host".to_owned()
            }
            _ => ", and not the host".to_owned(),
        };
        let others = match guests {
            0 => "no other guest".to_owned(),
            1 => "one other guest".to_owned(),
            more => format!("{more} other guests"),
        };
        format!("reaches {others}{host}")
    }

    /// Whether a port leads to another bridge.
    fn leads_across(&self, bridge: &Bridge, port: &Port) -> bool {
        self.far_side(bridge, port).is_some()
    }

    /// The port of another bridge that a patch port, a veth or a shared device leads to.
    fn far_side(&self, bridge: &Bridge, port: &Port) -> Option<(&'t Bridge, &'t Port)> {
        let [interface] = port.interfaces.as_slice() else {
            return None;
        };
        let far = match interface.type_.as_str() {
            "patch" => interface.options.get("peer")?.as_str(),
            _ => self
                .links
                .get(interface.name.as_str())
                .and_then(|link| link.peer.as_deref())
                .unwrap_or(&interface.name),
        };
        let owners = self.owners.get(far)?;
        owners
            .iter()
            .find(|(owner, _)| owner.name != bridge.name)
            .copied()
    }

    /// The frame goes to a port that leads away.
    fn leave(&mut self, depth: usize, bridge: &'t Bridge, port: &'t Port, carried: Carried) {
        let name = format!("{}/{}", bridge.name, port.name);
        let reason = port.role_reason.0.as_str();
        let frame = match (broken(port), carried.leave(bridge, port)) {
            (None, Ok(frame)) => frame,
            (Some(reason), _) | (None, Err(reason)) => {
                let fate = Fate::Dropped(reason);
                self.push(
                    depth,
                    HopKind::PortOut,
                    name,
                    Some(port.role),
                    fate,
                    None,
                    &port.role_reason.0,
                );
                return;
            }
        };
        let mtu = mtu_of(&port.interfaces);
        if let Some((far_bridge, far_port)) = self.far_side(bridge, port) {
            self.push(
                depth,
                HopKind::PortOut,
                name,
                Some(port.role),
                Fate::Frame(frame),
                mtu,
                reason,
            );
            self.enter(depth + 1, far_bridge, far_port, frame, "the other end");
            return;
        }
        match port.role {
            Role::Tunnel | Role::Ipam => {
                let fate = Fate::Ends(format!("into the tunnel, {frame}"));
                self.push(depth, HopKind::PortOut, name, Some(port.role), fate, mtu, reason);
            }
            _ => {
                self.push(
                    depth,
                    HopKind::PortOut,
                    name,
                    Some(port.role),
                    Fate::Frame(frame),
                    mtu,
                    reason,
                );
                for interface in &port.interfaces {
                    self.device(depth + 1, &interface.name, Some(interface), port, frame);
                }
            }
        }
    }

    /// The frame comes to a network device of the host.
    fn device(&mut self, depth: usize, name: &str, row: Option<&Interface>, port: &Port, frame: Frame) {
        let link = self.links.get(name).copied();
        let mtu = link
            .and_then(|link| link.mtu_bytes)
            .or(row.and_then(|row| row.mtu_bytes));
        let down = match (link, row) {
            (Some(link), _) => link.admin_up == Some(false) || link.link_up == Some(false),
            (None, Some(row)) => row.admin_up == Some(false) || row.link_up == Some(false),
            (None, None) => false,
        };
        let evidence = match (&port.bond, link, row) {
            (Some(bond), ..) => {
                let mac = link.and_then(|link| link.mac).or(row.and_then(|row| row.mac));
                let mode = bond.mode.as_deref().unwrap_or("active-backup");
                let active = bond.active_slave.as_deref();
                match (active, mac) {
                    (Some(active), Some(mac)) if active == mac.to_string() => format!("{mode}, in use"),
                    (Some(_), Some(_)) if mode == "active-backup" => format!("{mode}, standing by"),
                    _ => mode.to_owned(),
                }
            }
            (None, Some(link), _) => link
                .kind
                .clone()
                .unwrap_or_else(|| "a NIC of the host".to_owned()),
            (None, None, _) => "the kernel does not show it".to_owned(),
        };
        let is_bond = link.is_some_and(|link| link.kind.as_deref() == Some("bond"));
        let below = link
            .filter(|link| link.vlan_id.is_some())
            .and_then(|link| link.parent.as_deref());
        let fate = match (down, link.and_then(|link| link.vlan_id), below) {
            (true, ..) => Fate::Dropped("it is down, or has no carrier".to_owned()),
            (false, Some(id), Some(_)) => match (frame, id.try_into()) {
                (Frame::Untagged, Ok(id)) => Fate::Frame(Frame::Tagged(id)),
                _ => Fate::Dropped(format!(
                    "a VLAN device would put a second header, VLAN {id}, around it"
                )),
            },
            _ if is_bond => Fate::Frame(frame),
            _ => Fate::Wire(frame),
        };
        let onward = match (&fate, below) {
            (Fate::Frame(frame), Some(below)) => Some((below, *frame)),
            _ => None,
        };
        self.push(depth, HopKind::Device, name, None, fate, mtu, &evidence);
        if let Some((below, frame)) = onward {
            self.device(depth + 1, below, None, port, frame);
        }
        // The members of a Linux bond.
        if is_bond && !down {
            let members = self
                .topology
                .links
                .iter()
                .filter(|member| member.master.as_deref() == Some(name));
            for member in members {
                self.device(depth + 1, &member.name, None, port, frame);
            }
        }
    }
}

/// A frame on a bridge.
#[derive(Debug, Clone, Copy)]
enum Carried {
    /// Of an Open vSwitch bridge, which knows it by its VLAN.
    Vlan(Vid),
    /// Of a Linux bridge, which here does not look at VLANs.
    Frame(Frame),
}

impl Carried {
    fn fate(self) -> Fate {
        match self {
            Self::Vlan(vid) => Fate::Inside(vid),
            Self::Frame(frame) => Fate::Frame(frame),
        }
    }

    fn leave(self, bridge: &Bridge, port: &Port) -> Result<Frame, String> {
        match (self, bridge.kind) {
            (Self::Vlan(vid), BridgeKind::Ovs) => vlan::leave(port, vid),
            (Self::Vlan(vid), BridgeKind::Linux) => vid
                .try_into()
                .map(Frame::of)
                .map_err(|_| "its VLAN is none".to_owned()),
            (Self::Frame(frame), _) => Ok(frame),
        }
    }
}

fn leads_out(port: &Port) -> bool {
    matches!(port.role, Role::Uplink | Role::Tunnel | Role::Ipam)
}

/// Why a port passes nothing at all.
fn broken(port: &Port) -> Option<String> {
    let [interface] = port.interfaces.as_slice() else {
        return None;
    };
    if let Some(error) = &interface.error {
        return Some(format!("Open vSwitch reports: {error}"));
    }
    if interface.ofport == Some(-1) {
        return Some("Open vSwitch could not open it (ofport -1)".to_owned());
    }
    (interface.admin_up == Some(false)).then(|| "it is switched off".to_owned())
}

fn mtu_of(interfaces: &[Interface]) -> Option<u32> {
    interfaces
        .iter()
        .filter_map(|interface| interface.mtu_bytes)
        .min()
}

/// The smallest MTU between the guest and the wire that lets the largest packet through.
fn path_mtu(hops: &[Hop]) -> Option<u32> {
    let mut on_the_way: Vec<Option<u32>> = Vec::new();
    let mut best = None;
    for hop in hops {
        on_the_way.truncate(hop.depth);
        let above = on_the_way.last().copied().flatten();
        let here = match (above, hop.mtu_bytes) {
            (Some(above), Some(own)) => Some(above.min(own)),
            (above, own) => above.or(own),
        };
        on_the_way.resize(hop.depth, above);
        on_the_way.push(here);
        if matches!(hop.fate, Fate::Wire(_)) {
            best = best.max(here);
        }
    }
    best
}
