//! The texts of `ip [-d] link`, `ip address` and `ip route`.

use std::net::IpAddr;

use libvirt_model::vocab::MacAddr;

use super::capture::{Lines, Notes};
use crate::topology::{Address, Link, Route};

/// The driver kinds that `ip -d link` prints as the first word of a detail line.
const KINDS: [&str; 18] = [
    "bond",
    "bridge",
    "dummy",
    "geneve",
    "gre",
    "gretap",
    "ipvlan",
    "macvlan",
    "macvtap",
    "openvswitch",
    "sit",
    "team",
    "tun",
    "veth",
    "vlan",
    "vrf",
    "vxlan",
    "wireguard",
];

/// Reads `ip link`, `ip -d link`, `ip address` or `ip -d address`.
///
/// Without `-d` a link's kind is not told, and stays `None` as for a physical NIC; `detailed` says
/// which it was.
pub(super) fn links(text: &str, notes: &mut Notes) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (number, line) in Lines::of(text) {
        if let Some(link) = heading(line) {
            links.push(link);
        } else if let Some(link) = links.last_mut() {
            detail(link, line, number, notes);
        } else {
            notes.line(number, "it belongs to no link");
        }
    }
    links
}

/// Whether the text was printed with `-d`, which alone tells the kinds of links.
pub(super) fn is_detailed(text: &str) -> bool {
    text.contains(" promiscuity ")
}

