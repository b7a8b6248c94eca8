use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "network-bridge-missing",
    severity: Severity::Error,
    title: "a started libvirt network's bridge is not there",
    why: "No guest with a NIC on that network can start, and those that run lose it when they are plugged again.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for network in &context.topology.networks {
        let Some(bridge) = network.bridge.as_deref().filter(|_| context.is_active(network)) else {
            continue;
        };
        // Of a source that was not read, the join takes a bridge to be there.
        let would_show = match network.virtualport.as_deref() {
            Some("openvswitch") => context.was_read(Source::Ovsdb),
            _ => context.was_read(Source::Ovsdb) && context.kernel_is_whole(),
        };
        let fake = context.port(bridge).is_some_and(|(_, port)| port.fake_bridge);
        if !would_show || fake || context.topology.bridge(bridge).is_some() {
            continue;
        }
        let what = format!(
            "Network {} is on bridge {bridge}, which does not exist.",
            network.name
        );
        let draft = about(Object::network(&network.name), what).with(Object::bridge(bridge));
        findings.add(match network.virtualport.as_deref() {
            Some("openvswitch") => draft
                .fix(Fix::ours(&["add_bridge", bridge, "--may-exist"]))
                .fix(Fix::ovs_vsctl(&["--may-exist", "add-br", bridge])),
            _ => draft.fix(Fix::virsh(&["net-destroy", &network.name])),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, network};
    use crate::observe::ObservedNetwork;

    #[test]
    fn a_network_on_nothing() {
        let on = |bridge: &str, active| {
            Sample::new()
                .network(ObservedNetwork {
                    bridge: Some(bridge.to_owned()),
                    active: Some(active),
                    ..network()
                })
                .fired(RULE.id)
        };
        assert_eq!(on("br7", true), ["error network VM-Network"]);
        assert!(on("br0", true).is_empty());
        assert!(on("br7", false).is_empty());
    }

    #[test]
    fn a_linux_bridge_is_not_missed_without_the_kernel() {
        let nat = ObservedNetwork {
            bridge: Some("virbr0".to_owned()),
            virtualport: None,
            forward: None,
            ..network()
        };
        assert!(Sample::new().network(nat.clone()).fired(RULE.id).is_empty());
        let host = Sample::new()
            .network(nat)
            .link(crate::check::sample::link("eth0", None));
        assert_eq!(host.fired(RULE.id), ["error network VM-Network"]);
    }
}
