//! Netlink messages → plain data. No IO.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libvirt_model::vocab::MacAddr;
use rtnetlink::packet_route::AddressFamily;
use rtnetlink::packet_route::address::{AddressAttribute, AddressMessage};
use rtnetlink::packet_route::link::{
    BridgeStpState, InfoBridge, InfoData, InfoVlan, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use rtnetlink::packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteNextHop, RouteType, RouteVia,
};

use crate::observe::KernelObservation;
use crate::topology::{Address, KernelGaps, Link, Route};

/// Puts the kernel's lists together: names for numbers, addresses on their links.
pub(super) fn observation(
    links: &[LinkMessage],
    addresses: &[AddressMessage],
    routes: &[RouteMessage],
) -> KernelObservation {
    let names: HashMap<u32, &str> = links
        .iter()
        .filter_map(|link| Some((link.header.index, name(link)?)))
        .collect();
    let name_of = |index: u32| names.get(&index).map(|name| (*name).to_owned());
    let mut by_link: HashMap<u32, Vec<Address>> = HashMap::new();
    for message in addresses {
        if let Some(address) = address(message) {
            by_link.entry(message.header.index).or_default().push(address);
        }
    }
    KernelObservation {
        links: links
            .iter()
            .filter_map(|message| {
                let mut link = link(message, name_of)?;
                link.addresses = by_link.remove(&link.index).unwrap_or_default();
                Some(link)
            })
            .collect(),
        routes: routes
            .iter()
            .flat_map(|message| route(message, name_of))
            .collect(),
        gaps: KernelGaps::default(),
        processes: None,
    }
}

fn name(message: &LinkMessage) -> Option<&str> {
    message.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name.as_str()),
        _ => None,
    })
}

fn link(message: &LinkMessage, name_of: impl Fn(u32) -> Option<String>) -> Option<Link> {
    let flags = message.header.flags;
    let mut link = Link {
        index: message.header.index,
        loopback: flags.contains(LinkFlags::Loopback),
        admin_up: Some(flags.contains(LinkFlags::Up)),
        link_up: Some(flags.contains(LinkFlags::LowerUp)),
        ..Link::named(name(message)?)
    };
    let mut below = None;
    let mut elsewhere = false;
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::Address(bytes) => link.mac = mac(bytes),
            LinkAttribute::Mtu(bytes) => link.mtu_bytes = Some(*bytes),
            LinkAttribute::Controller(index) => link.master = name_of(*index),
            LinkAttribute::Link(index) => below = Some(*index),
            LinkAttribute::LinkNetNsId(_) => elsewhere = true,
            LinkAttribute::PhysPortName(name) => link.phys_port_name = Some(name.clone()),
            LinkAttribute::LinkInfo(infos) => info(infos, &mut link),
            _ => {}
        }
    }
    // IFLA_LINK is the device below a VLAN device, and the other end of a veth; a number of another
    // namespace means nothing here.
    let below = below.filter(|_| !elsewhere).and_then(name_of);
    match link.kind.as_deref() {
        Some("vlan") => link.parent = below,
        Some("veth") => link.peer = below,
        _ => {}
    }
    Some(link)
}

fn info(infos: &[LinkInfo], link: &mut Link) {
    for info in infos {
        match info {
            LinkInfo::Kind(kind) => link.kind = Some(kind.to_string()),
            LinkInfo::Data(InfoData::Vlan(vlan)) => {
                link.vlan_id = vlan.iter().find_map(|info| match info {
                    InfoVlan::Id(id) => Some(*id),
                    _ => None,
                });
            }
            LinkInfo::Data(InfoData::Bridge(bridge)) => {
                link.stp = bridge.iter().find_map(|info| match info {
                    InfoBridge::StpState(state) => Some(!matches!(state, BridgeStpState::Disabled)),
                    _ => None,
                });
            }
            _ => {}
        }
    }
}