/// `2: eth2@if4: <BROADCAST,UP,LOWER_UP> mtu 1500 … master ovs-system state UP …`
pub(super) fn heading(line: &str) -> Option<Link> {
    let (index, rest) = line.split_once(": ")?;
    let index = index.parse().ok()?;
    let (name, rest) = rest.split_once(": ")?;
    let (flags, rest) = rest.strip_prefix('<')?.split_once('>')?;
    let flags: Vec<&str> = flags.split(',').collect();
    let (name, parent) = match name.split_once('@') {
        Some((name, parent)) => (name, Some(parent)),
        None => (name, None),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    Some(Link {
        name: name.to_owned(),
        index,
        kind: None,
        loopback: flags.contains(&"LOOPBACK"),
        mac: None,
        mtu_bytes: after(&words, "mtu").and_then(|mtu| mtu.parse().ok()),
        admin_up: Some(flags.contains(&"UP")),
        link_up: Some(flags.contains(&"LOWER_UP")),
        master: after(&words, "master").map(str::to_owned),
        // `@if4` is a number within another namespace, and `@NONE` no link at all.
        parent: parent
            .filter(|parent| *parent != "NONE" && !is_foreign_index(parent))
            .map(str::to_owned),
        peer: None,
        vlan_id: None,
        phys_port_name: None,
        stp: None,
        addresses: Vec::new(),
    })
}

fn is_foreign_index(parent: &str) -> bool {
    parent
        .strip_prefix("if")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn detail(link: &mut Link, line: &str, number: usize, notes: &mut Notes) {
    let words: Vec<&str> = line.split_whitespace().collect();
    // It ends whichever line has the sizes of queues.
    if let Some(port) = after(&words, "portname") {
        link.phys_port_name = Some(port.to_owned());
    }
    match words.as_slice() {
        [kind, address, ..] if kind.starts_with("link/") => {
            link.mac = address.parse().ok().filter(|mac: &MacAddr| !mac.is_zero());
        }
        ["inet" | "inet6", address, ..] => {
            // A point-to-point address stands as `10.0.0.1 peer 10.0.0.2/32`.
            let peer = after(&words, "peer");
            let (ip, prefix) = match (
                address.split_once('/'),
                peer.and_then(|peer| peer.split_once('/')),
            ) {
                (Some((ip, prefix)), _) => (ip, prefix),
                (None, Some((_, prefix))) => (*address, prefix),
                (None, None) => (
                    *address,
                    if words.first() == Some(&"inet") {
                        "32"
                    } else {
                        "128"
                    },
                ),
            };
            match (ip.parse::<IpAddr>(), prefix.parse()) {
                (Ok(ip), Ok(prefix)) => link.addresses.push(Address::new(ip, prefix)),
                _ => notes.line(number, "an address that is none"),
            }
        }
        [kind, ..] if link.kind.is_none() && KINDS.contains(kind) => {
            link.kind = Some((*kind).to_owned());
            match *kind {
                // Of a veth the name after the `@` is the other end and nothing below it.
                "veth" => link.peer = link.parent.take(),
                "vlan" => link.vlan_id = after(&words, "id").and_then(|id| id.parse().ok()),
                "bridge" => link.stp = after(&words, "stp_state").map(|state| state != "0"),
                _ => {}
            }
        }
        // Lifetimes, queues, statistics, altnames and the details of members.
        _ => {}
    }
}

/// `ip route`'s words for routes that lead nowhere.
pub(super) const SPECIAL: [&str; 4] = ["blackhole", "unreachable", "prohibit", "throw"];

/// Reads `ip route` (of one family).
pub(super) fn routes(text: &str, notes: &mut Notes) -> Vec<Route> {
    let mut routes = Vec::new();
    let mut parent: Option<Route> = None;
    for (number, line) in Lines::of(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        if *first == "nexthop" {
            match &parent {
                Some(parent) => {
                    let mut hop = parent.clone();
                    way(&mut hop, rest);
                    routes.push(hop);
                }
                None => notes.line(number, "a next hop of no route"),
            }
            continue;
        }
        let special = SPECIAL.contains(first);
        let (type_, destination, rest) = match rest.split_first() {
            Some((destination, rest)) if special => (Some((*first).to_owned()), *destination, rest),
            _ => (None, *first, rest),
        };
        let Some(destination) = destination_of(destination) else {
            notes.line(number, "a route to what is no address");
            continue;
        };
        let mut route = Route {
            destination,
            ipv6: false,
            gateway: None,
            interface: None,
            metric: None,
            type_,
        };
        way(&mut route, rest);
        let v6 = |ip: IpAddr| ip.is_ipv6();
        route.ipv6 = route
            .destination
            .map_or_else(|| route.gateway.is_some_and(v6), |to| v6(to.ip));
        // A multipath route's own line names no device; its next hops follow.
        if route.interface.is_none() && route.gateway.is_none() && route.type_.is_none() {
            parent = Some(route);
        } else {
            parent = None;
            routes.push(route);
        }
    }
    routes
}

/// `None` is no address; `Some(None)` the default route.
pub(super) fn destination_of(text: &str) -> Option<Option<Address>> {
    if text == "default" {
        return Some(None);
    }
    let (ip, prefix) = match text.split_once('/') {
        Some((ip, prefix)) => (ip.parse::<IpAddr>().ok()?, prefix.parse().ok()?),
        None => {
            let ip: IpAddr = text.parse().ok()?;
            (ip, if ip.is_ipv4() { 32 } else { 128 })
        }
    };
    Some(Some(Address::new(ip, prefix)))
}

fn way(route: &mut Route, words: &[&str]) {
    let gateway = after(words, "via").map(|via| {
        if via == "inet6" {
            after(words, via)
        } else {
            Some(via)
        }
    });
    route.gateway = gateway.flatten().and_then(|gateway| gateway.parse().ok());
    route.interface = after(words, "dev").map(str::to_owned);
    route.metric = after(words, "metric")
        .and_then(|metric| metric.parse().ok())
        .or(route.metric);
}

fn after<'w>(words: &[&'w str], word: &str) -> Option<&'w str> {
    words
        .iter()
        .position(|at| *at == word)
        .and_then(|at| words.get(at + 1).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detailed_links_with_kinds_masters_and_parents() {
        let text = "2: eth0@if9: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc mq master ovs-system state UP mode DEFAULT\n    \
                    link/ether 00:15:5d:bf:ba:50 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68\n    \
                    openvswitch_slave addrgenmode none numtxqueues 64\n\
                    3: eth0.32@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN\n    \
                    link/ether 00:15:5d:bf:ba:50 brd ff:ff:ff:ff:ff:ff promiscuity 0\n    vlan protocol 802.1Q id 32 <REORDER_HDR>\n    \
                    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0.32\n       valid_lft forever preferred_lft forever\n\
                    4: virbr0: <BROADCAST,MULTICAST,UP> mtu 1500\n    link/ether 52:54:00:74:f9:b0 brd ff:ff:ff:ff:ff:ff promiscuity 0\n    \
                    bridge forward_delay 200 hello_time 200 stp_state 1 priority 32768\n";
        let mut notes = Notes::of("ip-d-link.txt");
        let links = links(text, &mut notes);
        assert_eq!(notes.sentences(), Vec::<String>::new());
        assert!(is_detailed(text));
        assert_eq!(
            (links[0].kind.as_deref(), links[0].master.as_deref()),
            (None, Some("ovs-system"))
        );
        assert_eq!(
            (links[0].parent.as_deref(), links[0].mtu_bytes),
            (None, Some(9000))
        );
        assert_eq!(
            (links[1].parent.as_deref(), links[1].vlan_id),
            (Some("eth0"), Some(32))
        );
        assert_eq!(links[1].addresses[0].to_string(), "10.0.0.1/24");
        assert_eq!((links[2].stp, links[2].link_up), (Some(true), Some(false)));
    }

    #[test]
    fn routes_of_every_form() {
        let text = "default via 10.59.30.1 dev br0 proto static metric 100\n10.59.30.0/23 dev br0 proto kernel scope link src 10.59.31.77\n\
                    blackhole 10.9.0.0/16\n10.8.0.0/16\n\tnexthop via 10.59.30.2 dev br0 weight 1\n\tnexthop via 10.59.30.3 dev br1 weight 1\n\
                    fe80::/64 dev br0 metric 256\n10.7.0.1 via inet6 fe80::1 dev br0\nnonsense here\n";
        let mut notes = Notes::of("ip-route.txt");
        let routes = routes(text, &mut notes);
        assert_eq!(
            notes.sentences(),
            ["ip-route.txt, line 9: a route to what is no address"]
        );
        assert_eq!(routes.len(), 7);
        assert_eq!((routes[0].destination, routes[0].metric), (None, Some(100)));
        assert_eq!(routes[2].type_.as_deref(), Some("blackhole"));
        assert_eq!(routes[4].interface.as_deref(), Some("br1"));
        assert!(routes[5].ipv6 && !routes[6].ipv6);
        assert_eq!(routes[6].gateway, Some("fe80::1".parse().unwrap()));
    }
}
