use std::collections::BTreeSet;

use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, ObjectKind, Rule, Severity, Source};
use crate::topology::{Bridge, Ifcfg};

pub(super) const RULE: Rule = Rule {
    id: "ifcfg-drift",
    severity: Severity::Warning,
    title: "an ifcfg file says other interfaces, members or addresses than the host has",
    why: "The next start of the network follows the file: it may bring up or wait for NICs that were taken out of the \
          bridge, put them back, or move the host to another address.",
    needs: &[Source::Ifcfg],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for ifcfg in &context.topology.ifcfg {
        if context.was_read(Source::Ovsdb) {
            requires(context, ifcfg, findings);
            members(context, ifcfg, findings);
            bridge_of(context, ifcfg, findings);
        }
        if context.was_read(Source::Kernel) {
            address(context, ifcfg, findings);
        }
    }
}

fn file(ifcfg: &Ifcfg) -> Object {
    Object::new(ObjectKind::File, &ifcfg.file)
}

/// `OVSREQUIRES` against the interfaces of the bridge.
fn requires(context: &Context<'_>, ifcfg: &Ifcfg, findings: &mut Findings<'_>) {
    let name = ifcfg.ovs_bridge.as_deref().unwrap_or(&ifcfg.device);
    let Some(bridge) = context.topology.bridge(name) else {
        return;
    };
    let (present, absent): (Vec<&str>, Vec<&str>) = ifcfg
        .ovs_requires
        .iter()
        .map(String::as_str)
        .partition(|required| has(bridge, required));
    if absent.is_empty() {
        return;
    }
    let what = format!(
        "{} lists {} in OVSREQUIRES, but {name} does not have {}.",
        ifcfg.file,
        and(&absent),
        if absent.len() == 1 { "it" } else { "them" }
    );
    let mut draft = about(file(ifcfg), what)
        .with(Object::bridge(name))
        .fix(Fix::ifcfg(&ifcfg.file, "OVSREQUIRES", &present.join(" ")));
    for link in absent {
        draft = draft.with(Object::new(ObjectKind::Link, link));
    }
    findings.add(draft);
}

fn has(bridge: &Bridge, name: &str) -> bool {
    bridge
        .ports
        .iter()
        .any(|port| port.name == name || port.interfaces.iter().any(|interface| interface.name == name))
}

/// `BOND_IFACES` against the members of the bond.
fn members(context: &Context<'_>, ifcfg: &Ifcfg, findings: &mut Findings<'_>) {
    let Some((_, port)) = context
        .port(&ifcfg.device)
        .filter(|_| !ifcfg.bond_ifaces.is_empty())
    else {
        return;
    };
    let told: BTreeSet<&str> = ifcfg.bond_ifaces.iter().map(String::as_str).collect();
    let has: BTreeSet<&str> = port
        .interfaces
        .iter()
        .map(|interface| interface.name.as_str())
        .collect();
    if told == has {
        return;
    }
    let words = |names: &BTreeSet<&str>| and(&names.iter().copied().collect::<Vec<_>>());
    let what = format!(
        "{} makes {} a bond of {} (BOND_IFACES), but it has {}.",
        ifcfg.file,
        port.name,
        words(&told),
        words(&has)
    );
    let list = has.iter().copied().collect::<Vec<_>>().join(" ");
    let mut draft = about(file(ifcfg), what)
        .with(Object::port(&port.name))
        .fix(Fix::ifcfg(&ifcfg.file, "BOND_IFACES", &list));
    for member in told.symmetric_difference(&has) {
        draft = draft.with(Object::interface(member));
    }
    findings.add(draft);
}

/// `OVS_BRIDGE` against the bridge that the port is on.
fn bridge_of(context: &Context<'_>, ifcfg: &Ifcfg, findings: &mut Findings<'_>) {
    let (Some(told), Some((bridge, port))) = (ifcfg.ovs_bridge.as_deref(), context.port(&ifcfg.device))
    else {
        return;
    };
    if bridge.name == told {
        return;
    }
    let what = format!(
        "{} puts {} on {told}, but it is on {}.",
        ifcfg.file, port.name, bridge.name
    );
    findings.add(
        about(file(ifcfg), what)
            .with(Object::port(&port.name))
            .fix(Fix::ifcfg(&ifcfg.file, "OVS_BRIDGE", &bridge.name)),
    );
}

