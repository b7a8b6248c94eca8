use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::compare::{members, value, value_without};
use super::pair::{Pair, pairs};
use super::{Change, Difference, MemberChange, ObjectChange, ObjectKind};
use crate::topology::join::order;
use crate::topology::{Bridge, Domain, Interface, Network, Nic, Port, Route, Topology};

/// What became different between `old` and `new`.
///
/// Equal pictures have no difference, and every member of every object counts but
/// [`ownership`](crate::topology::Ownership), which follows from the others. Takes time linear in
/// the number of objects, apart from sorting those that differ.
pub fn diff(old: &Topology, new: &Topology) -> Difference {
    // Named one by one, so that a new member of the model cannot be forgotten here.
    let Topology {
        version: _,
        host,
        bridges,
        networks,
        domains,
        links,
        routes,
        kernel_gaps,
        ifcfg,
        unmatched,
        sources,
    } = new;
    let mut found = Found::default();
    if old.host != *host {
        let name = host.hostname.as_ref().or(old.host.hostname.as_ref());
        let name = name.cloned().unwrap_or_default();
        found.changed(ObjectKind::Host, name, &value(&old.host), &value(host));
    }
    for pair in pairs(&old.sources, sources, |source| source.name.as_str()) {
        found.pair(ObjectKind::Source, &pair, |source| source.name.clone(), value);
    }
    if old.kernel_gaps != *kernel_gaps {
        let gaps = |of: &Topology| json!({ "gaps": of.kernel_gaps });
        found.changed(ObjectKind::Source, "kernel".to_owned(), &gaps(old), &gaps(new));
    }
    for pair in pairs(&old.bridges, bridges, |bridge| bridge.name.as_str()) {
        found.bridge(&pair);
    }
    for pair in pairs(&old.networks, networks, |network| network.name.as_str()) {
        found.network(&pair);
    }
    // A list of names tells no uuid; then the name is all there is.
    let identity = |domain: &Domain| (domain.uuid, domain.uuid.is_nil().then(|| domain.name.clone()));
    for pair in pairs(&old.domains, domains, identity) {
        found.domain(&pair);
    }
    for pair in pairs(&old.links, links, |link| link.name.as_str()) {
        found.pair(ObjectKind::Link, &pair, |link| link.name.clone(), value);
    }
    for pair in pairs(&old.routes, routes, |route| {
        (
            route.ipv6,
            route.destination,
            route.metric,
            route.type_.as_deref(),
        )
    }) {
        found.pair(ObjectKind::Route, &pair, route_name, value);
    }
    for pair in pairs(&old.ifcfg, ifcfg, |ifcfg| ifcfg.device.as_str()) {
        found.pair(ObjectKind::Ifcfg, &pair, |ifcfg| ifcfg.device.clone(), value);
    }
    for pair in pairs(&old.unmatched, unmatched, |unmatched| {
        (unmatched.kind, unmatched.name.as_str())
    }) {
        let name = |unmatched: &crate::topology::Unmatched| {
            format!("{} {}", unmatched.kind.as_str(), unmatched.name)
        };
        found.pair(ObjectKind::Unmatched, &pair, name, value);
    }
    found.in_order()
}

#[derive(Default)]
struct Found(Vec<ObjectChange>);

impl Found {
    fn push(&mut self, kind: ObjectKind, name: String, change: Change) {
        self.0.push(ObjectChange { kind, name, change });
    }

    fn changed(&mut self, kind: ObjectKind, name: String, before: &Value, after: &Value) {
        self.members(kind, name, members(kind, before, after));
    }

    fn members(&mut self, kind: ObjectKind, name: String, members: Vec<MemberChange>) {
        if !members.is_empty() {
            self.push(kind, name, Change::Changed { members });
        }
    }

    /// An object without parts of its own.
    fn pair<T>(
        &mut self,
        kind: ObjectKind,
        pair: &Pair<'_, T>,
        name: impl Fn(&T) -> String,
        value: impl Fn(&T) -> Value,
    ) {
        match pair {
            Pair::Added(object) => {
                let after = value(object);
                self.push(kind, name(object), Change::Added { after });
            }
            Pair::Removed(object) => {
                let before = value(object);
                self.push(kind, name(object), Change::Removed { before });
            }
            Pair::Both(before, after) => self.changed(kind, name(after), &value(before), &value(after)),
        }
    }

    fn bridge(&mut self, pair: &Pair<'_, Bridge>) {
        let (before, after): (&[Port], &[Port]) = match pair {
            Pair::Added(bridge) => (&[], &bridge.ports),
            Pair::Removed(bridge) => (&bridge.ports, &[]),
            Pair::Both(before, after) => (&before.ports, &after.ports),
        };
        let (Pair::Added(bridge) | Pair::Removed(bridge) | Pair::Both(_, bridge)) = pair;
        let name = &bridge.name;
        for pair in pairs(before, after, |port| port.name.as_str()) {
            self.port(name, &pair);
        }
        if let Pair::Both(before, after) = pair {
            let (old, new) = (&before.mirrors, &after.mirrors);
            for pair in pairs(old, new, |mirror| mirror.name.as_str()) {
                let name = |mirror: &crate::topology::Mirror| format!("{name}/{}", mirror.name);
                self.pair(ObjectKind::Mirror, &pair, name, value);
            }
            let alone = |bridge| value_without(&without_ports(bridge), &["ports", "mirrors"]);
            self.changed(ObjectKind::Bridge, name.clone(), &alone(before), &alone(after));
        } else {
            let alone = |bridge: &Bridge| value_without(&without_ports(bridge), &["ports"]);
            self.pair(ObjectKind::Bridge, pair, |bridge| bridge.name.clone(), alone);
        }
    }

