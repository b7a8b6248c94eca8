use foldhash::{HashMap, HashSet};

use libvirt_model::vocab::MacAddr;
use uuid::Uuid;

use super::order;
use crate::observe::{ObservedBridge, ObservedDomain, ObservedInterface, ObservedPort};
use crate::topology::{Address, DomainRole, KernelGaps, Link, Mirror, Role, RoleReason};

/// The interface types of Open vSwitch that lead to another host (ovs-vswitchd.conf.db(5)).
const TUNNELS: [&str; 11] = [
    "vxlan",
    "geneve",
    "gre",
    "ip6gre",
    "gre64",
    "stt",
    "lisp",
    "erspan",
    "ip6erspan",
    "gtpu",
    "bareudp",
];

/// The drivers that Open vSwitch reports for devices that no wire is plugged into.
const VIRTUAL_DRIVERS: [&str; 6] = ["tun", "veth", "openvswitch", "bridge", "dummy", "macvlan"];

/// What is known around a port when its role is decided.
pub(super) struct Surroundings<'a> {
    /// The kernel's links by name; `None` where the kernel was not read.
    pub(super) links: Option<&'a HashMap<&'a str, &'a Link>>,
    /// What captures leave out of the kernel's picture.
    pub(super) gaps: &'a KernelGaps,
    /// Whether columns of OVSDB were left out.
    pub(super) abridged: bool,
    /// Whether libvirt was read.
    pub(super) libvirt_read: bool,
    /// The domains, running or not, by uuid.
    pub(super) domains: &'a HashMap<Uuid, &'a ObservedDomain>,
    /// Whether a running domain is a controller VM.
    pub(super) has_cvm: bool,
    /// The ends of a veth that are ports of some bridge.
    pub(super) bridged: &'a HashSet<&'a str>,
    /// The host's addresses on the Linux bridges that a controller VM's NIC is on.
    pub(super) cvm_local: &'a [Address],
}

type Judgement = (Role, RoleReason);

fn judge(role: Role, reason: impl Into<String>) -> Judgement {
    (role, RoleReason(reason.into()))
}

/// The role of a port that a guest NIC stands behind.
pub(super) fn of_attached(on_ovs: bool, domain: DomainRole) -> Judgement {
    match (domain, on_ovs) {
        (DomainRole::Cvm, true) => judge(Role::CvmExternal, "a NIC of the controller VM, on Open vSwitch"),
        (DomainRole::Cvm, false) => judge(Role::CvmInternal, "a NIC of the controller VM, on a Linux bridge"),
        (DomainRole::Guest, _) => judge(Role::Guest, "a NIC of a domain"),
    }
}

/// The role of a port that a mirror of its bridge sends its copies to.
pub(super) fn of_mirror_output(bridge: Option<&ObservedBridge>, port: &ObservedPort) -> Option<Judgement> {
    let to_it = |mirror: &&Mirror| mirror.output_port.as_deref() == Some(&port.name);
    let mirror = bridge?.mirrors.iter().find(to_it)?;
    Some(judge(
        Role::Mirror,
        format!("mirror {} sends its copies there", mirror.name),
    ))
}

/// What OVSDB itself says of the guest behind a port for which there is no NIC: a ghost of a domain that
/// is off or gone, or of one that was not read.
pub(super) fn says_ovsdb(port: &ObservedPort, around: &Surroundings<'_>) -> Option<String> {
    let id = |key: &str| {
        port.interfaces
            .iter()
            .find_map(|interface| interface.external_ids.get(key))
    };
    let mac = id("attached-mac").map(|mac| format!("NIC {mac}"));
    let domain = id("vm-id").or_else(|| id("vm-uuid")).map(|text| {
        match text.parse().ok().and_then(|uuid: Uuid| around.domains.get(&uuid)) {
            Some(domain) => format!("domain {}, which is {}", domain.name, domain.state),
            None => format!("domain {text}"),
        }
    });
    let words: Vec<String> = mac.into_iter().chain(domain).collect();
    (!words.is_empty()).then(|| format!("OVSDB says it is {}", words.join(" of ")))
}

/// The role of an Open vSwitch port that no guest NIC stands behind.
pub(super) fn of_ovs_port(bridge: &str, port: &ObservedPort, around: &Surroundings<'_>) -> Judgement {
    match port.interfaces.as_slice() {
        [] => judge(Role::Unknown, "it has no interface"),
        [interface] => of_single(bridge, port, interface, around),
        members
            if members
                .iter()
                .all(|member| is_system(member) && !is_tap(member, around)) =>
        {
            let members = order::sorted(members, |member| &member.name);
            let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            judge(Role::Uplink, format!("a bond of {}", and(&names)))
        }
        _ => judge(
            Role::Unknown,
            "its interfaces are not all devices that a wire may be plugged into",
        ),
    }
}

