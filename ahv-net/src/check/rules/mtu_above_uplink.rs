use crate::check::context::{Context, is_system};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Bridge, Port, Role};

pub(super) const RULE: Rule = Rule {
    id: "mtu-above-uplink",
    severity: Severity::Warning,
    title: "a port takes larger packets than its bridge's uplink",
    why: "A switch does not fragment: what is larger than the uplink's MTU is dropped without a word.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        if !matches!(port.role, Role::Guest | Role::Host | Role::CvmExternal) {
            continue;
        }
        let Some((uplink, limit)) = narrowest_uplink(bridge) else {
            continue;
        };
        let largest = port
            .interfaces
            .iter()
            .filter(|interface| is_system(interface) || interface.type_ == "internal")
            .filter_map(|interface| Some((interface.mtu_bytes?, &interface.name)))
            .max();
        let Some((mtu, interface)) = largest.filter(|(mtu, _)| *mtu > limit) else {
            continue;
        };
        let what = format!(
            "Port {} of {} has MTU {mtu}, and uplink {} only {limit}.",
            port.name, bridge.name, uplink.name
        );
        let limit = limit.to_string();
        findings.add(
            about(Object::port(&port.name), what)
                .with(Object::port(&uplink.name))
                .fix(Fix::ours(&["mtu", interface, &limit]))
                .fix(Fix::ovs_vsctl(&[
                    "set",
                    "interface",
                    interface,
                    &format!("mtu_request={limit}"),
                ])),
        );
    }
}

fn narrowest_uplink(bridge: &Bridge) -> Option<(&Port, u32)> {
    bridge
        .ports
        .iter()
        .filter(|port| port.role == Role::Uplink)
        .filter_map(|port| {
            let mtu = port
                .interfaces
                .iter()
                .filter_map(|interface| interface.mtu_bytes)
                .min();
            Some((port, mtu?))
        })
        .min_by_key(|(_, mtu)| *mtu)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, nic, tap_of, uplink};

    #[test]
    fn a_guest_with_jumbo_frames_on_a_plain_uplink() {
        let fired = |guest: u32, wire: u32| {
            let (mut tap, mut uplink) = (tap_of("tap1", MAC), uplink("eth0"));
            tap.interfaces[0].mtu_bytes = Some(guest);
            uplink.interfaces[0].mtu_bytes = Some(wire);
            Sample::new()
                .port(tap)
                .port(uplink)
                .domain(domain("vm", vec![nic(MAC)]))
                .fired(RULE.id)
        };
        assert_eq!(fired(9000, 1500), ["warning port tap1"]);
        assert!(fired(1500, 9000).is_empty());
        assert!(fired(9000, 9000).is_empty());
    }
}