/// `IPADDR` against the addresses of the device.
fn address(context: &Context<'_>, ifcfg: &Ifcfg, findings: &mut Findings<'_>) {
    let (Some(told), Some(link)) = (ifcfg.address, context.link(&ifcfg.device)) else {
        return;
    };
    if link.addresses.contains(&told) {
        return;
    }
    let family = |address: &&crate::topology::Address| {
        address.ip.is_ipv4() == told.ip.is_ipv4() && !address.is_link_local()
    };
    let own: Vec<String> = link
        .addresses
        .iter()
        .filter(family)
        .map(ToString::to_string)
        .collect();
    let has = match own.as_slice() {
        [] => "none".to_owned(),
        own => and(own),
    };
    let what = format!(
        "{} gives {} the address {told}, but it has {has}.",
        ifcfg.file, link.name
    );
    let mut draft = about(file(ifcfg), what).with(Object::new(ObjectKind::Link, &link.name));
    if let Some(address) = link.addresses.iter().find(family) {
        draft = draft.fix(Fix::ifcfg(&ifcfg.file, "IPADDR", &address.ip.to_string()));
    }
    findings.add(draft.fix(Fix::ip(&[
        "address",
        "replace",
        &told.to_string(),
        "dev",
        &link.name,
    ])));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, link};
    use crate::check::{Finding, check};
    use crate::topology::{Address, Ifcfg, Link};

    fn file(device: &str) -> Ifcfg {
        Ifcfg {
            file: format!("ifcfg-{device}"),
            device: device.to_owned(),
            ..Ifcfg::default()
        }
    }

    fn words(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn found(host: &Sample) -> Vec<Finding> {
        let mut findings = check(&host.topology());
        findings.retain(|finding| finding.rule == RULE.id);
        findings
    }

    #[test]
    fn a_file_that_requires_what_the_bond_lost() {
        let host = |requires: &[&str]| {
            let ifcfg = Ifcfg {
                ovs_requires: words(requires),
                ..file("br0")
            };
            Sample::new().port(bond("bond0", &["eth2", "eth3"])).ifcfg(ifcfg)
        };
        let findings = found(&host(&["eth3", "eth2", "eth1"]));
        assert_eq!(
            findings[0].fixes[0].command,
            "sed -i 's|^OVSREQUIRES=.*|OVSREQUIRES=\"eth3 eth2\"|' /etc/sysconfig/network-scripts/ifcfg-br0"
        );
        assert!(found(&host(&["eth3", "eth2"])).is_empty());
    }

    #[test]
    fn a_bond_of_other_members() {
        let host = |members: &[&str]| {
            let ifcfg = Ifcfg {
                bond_ifaces: words(members),
                ..file("bond0")
            };
            Sample::new().port(bond("bond0", &["eth2", "eth3"])).ifcfg(ifcfg)
        };
        assert_eq!(
            found(&host(&["eth0", "eth2"]))[0].what,
            "ifcfg-bond0 makes bond0 a bond of eth0 and eth2 (BOND_IFACES), but it has eth2 and eth3."
        );
        assert!(found(&host(&["eth3", "eth2"])).is_empty());
    }

    #[test]
    fn another_address_than_the_file_s() {
        let at = |ip: &str| Address::new(ip.parse().unwrap(), 24);
        let host = |addresses: Vec<Address>| {
            let ifcfg = Ifcfg {
                address: Some(at("10.0.0.1")),
                ..file("br0")
            };
            let link = Link {
                addresses,
                ..link("br0", Some("openvswitch"))
            };
            Sample::new().link(link).ifcfg(ifcfg)
        };
        let findings = found(&host(vec![at("10.0.0.2")]));
        assert_eq!(
            findings[0].what,
            "ifcfg-br0 gives br0 the address 10.0.0.1/24, but it has 10.0.0.2/24."
        );
        assert_eq!(found(&host(Vec::new())).len(), 1);
        assert!(found(&host(vec![at("10.0.0.2"), at("10.0.0.1")])).is_empty());
    }

    #[test]
    fn a_port_on_another_bridge() {
        let host = |bridge: &str| {
            let ifcfg = Ifcfg {
                ovs_bridge: Some(bridge.to_owned()),
                ..file("bond0")
            };
            Sample::new().port(bond("bond0", &["eth2", "eth3"])).ifcfg(ifcfg)
        };
        assert_eq!(
            found(&host("br1"))[0].what,
            "ifcfg-bond0 puts bond0 on br1, but it is on br0."
        );
        assert!(found(&host("br0")).is_empty());
    }
}