fn of_single(
    bridge: &str,
    port: &ObservedPort,
    interface: &ObservedInterface,
    around: &Surroundings<'_>,
) -> Judgement {
    match interface.type_.as_str() {
        "" | "system" => of_device(bridge, interface, around),
        "internal" => of_internal(bridge, &port.name, around),
        "patch" => match interface.options.get("peer") {
            Some(peer) => judge(Role::Chain, format!("its peer is {peer}")),
            None => judge(Role::Chain, "a patch port without a peer"),
        },
        "dpdk"
            if interface
                .options
                .get("dpdk-devargs")
                .is_some_and(|devargs| devargs.contains("representor=")) =>
        {
            judge(Role::Representor, "its dpdk-devargs name a representor")
        }
        "dpdk" => judge(Role::Uplink, "a NIC of the host, driven by DPDK"),
        "tap" => judge(Role::Unknown, "a tap that Open vSwitch made itself"),
        kind if TUNNELS.contains(&kind) => of_tunnel(bridge, &port.name, interface, around),
        other => judge(
            Role::Unknown,
            format!("interfaces of type {other} tell nothing of what they serve"),
        ),
    }
}

fn of_internal(bridge: &str, port: &str, around: &Surroundings<'_>) -> Judgement {
    let local = port == bridge;
    let words = if local {
        "the bridge's own interface"
    } else {
        "an interface of the host"
    };
    let Some(links) = around.links else {
        return judge(Role::Host, words);
    };
    match links.get(port) {
        Some(link) if !link.addresses.is_empty() => {
            let addresses: Vec<String> = link.addresses.iter().map(ToString::to_string).collect();
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            judge(Role::Host, format!("{words}, with {}", and(&addresses)))
        }
        Some(_) => judge(Role::Host, words),
        None if around.gaps.links => {
            judge(Role::Host, format!("{words}, of which no capture shows the link"))
        }
        None if local => judge(
            Role::Host,
            "the bridge's own interface, although the kernel does not show it",
        ),
        None => judge(
            Role::Unknown,
            "an internal interface that is not among the kernel's links",
        ),
    }
}

/// AHV's IP address management reaches its DHCP and ARP services on a controller VM through a VXLAN
/// port each, with key 1, named after the bridge.
fn of_tunnel(
    bridge: &str,
    port: &str,
    interface: &ObservedInterface,
    around: &Surroundings<'_>,
) -> Judgement {
    let remote = interface
        .options
        .get("remote_ip")
        .map_or("no remote_ip", String::as_str);
    let key_one = interface.options.get("key").is_some_and(|key| key == "1");
    let named = ["arp", "dhcp"].iter().any(|service| {
        port.strip_prefix(bridge)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|rest| rest == *service)
    });
    let towards_cvm = remote.parse().is_ok_and(|ip| {
        around
            .cvm_local
            .iter()
            .any(|own| own.ip != ip && own.network_contains(ip))
    });
    if interface.type_ == "vxlan" && key_one && towards_cvm {
        return judge(
            Role::Ipam,
            format!("VXLAN with key 1 to {remote}, where this host's controller VM is"),
        );
    }
    if interface.type_ == "vxlan" && key_one && named && (around.has_cvm || !around.libvirt_read) {
        return judge(
            Role::Ipam,
            format!("VXLAN with key 1 to {remote}, under AHV's name for it"),
        );
    }
    judge(Role::Tunnel, format!("{} to {remote}", interface.type_))
}

/// A network device of the system: a NIC, a Linux bond, a VLAN device, a tap.
fn of_device(bridge: &str, interface: &ObservedInterface, around: &Surroundings<'_>) -> Judgement {
    if let Some(link) = around
        .links
        .and_then(|links| links.get(interface.name.as_str()).copied())
    {
        return of_link(bridge, link, around);
    }
    if let Some(driver) = interface.status.get("driver_name") {
        if driver == "tun" {
            return of_tap(around);
        }
        if !VIRTUAL_DRIVERS.contains(&driver.as_str()) {
            return judge(Role::Uplink, format!("a NIC with driver {driver}"));
        }
    }
    match around.links {
        Some(_) if around.gaps.links && around.libvirt_read => judge(
            Role::Unknown,
            "a port without guest: no NIC of a running domain is behind it, and no capture shows its device",
        ),
        Some(_) if around.gaps.links => judge(Role::Unknown, "no capture shows its device"),
        Some(_) => judge(Role::Unknown, "its device is not among the kernel's links"),
        None => judge(
            Role::Unknown,
            "the kernel was not read, so what its device is cannot be told",
        ),
    }
}

