use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::assemble::role_of;
use super::claims::PortKey;
use super::inside::Inside;
use super::nics::Nics;
use super::ties::Ties;
use super::{order, port};
use crate::observe::{Observed, ObservedDomain, ObservedNetwork, ObservedNic, Sourced};
use crate::topology::{
    Domain, HostFacts, Ifcfg, Link, Network, NetworkUser, Nic, Ownership, Reading, Route, SourceReport,
    Unmatched, UnmatchedKind,
};

pub(super) fn host(observed: &Observed) -> HostFacts {
    let ovsdb = observed.ovsdb.as_ref().map(|ovsdb| &ovsdb.said);
    let libvirt = observed.libvirt.as_ref().map(|libvirt| &libvirt.said);
    let external_id = |key: &str| ovsdb.and_then(|ovsdb| ovsdb.external_ids.get(key).cloned());
    HostFacts {
        hostname: libvirt
            .and_then(|libvirt| libvirt.hostname.clone())
            .or_else(|| external_id("hostname")),
        ovs_uuid: ovsdb.and_then(|ovsdb| ovsdb.uuid),
        managers: ovsdb.map_or_else(Vec::new, |ovsdb| port::sorted(&ovsdb.managers)),
        ovs_version: ovsdb.and_then(|ovsdb| ovsdb.ovs_version.clone()),
        ovs_schema: ovsdb.and_then(|ovsdb| ovsdb.schema_version.clone()),
        system_id: external_id("system-id"),
        libvirt_version: libvirt.and_then(|libvirt| libvirt.version.clone()),
        libvirt_uri: libvirt.and_then(|libvirt| libvirt.uri.clone()),
    }
}

pub(super) fn networks(networks: &[&ObservedNetwork], nics: &Nics<'_>, ties: &Ties<'_>) -> Vec<Network> {
    let mut users: HashMap<String, Vec<NetworkUser>> = HashMap::new();
    for (_, candidate) in nics.iter() {
        if let (Some((network, tie)), Some(mac)) = (ties.tie(candidate.nic), candidate.nic.mac) {
            let user = NetworkUser {
                domain: candidate.domain.name.clone(),
                mac,
                tie,
            };
            users.entry(network).or_default().push(user);
        }
    }
    networks
        .iter()
        .map(|network| {
            let mut users = users.remove(&network.name).unwrap_or_default();
            users.sort_by(|a, b| order::by_name(&a.domain, &b.domain).then_with(|| a.mac.cmp(&b.mac)));
            Network {
                name: network.name.clone(),
                uuid: network.uuid,
                active: network.active,
                autostart: network.autostart,
                persistent: network.persistent,
                forward: network.forward.clone(),
                bridge: network.bridge.clone(),
                virtualport: network.virtualport.clone(),
                vlan: network.vlan.clone(),
                portgroups: network.portgroups.clone(),
                addresses: network.addresses.clone(),
                users,
                ownership: Ownership::unknown(),
            }
        })
        .collect()
}

pub(super) fn domains(
    domains: &[&ObservedDomain],
    ties: &Ties<'_>,
    places: Vec<Option<PortKey<'_>>>,
    inside: &Inside<'_>,
) -> Vec<Domain> {
    // Those of the running domains are numbered in this very order.
    let mut places = places.into_iter();
    domains
        .iter()
        .map(|domain| Domain {
            name: domain.name.clone(),
            uuid: domain.uuid,
            role: role_of(domain),
            state: domain.state.clone(),
            active: domain.active,
            autostart: domain.autostart,
            persistent: domain.persistent,
            nics: domain
                .nics
                .iter()
                .map(|observed| {
                    let place = domain.active.then(|| places.next()).flatten().flatten();
                    let place = place.map(|(bridge, port)| [bridge, "/", port].concat());
                    inside.nic(nic(observed, ties, place))
                })
                .collect(),
            config_nics: domain
                .config_nics
                .as_ref()
                .map(|nics| nics.iter().map(|nic| self::nic(nic, ties, None)).collect()),
            routes: inside.routes(domain),
            process: inside.process(domain),
        })
        .collect()
}