/// Six bytes that are not all zero: the loopback device and tunnels have none of their own.
fn mac(bytes: &[u8]) -> Option<MacAddr> {
    <[u8; 6]>::try_from(bytes)
        .ok()
        .filter(|bytes| bytes.iter().any(|byte| *byte != 0))
        .map(MacAddr::new)
}

/// The host's own end: `IFA_LOCAL`, which on a point-to-point link is not `IFA_ADDRESS`.
fn address(message: &AddressMessage) -> Option<Address> {
    let mut own = None;
    for attribute in &message.attributes {
        match attribute {
            AddressAttribute::Local(ip) => own = Some(*ip),
            AddressAttribute::Address(ip) if own.is_none() => own = Some(*ip),
            _ => {}
        }
    }
    own.map(|ip| Address::new(ip, message.header.prefix_len))
}

/// A route of the main table, or one for each next hop of a multipath route.
fn route(message: &RouteMessage, name_of: impl Fn(u32) -> Option<String>) -> Vec<Route> {
    let ipv6 = match message.header.address_family {
        AddressFamily::Inet => false,
        AddressFamily::Inet6 => true,
        _ => return Vec::new(),
    };
    let mut table = u32::from(message.header.table);
    let mut route = Route {
        destination: None,
        ipv6,
        gateway: None,
        interface: None,
        metric: None,
        type_: special(message.header.kind),
    };
    let mut hops: &[RouteNextHop] = &[];
    let mut destination = None;
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Table(number) => table = *number,
            RouteAttribute::Destination(to) => destination = ip(to),
            RouteAttribute::Priority(metric) => route.metric = Some(*metric),
            RouteAttribute::MultiPath(paths) => hops = paths,
            attribute => way(attribute, &mut route, &name_of),
        }
    }
    if table != u32::from(RouteHeader::RT_TABLE_MAIN) {
        return Vec::new();
    }
    // The kernel leaves RTA_DST out of a route to everything, and of one to 0.0.0.0/8 never does.
    let prefix_len = message.header.destination_prefix_length;
    route.destination = match destination {
        Some(ip) => Some(Address::new(ip, prefix_len)),
        None if prefix_len == 0 => None,
        None if ipv6 => Some(Address::new(Ipv6Addr::UNSPECIFIED.into(), prefix_len)),
        None => Some(Address::new(Ipv4Addr::UNSPECIFIED.into(), prefix_len)),
    };
    if hops.is_empty() {
        return vec![route];
    }
    hops.iter()
        .map(|hop| {
            let mut path = Route {
                interface: name_of(hop.interface_index),
                ..route.clone()
            };
            for attribute in &hop.attributes {
                way(attribute, &mut path, &name_of);
            }
            path
        })
        .collect()
}

fn way(attribute: &RouteAttribute, route: &mut Route, name_of: impl Fn(u32) -> Option<String>) {
    match attribute {
        RouteAttribute::Gateway(gateway) => route.gateway = ip(gateway),
        // An IPv4 route by way of an IPv6 router (RFC 5549).
        RouteAttribute::Via(RouteVia::Inet(gateway)) => route.gateway = Some(IpAddr::V4(*gateway)),
        RouteAttribute::Via(RouteVia::Inet6(gateway)) => route.gateway = Some(IpAddr::V6(*gateway)),
        RouteAttribute::Oif(index) => route.interface = name_of(*index),
        _ => {}
    }
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(ip) => Some(IpAddr::V4(*ip)),
        RouteAddress::Inet6(ip) => Some(IpAddr::V6(*ip)),
        _ => None,
    }
}

/// `ip route`'s word for a route that is not unicast.
fn special(kind: RouteType) -> Option<String> {
    Some(
        match kind {
            RouteType::Unicast => return None,
            RouteType::BlackHole => "blackhole",
            RouteType::Unreachable => "unreachable",
            RouteType::Prohibit => "prohibit",
            RouteType::Throw => "throw",
            RouteType::Local => "local",
            RouteType::Broadcast => "broadcast",
            RouteType::Anycast => "anycast",
            RouteType::Multicast => "multicast",
            other => return Some(format!("{other:?}").to_lowercase()),
        }
        .to_owned(),
    )
}