    fn port(&mut self, bridge: &str, pair: &Pair<'_, Port>) {
        let name = |port: &Port| format!("{bridge}/{}", port.name);
        if let Pair::Both(before, after) = pair {
            let interface_name = |interface: &Interface| match interface.name == after.name {
                true => name(after),
                false => format!("{}/{}", name(after), interface.name),
            };
            let (old, new) = (&before.interfaces, &after.interfaces);
            for pair in pairs(old, new, |interface| interface.name.as_str()) {
                self.pair(ObjectKind::Interface, &pair, interface_name, value);
            }
            let alone = |port| value_without(port, &["interfaces"]);
            self.changed(ObjectKind::Port, name(after), &alone(before), &alone(after));
        } else {
            self.pair(ObjectKind::Port, pair, name, value);
        }
    }

    fn network(&mut self, pair: &Pair<'_, Network>) {
        if let Pair::Both(before, after) = pair {
            let (old, new) = (&before.portgroups, &after.portgroups);
            for pair in pairs(old, new, |group| group.name.as_str()) {
                let name = |group: &crate::topology::Portgroup| format!("{}/{}", after.name, group.name);
                self.pair(ObjectKind::Portgroup, &pair, name, value);
            }
            let alone = |network| value_without(network, &["portgroups"]);
            self.changed(
                ObjectKind::Network,
                after.name.clone(),
                &alone(before),
                &alone(after),
            );
        } else {
            self.pair(ObjectKind::Network, pair, |network| network.name.clone(), value);
        }
    }

    fn domain(&mut self, pair: &Pair<'_, Domain>) {
        let Pair::Both(before, after) = pair else {
            return self.pair(ObjectKind::Domain, pair, |domain| domain.name.clone(), value);
        };
        let name = |nic: &Nic| match nic.mac {
            Some(mac) => format!("{}/{mac}", after.name),
            None => format!("{}/no MAC", after.name),
        };
        for pair in pairs(&before.nics, &after.nics, |nic| nic.mac) {
            self.pair(ObjectKind::Nic, &pair, name, value);
        }
        // Where neither has them apart, they were compared just now.
        let is_apart = before.config_nics.is_some() || after.config_nics.is_some();
        if let (true, Some(old), Some(new)) = (is_apart, configured(before), configured(after)) {
            for pair in pairs(&old, &new, |nic| nic.mac) {
                self.pair(ObjectKind::ConfigNic, &pair, name, value);
            }
        }
        let alone = |domain| value_without(domain, &["nics", "config_nics"]);
        let mut differing = members(ObjectKind::Domain, &alone(before), &alone(after));
        if before.config_nics.is_some() != after.config_nics.is_some() {
            let list = |domain: &Domain| json!({ "config_nics": domain.config_nics });
            differing.extend(members(ObjectKind::Domain, &list(before), &list(after)));
        }
        self.members(ObjectKind::Domain, after.name.clone(), differing);
    }

    fn in_order(mut self) -> Difference {
        self.0.sort_by(|a, b| {
            let by_name = a.kind.cmp(&b.kind).then_with(|| order::by_name(&a.name, &b.name));
            by_name.then_with(|| value(&a.change).to_string().cmp(&value(&b.change).to_string()))
        });
        Difference { changes: self.0 }
    }
}

/// A bridge as an object of its own. Serialising ten thousand ports to throw them away would be the most
/// of a comparison's work.
fn without_ports(bridge: &Bridge) -> Bridge {
    Bridge {
        name: bridge.name.clone(),
        kind: bridge.kind,
        uuid: bridge.uuid,
        mac: bridge.mac,
        mtu_bytes: bridge.mtu_bytes,
        addresses: bridge.addresses.clone(),
        datapath_type: bridge.datapath_type.clone(),
        fail_mode: bridge.fail_mode.clone(),
        stp: bridge.stp,
        rstp: bridge.rstp,
        external_ids: bridge.external_ids.clone(),
        other_config: bridge.other_config.clone(),
        controllers: bridge.controllers.clone(),
        mirrors: bridge.mirrors.clone(),
        ports: Vec::new(),
        known_from: bridge.known_from.clone(),
        ownership: bridge.ownership.clone(),
    }
}

/// The NICs that a domain's next start will have: of a domain that is off those are its NICs.
///
/// Whether one stands behind a port is not the configuration's to say.
fn configured(domain: &Domain) -> Option<Cow<'_, [Nic]>> {
    match &domain.config_nics {
        Some(nics) => Some(Cow::Borrowed(nics)),
        None if domain.active => None,
        None => {
            let mut nics = domain.nics.clone();
            nics.iter_mut().for_each(|nic| nic.port = None);
            Some(Cow::Owned(nics))
        }
    }
}

/// As ip-route(8) writes it.
fn route_name(route: &Route) -> String {
    let mut name = String::new();
    if let Some(kind) = &route.type_ {
        name = format!("{kind} ");
    }
    // Writing to a string cannot fail.
    let _ = match (route.destination, route.ipv6) {
        (Some(destination), _) => write!(name, "{destination}"),
        (None, false) => write!(name, "default"),
        (None, true) => write!(name, "default (IPv6)"),
    };
    if let Some(metric) = route.metric {
        let _ = write!(name, " metric {metric}");
    }
    name
}
