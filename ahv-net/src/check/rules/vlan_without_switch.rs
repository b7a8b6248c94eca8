use crate::check::context::{Context, config_nic};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, wanted};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{BridgeKind, Port};
use libvirt_model::network::PortVlan;

pub(super) const RULE: Rule = Rule {
    id: "vlan-without-switch",
    severity: Severity::Warning,
    title: "a NIC with a VLAN is on a Linux bridge",
    why: "Before version 11 libvirt sets no VLAN on a Linux bridge, so the guest is on the untagged network, among \
          others from whom it was to be apart.",
    needs: &[Source::Libvirt, Source::Kernel],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        // Of a bridge that only libvirt names, its word is all that makes it a Linux one.
        let seen = context.link(&bridge.name).is_some();
        if bridge.kind != BridgeKind::Linux || !seen {
            continue;
        }
        for port in &bridge.ports {
            let Some((domain, live)) = context.nic_behind(port) else {
                continue;
            };
            // Beyond a firewall bridge there is a port of Open vSwitch, which has the VLAN.
            let beyond = |port: &Port| {
                port.attachment
                    .as_ref()
                    .is_some_and(|at| at.through.as_deref() == Some(&bridge.name))
            };
            if context.ovs_ports().any(|(_, port)| beyond(port)) {
                continue;
            }
            let nic = config_nic(domain, live).unwrap_or(live);
            let Some(vlans) = wanted(context, nic).filter(|vlans| vlans.columns != PortVlan::default())
            else {
                continue;
            };
            let mac = nic.mac.map(|mac| mac.to_string()).unwrap_or_default();
            let what = format!(
                "NIC {mac} of {} is to be {}, but {} is a Linux bridge.",
                domain.name,
                Meaning::of(&vlans.columns),
                bridge.name
            );
            findings.add(
                about(Object::nic(&domain.name, nic.mac), what)
                    .with(Object::port(&port.name))
                    .with(Object::bridge(&bridge.name))
                    .fix(Fix::ours(&[
                        "move_guest",
                        &domain.name,
                        &mac,
                        "--bridge",
                        "BRIDGE",
                    ]))
                    .fix(Fix::virsh_edit(
                        &domain.name,
                        "an Open vSwitch bridge as its <source>, and <virtualport type='openvswitch'/>",
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, access, domain, link, nic};
    use crate::observe::ObservedNic;
    use crate::topology::{Link, Vlan};

    #[test]
    fn a_linux_bridge_sets_no_vlan() {
        let host = |vlan: Option<Vlan>| {
            let nic = ObservedNic {
                bridge: Some("virbr0".to_owned()),
                target: Some("vnet0".to_owned()),
                virtualport: None,
                vlan,
                ..nic(MAC)
            };
            Sample::new()
                .link(link("virbr0", Some("bridge")))
                .link(Link {
                    master: Some("virbr0".to_owned()),
                    ..link("vnet0", Some("tun"))
                })
                .domain(domain("vm", vec![nic]))
        };
        assert_eq!(host(access(32)).fired(RULE.id), [format!("warning NIC vm/{MAC}")]);
        assert!(host(None).fired(RULE.id).is_empty());
    }
}
