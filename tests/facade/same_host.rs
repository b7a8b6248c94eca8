//! The lab, with real software, and the embedded host show the same topology.

use std::collections::BTreeSet;

use ahv_net::topology::{Bridge, Domain, Network, Port, Topology, UnmatchedKind};
use serde_json::{Value, json};
use test_support::{Lab, Suite};

use crate::command::Example;

/// What the lab cannot make: VLAN splinters need the kernel's VLAN module.
const ONLY_EMBEDDED: [&str; 2] = ["eth2.32", "eth3.32"];
/// What the lab adds: the device of the userspace datapath.
const ONLY_LAB: [&str; 1] = ["ovs-netdev"];
/// The domains of the captures; a lab with `--guests` has more, and a portgroup for one of them.
const DOMAINS: [&str; 2] = ["NTNX-DRM-3060-G4-1-1-CVM", "guest-vlan32"];
const PORTGROUPS: [&str; 1] = ["VM-Network"];

pub(crate) fn cases(suite: &mut Suite) {
    let lab = Lab::from_env();
    let both = lab.and_then(|lab| Ok((lab, Example::available("show")?)));
    suite.case_with(
        "show: the lab and the embedded host have the same topology",
        both,
        |(lab, show)| {
            let _turn = lab.shared()?;
            let lab = show.run(&[&["--json"], &lab.flags()[..]].concat())?;
            assert_eq!((lab.code, lab.stderr.as_str()), (Some(0), ""));
            let embedded = show.run(&["--json"])?;
            assert_eq!(embedded.code, Some(0), "{}", embedded.stderr);
            let lab = essence(&serde_json::from_str(&lab.stdout)?);
            let embedded = essence(&serde_json::from_str(&embedded.stdout)?);
            pretty_assertions::assert_str_eq!(pretty(&lab), pretty(&embedded));
            Ok(())
        },
    );
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a JSON value prints")
}

/// What must be equal: everything that the captures tell, without what belongs to a machine (versions,
/// the root row's uuid, link numbers, MTU) or to how a link was made (veth, tun, openvswitch).
fn essence(topology: &Topology) -> Value {
    let of_captures = |domain: &str| DOMAINS.contains(&domain);
    let mut left_out: BTreeSet<&str> = ONLY_EMBEDDED.iter().chain(&ONLY_LAB).copied().collect();
    for domain in topology
        .domains
        .iter()
        .filter(|domain| !of_captures(&domain.name))
    {
        left_out.extend(domain.nics.iter().filter_map(|nic| nic.target.as_deref()));
    }
    let mut routes: Vec<Value> = topology
        .routes
        .iter()
        .map(|route| json!([route.destination, route.gateway, route.interface]))
        .collect();
    routes.sort_by_key(Value::to_string);
    json!({
        "bridges": list(&topology.bridges, |bridge| bridge_essence(bridge, &left_out)),
        "networks": list(&topology.networks, network_essence),
        "domains": list(topology.domains.iter().filter(|domain| of_captures(&domain.name)), domain_essence),
        "links": list(topology.links.iter().filter(|link| !left_out.contains(link.name.as_str())), |link| {
            // The captures do not show the address of virbr0-nic.
            let mac = link.mac.filter(|_| link.name != "virbr0-nic");
            json!([link.name, mac, link.master, link.addresses, link.admin_up])
        }),
        "routes": routes,
        "unmatched": list(
            topology.unmatched.iter().filter(|unmatched| {
                unmatched.kind != UnmatchedKind::Link || !left_out.contains(unmatched.name.as_str())
            }),
            |unmatched| json!([unmatched.kind, unmatched.name]),
        ),
    })
}

fn list<T>(items: impl IntoIterator<Item = T>, essence: impl Fn(T) -> Value) -> Vec<Value> {
    items.into_iter().map(essence).collect()
}

fn bridge_essence(bridge: &Bridge, left_out: &BTreeSet<&str>) -> Value {
    json!({
        "name": bridge.name,
        "kind": bridge.kind,
        "mac": bridge.mac,
        "addresses": bridge.addresses,
        "known_from": bridge.known_from,
        "ports": list(bridge.ports.iter().filter(|port| !left_out.contains(port.name.as_str())), port_essence),
    })
}

fn port_essence(port: &Port) -> Value {
    json!({
        "name": port.name,
        "role": port.role,
        "role_reason": port.role_reason,
        "tag": port.tag,
        "trunks": port.trunks,
        "vlan_mode": port.vlan_mode,
        "addresses": port.addresses,
        "attachment": port.attachment,
        "interfaces": list(&port.interfaces, |interface| json!({
            "name": interface.name,
            "type": interface.type_,
            "options": interface.options,
            "external_ids": interface.external_ids,
        })),
    })
}

fn network_essence(network: &Network) -> Value {
    json!({
        "name": network.name,
        "active": network.active,
        "autostart": network.autostart,
        "persistent": network.persistent,
        "forward": network.forward,
        "bridge": network.bridge,
        "virtualport": network.virtualport,
        "portgroups": list(
            network.portgroups.iter().filter(|group| PORTGROUPS.contains(&group.name.as_str())),
            |group| json!(group),
        ),
        "addresses": network.addresses,
        "users": list(
            network.users.iter().filter(|user| DOMAINS.contains(&user.domain.as_str())),
            |user| json!(user),
        ),
    })
}

fn domain_essence(domain: &Domain) -> Value {
    json!({
        "name": domain.name,
        "uuid": domain.uuid,
        "role": domain.role,
        "state": domain.state,
        "active": domain.active,
        "autostart": domain.autostart,
        "persistent": domain.persistent,
        "nics": domain.nics,
    })
}