fn nic(observed: &ObservedNic, ties: &Ties<'_>, port: Option<String>) -> Nic {
    let (network, network_tie) = ties.tie(observed).unzip();
    Nic {
        mac: observed.mac,
        type_: observed.type_.clone(),
        bridge: observed.bridge.clone(),
        device: observed.device.clone(),
        network,
        network_tie,
        portgroup: observed.portgroup.clone(),
        target: observed.target.clone(),
        interfaceid: observed.interfaceid.clone(),
        vlan: observed.vlan.clone(),
        link_up: !observed.link_down,
        port,
        guest_name: None,
        addresses: Vec::new(),
        addresses_from: BTreeSet::new(),
        ownership: Ownership::unknown(),
    }
}

/// The network scripts' files, by device.
pub(super) fn ifcfg(observed: &Observed) -> Vec<Ifcfg> {
    let files = observed.ifcfg.as_ref().map_or(&[][..], |ifcfg| &ifcfg.said);
    let mut files = files.to_vec();
    files.sort_by(|a, b| order::by_name(&a.device, &b.device).then_with(|| a.file.cmp(&b.file)));
    files
}

pub(super) fn damage(observed: &Observed) -> Vec<Unmatched> {
    let from_ovsdb = observed
        .ovsdb
        .iter()
        .flat_map(|ovsdb| &ovsdb.said.damage)
        .map(|what| ("ovsdb", what));
    let from_libvirt = observed
        .libvirt
        .iter()
        .flat_map(|libvirt| &libvirt.said.damage)
        .map(|what| ("libvirt", what));
    let of_files = observed.damage.iter().map(|damage| Unmatched {
        kind: if damage.contradiction {
            UnmatchedKind::Contradiction
        } else {
            UnmatchedKind::Damage
        },
        name: damage.place(),
        reason: damage.what.clone(),
    });
    let mut seen = HashSet::new();
    from_ovsdb
        .chain(from_libvirt)
        .filter(|damage| seen.insert(*damage))
        .map(|(source, what)| Unmatched {
            kind: UnmatchedKind::Damage,
            name: source.to_owned(),
            reason: what.clone(),
        })
        .chain(of_files)
        .collect()
}

pub(super) fn sources(observed: &Observed) -> Vec<SourceReport> {
    fn report<T>(name: &str, source: Option<&Sourced<T>>) -> SourceReport {
        SourceReport {
            name: name.to_owned(),
            reading: if source.is_some() {
                Reading::Read
            } else {
                Reading::NotRead
            },
            from: source.map(|source| source.from.clone()),
        }
    }
    let mut sources = vec![
        report("ovsdb", observed.ovsdb.as_ref()),
        report("libvirt", observed.libvirt.as_ref()),
        report("kernel", observed.kernel.as_ref()),
    ];
    // A live host has these two from the kernel and from libvirt, which may not tell them.
    let captured = !observed.files.is_empty();
    let live = |from: &str| Sourced {
        from: from.to_owned(),
        said: (),
    };
    let kernel = observed
        .kernel
        .as_ref()
        .filter(|kernel| kernel.said.processes.is_some());
    match (&observed.processes, kernel) {
        (None, Some(kernel)) => sources.push(report("processes", Some(&live(&kernel.from)))),
        (processes, _) if captured => sources.push(report("processes", processes.as_ref())),
        _ => {}
    }
    let libvirt = observed
        .libvirt
        .as_ref()
        .filter(|libvirt| libvirt.said.guests.is_some());
    match (&observed.guests, libvirt) {
        (None, Some(libvirt)) => sources.push(report("guests", Some(&live(&libvirt.from)))),
        (guests, _) if captured => sources.push(report("guests", guests.as_ref())),
        _ => {}
    }
    // These files come from captures only, and are missed only there.
    if captured {
        sources.push(report("ifcfg", observed.ifcfg.as_ref()));
    }
    sources.extend(observed.files.iter().cloned());
    sources
}

/// The routes in a fixed order: by family, destination (the default route first) and metric.
pub(super) fn routes(routes: &[Route]) -> Vec<Route> {
    let mut routes = routes.to_vec();
    routes.sort_by(|a, b| {
        let key = |route: &Route| (route.ipv6, route.destination, route.metric, route.gateway);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.interface.cmp(&b.interface))
            .then_with(|| a.type_.cmp(&b.type_))
    });
    routes
}

/// The links by name, each with its addresses in order.
pub(super) fn links(links: &[Link]) -> Vec<Link> {
    let mut links: Vec<Link> = order::sorted(links, |link| &link.name)
        .into_iter()
        .cloned()
        .collect();
    for link in &mut links {
        link.addresses.sort();
    }
    links
}