/// The role of a kernel link that is a port, of either kind of bridge.
pub(super) fn of_link(bridge: &str, link: &Link, around: &Surroundings<'_>) -> Judgement {
    let physical = |link: &Link| link.kind.is_none() && !link.loopback && link.mac.is_some();
    match link.kind.as_deref() {
        None if link.phys_port_name.as_deref().is_some_and(is_function) => judge(
            Role::Representor,
            format!(
                "the host's end of {}, a function of a NIC that switches by itself",
                link.phys_port_name.as_deref().unwrap_or_default()
            ),
        ),
        None if around.gaps.kinds.contains(&link.name) => of_untold(bridge, link, around),
        None if physical(link) => judge(Role::Uplink, "a NIC of the host"),
        Some("bond" | "team") => {
            let links = around.links.into_iter().flat_map(|links| links.values());
            let mut members: Vec<&str> = links
                .filter(|member| member.master.as_deref() == Some(&link.name))
                .map(|member| member.name.as_str())
                .collect();
            members.sort_by(|a, b| order::by_name(a, b));
            match members.as_slice() {
                [] => judge(Role::Uplink, "a Linux bond without members"),
                members => judge(Role::Uplink, format!("a Linux bond of {}", and(members))),
            }
        }
        Some("vlan") => {
            let parent = link.parent.as_deref().unwrap_or("an unknown device");
            let below = around.links.and_then(|links| links.get(parent).copied());
            match (below, link.vlan_id) {
                (Some(below), Some(id)) if physical(below) || below.kind.as_deref() == Some("bond") => {
                    judge(Role::Uplink, format!("VLAN {id} of {parent}"))
                }
                _ => judge(Role::Unknown, format!("a VLAN device on {parent}")),
            }
        }
        // libvirt kept one such tap a bridge, always down, so that the bridge's address never changes.
        Some("tun" | "dummy") if link.name.strip_prefix(bridge) == Some("-nic") => judge(
            Role::Placeholder,
            "libvirt's device that keeps the bridge's address",
        ),
        Some("tun") => of_tap(around),
        Some("veth")
            if link
                .peer
                .as_deref()
                .is_some_and(|peer| around.bridged.contains(peer)) =>
        {
            let peer = link.peer.as_deref().unwrap_or_default();
            judge(Role::Chain, format!("a veth to {peer}, a port of another bridge"))
        }
        Some(kind) if TUNNELS.contains(&kind) => judge(Role::Tunnel, format!("a {kind} device")),
        Some(kind) => judge(
            Role::Unknown,
            format!("a {kind} device tells nothing of what it serves"),
        ),
        None => judge(Role::Unknown, "a device without an address"),
    }
}

/// Whether a port of a NIC's own switch is one of its functions, and not its wire: the kernel names them `pf0vf3`
/// and `pf0sf3`, and `p0` the wire (its documentation of devlink ports).
fn is_function(port: &str) -> bool {
    let rest = port.split_once("pf").map_or("", |(_, rest)| rest);
    let kind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = kind.strip_prefix("vf").or_else(|| kind.strip_prefix("sf"));
    kind != rest
        && number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A link of which no capture tells the kind: its address says something of it.
fn of_untold(bridge: &str, link: &Link, around: &Surroundings<'_>) -> Judgement {
    match link.mac.map(MacAddr::bytes) {
        _ if link.name.strip_prefix(bridge) == Some("-nic") => judge(
            Role::Placeholder,
            "it has libvirt's name for the device that keeps the bridge's address; no capture tells its kind",
        ),
        Some([0xfe, ..]) => of_tap(around),
        // IEEE 802: the second bit tells addresses that software made up from those of a manufacturer.
        Some([first, ..]) if first & 2 == 0 => judge(
            Role::Uplink,
            "it has a manufacturer's address, as a NIC has; no capture tells its kind",
        ),
        _ => judge(Role::Unknown, "no capture tells what kind of device it is"),
    }
}

fn of_tap(around: &Surroundings<'_>) -> Judgement {
    if around.libvirt_read {
        judge(Role::Unknown, "a tap, but of no NIC of a running domain")
    } else {
        judge(
            Role::Unknown,
            "a tap; libvirt was not read, so its guest cannot be told",
        )
    }
}

/// Whether Open vSwitch opens a device of the system for it.
fn is_system(interface: &ObservedInterface) -> bool {
    matches!(interface.type_.as_str(), "" | "system")
}

fn is_tap(interface: &ObservedInterface, around: &Surroundings<'_>) -> bool {
    let link = around.links.and_then(|links| links.get(interface.name.as_str()));
    match link {
        Some(link) if around.gaps.kinds.contains(&link.name) => {
            link.mac.is_some_and(|mac| matches!(mac.bytes(), [0xfe, ..]))
        }
        Some(link) => link.kind.as_deref() == Some("tun"),
        None => interface
            .status
            .get("driver_name")
            .is_some_and(|driver| driver == "tun"),
    }
}

pub(super) fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::is_function;

    #[test]
    fn a_function_of_a_nic_is_told_from_its_wire() {
        for function in ["pf0vf3", "pf1sf88", "c1pf0vf0"] {
            assert!(is_function(function), "{function}");
        }
        for wire in ["p0", "pf0", "pf0vf", "pfvf0", "0", "vf3", "pf0vfx"] {
            assert!(!is_function(wire), "{wire}");
        }
    }
}
