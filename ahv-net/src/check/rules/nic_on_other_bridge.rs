use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::BridgeKind;

pub(super) const RULE: Rule = Rule {
    id: "nic-on-other-bridge",
    severity: Severity::Warning,
    title: "a NIC's port is on another bridge than libvirt has for it",
    why: "libvirt puts the port back on its own bridge when it plugs the NIC again, at the latest with the next \
          start.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some((domain, nic)) = context.nic_behind(port) else {
            continue;
        };
        let libvirts = match &nic.bridge {
            Some(bridge) => Some(bridge.as_str()),
            None => nic
                .named_network()
                .and_then(|network| context.network(network)?.bridge.as_deref()),
        };
        let Some(libvirts) = libvirts.filter(|name| *name != bridge.name) else {
            continue;
        };
        // Through a firewall bridge the NIC's own bridge is a Linux one, and its port stands on another; a fake
        // bridge is a VLAN of the one that it stands on.
        let own = context.topology.bridge(libvirts);
        let fake = bridge
            .ports
            .iter()
            .any(|port| port.name == libvirts && port.fake_bridge);
        if fake || own.is_some_and(|own| own.kind == BridgeKind::Linux) {
            continue;
        }
        let mac = nic.mac.map(|mac| mac.to_string()).unwrap_or_default();
        let what = format!(
            "Port {} of {mac} of {} is on {}, but libvirt has that NIC on {libvirts}.",
            port.name, domain.name, bridge.name
        );
        findings.add(
            about(Object::port(&port.name), what)
                .with(Object::nic(&domain.name, nic.mac))
                .with(Object::bridge(libvirts))
                .fix(Fix::ours(&[
                    "move_guest",
                    &domain.name,
                    &mac,
                    "--bridge",
                    &bridge.name,
                ]))
                .fix(Fix::virsh_edit(
                    &domain.name,
                    &format!("<source bridge='{}'/> in its <interface>", bridge.name),
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, bridge, domain, internal, link, nic, tap_of};
    use crate::observe::ObservedNic;

    #[test]
    fn a_port_that_was_moved_by_hand() {
        let host = |on: &str| {
            let nic = ObservedNic {
                bridge: Some(on.to_owned()),
                ..nic(MAC)
            };
            Sample::new()
                .bridge(bridge("br1", vec![internal("br1")]))
                .port(tap_of("tap1", MAC))
                .domain(domain("vm", vec![nic]))
        };
        assert_eq!(host("br1").fired(RULE.id), ["warning port tap1"]);
        assert!(host("br0").fired(RULE.id).is_empty());
        let firewall = host("qbr1").link(link("qbr1", Some("bridge")));
        assert!(firewall.fired(RULE.id).is_empty());
    }
}
