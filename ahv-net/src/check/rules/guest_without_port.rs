use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{BridgeKind, Domain, Nic};

pub(super) const RULE: Rule = Rule {
    id: "guest-without-port",
    severity: Severity::Error,
    title: "a running domain's NIC has no port on any bridge",
    why: "The guest has no network on that NIC.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for domain in context.topology.domains.iter().filter(|domain| domain.active) {
        for nic in domain
            .nics
            .iter()
            .filter(|nic| nic.port.is_none() && is_on_a_bridge(nic))
        {
            let bridge = bridge_of(context, nic);
            if nic.mac.is_some() && would_show(context, bridge) {
                report(context, domain, nic, bridge, findings);
            }
        }
    }
}

/// Of the other types (user, hostdev, direct, …) no bridge has a port.
fn is_on_a_bridge(nic: &Nic) -> bool {
    matches!(nic.type_.as_str(), "bridge" | "network")
}

fn bridge_of<'t>(context: &Context<'t>, nic: &'t Nic) -> Option<&'t str> {
    match &nic.bridge {
        Some(bridge) => Some(bridge),
        None => context.network(nic.named_network()?)?.bridge.as_deref(),
    }
}

/// Whether the port would be seen if it were there: the source that has that bridge's ports was read.
fn would_show(context: &Context<'_>, bridge: Option<&str>) -> bool {
    let Some(bridge) = bridge else {
        // A network without a bridge (direct, passthrough) has no ports.
        return false;
    };
    let (ovsdb, kernel) = (context.was_read(Source::Ovsdb), context.kernel_is_whole());
    match context.topology.bridge(bridge).map(|bridge| bridge.kind) {
        Some(BridgeKind::Ovs) => ovsdb,
        Some(BridgeKind::Linux) => kernel,
        None => ovsdb && kernel,
    }
}

fn report(
    context: &Context<'_>,
    domain: &Domain,
    nic: &Nic,
    bridge: Option<&str>,
    findings: &mut Findings<'_>,
) {
    let bridge = bridge.unwrap_or_default();
    let mac = nic.mac.map(|mac| mac.to_string()).unwrap_or_default();
    let tap = nic.target.as_deref();
    let elsewhere = tap.and_then(|tap| {
        let link = context.link(tap)?;
        Some(match &link.master {
            Some(master) => format!("; its tap {tap} is in {master}"),
            None => format!("; its tap {tap} is in no bridge"),
        })
    });
    let what = format!(
        "NIC {mac} of {} belongs on {bridge}, but no port of any bridge is its{}.",
        domain.name,
        elsewhere.unwrap_or_default()
    );
    let mut draft = about(Object::nic(&domain.name, nic.mac), what).with(Object::bridge(bridge));
    draft = match nic.named_network() {
        Some(network) => draft.fix(Fix::ours(&[
            "move_guest",
            &domain.name,
            &mac,
            "--network",
            network,
        ])),
        None => draft.fix(Fix::ours(&["move_guest", &domain.name, &mac, "--bridge", bridge])),
    };
    let ovs = context
        .topology
        .bridge(bridge)
        .is_some_and(|bridge| bridge.kind == BridgeKind::Ovs);
    if let (Some(tap), true) = (tap, ovs) {
        draft = draft.fix(Fix::ovs_vsctl(&["--may-exist", "add-port", bridge, tap]));
    } else if let Some(tap) = tap {
        draft = draft.fix(Fix::ip(&["link", "set", tap, "master", bridge]));
    }
    findings.add(draft);
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, link, nic, tap_of};
    use crate::observe::ObservedNic;

    #[test]
    fn a_nic_that_no_port_stands_for() {
        let host = Sample::new().domain(domain("vm", vec![nic(MAC)]));
        assert_eq!(host.fired(RULE.id), [format!("error NIC vm/{MAC}")]);
        let plugged = host.port(tap_of("tap1", MAC));
        assert!(plugged.fired(RULE.id).is_empty());
    }

    #[test]
    fn a_bridge_of_a_source_that_was_not_read_is_not_judged() {
        let on = |bridge: &str| ObservedNic {
            bridge: Some(bridge.to_owned()),
            virtualport: None,
            ..nic(MAC)
        };
        let host = |bridge| Sample::new().domain(domain("vm", vec![on(bridge)]));
        assert!(host("virbr0").fired(RULE.id).is_empty());
        assert_eq!(
            host("virbr0").link(link("virbr0", Some("bridge"))).fired(RULE.id),
            [format!("error NIC vm/{MAC}")]
        );
        let user = ObservedNic {
            type_: "user".to_owned(),
            bridge: None,
            ..nic(MAC)
        };
        assert!(
            Sample::new()
                .domain(domain("vm", vec![user]))
                .fired(RULE.id)
                .is_empty()
        );
    }
}
