use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::meaning::columns;
use crate::check::{Fix, Object, Rule, Severity};
use crate::topology::{BridgeKind, Port, Role};
use libvirt_model::vocab::VlanId;

pub(super) const RULE: Rule = Rule {
    id: "uplinks-unbonded",
    severity: Severity::Error,
    title: "a bridge has two uplinks that are not bonded, and no spanning tree",
    why: "If both reach the same physical network this is a loop: broadcasts circle until the network stands still.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        let uplinks: Vec<&Port> = bridge
            .ports
            .iter()
            .filter(|port| port.role == Role::Uplink && !is_dead(port))
            .collect();
        // A spanning tree breaks the loop; where no source says whether there is one, nothing is claimed.
        let tree = [bridge.stp, bridge.rstp].contains(&Some(true));
        if tree || bridge.stp != Some(false) || !share_a_vlan(&uplinks) {
            continue;
        }
        let names: Vec<&str> = uplinks.iter().map(|port| port.name.as_str()).collect();
        let what = format!(
            "{} has the uplinks {}, each a port of its own, and no spanning tree runs.",
            bridge.name,
            and(&names)
        );
        let mut draft = about(Object::bridge(&bridge.name), what);
        for name in &names {
            draft = draft.with(Object::port(name));
        }
        if bridge.kind == BridgeKind::Ovs {
            let interfaces: Vec<&str> = uplinks
                .iter()
                .flat_map(|port| &port.interfaces)
                .map(|interface| interface.name.as_str())
                .collect();
            let (members, bond) = (interfaces.join(","), format!("{}-up", bridge.name));
            draft = draft.fixes(context.make_bond(&bridge.name, &bond, &members));
        }
        if let Some((last, _)) = names.split_last() {
            draft = draft.fix(match bridge.kind {
                BridgeKind::Ovs => Fix::ovs_vsctl(&["--if-exists", "del-port", &bridge.name, last]),
                BridgeKind::Linux => Fix::ip(&["link", "set", last, "nomaster"]),
            });
        }
        findings.add(draft);
    }
}

/// Whether nothing can pass it as it is.
fn is_dead(port: &Port) -> bool {
    !port.interfaces.is_empty()
        && port
            .interfaces
            .iter()
            .all(|interface| interface.admin_up == Some(false))
}

/// Whether a frame can come in by one of the ports and leave by another.
fn share_a_vlan(ports: &[&Port]) -> bool {
    let carried: Vec<_> = ports.iter().map(|port| columns(port)).collect();
    (0..VlanId::MAX)
        .filter_map(|vlan| VlanId::new(vlan).ok())
        .any(|vlan| carried.iter().filter(|columns| columns.carries(vlan)).count() > 1)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, tagged, uplink};

    #[test]
    fn two_bare_nics_are_a_loop() {
        let two = Sample::new().port(uplink("eth0")).port(uplink("eth1"));
        assert_eq!(two.fired(RULE.id), ["error bridge br0"]);
        let stp = two.change(|bridge| bridge.stp_enable = Some(true));
        assert!(stp.fired(RULE.id).is_empty());
        let rstp = stp.change(|bridge| (bridge.stp_enable, bridge.rstp_enable) = (Some(false), Some(true)));
        assert!(rstp.fired(RULE.id).is_empty());
        let bonded = Sample::new().port(bond("bond0", &["eth0", "eth1"]));
        assert!(bonded.fired(RULE.id).is_empty());
    }

    #[test]
    fn uplinks_to_different_vlans_are_no_loop() {
        let host = |a, b| {
            Sample::new()
                .port(tagged(uplink("eth0"), a))
                .port(tagged(uplink("eth1"), b))
        };
        assert!(host(10, 20).fired(RULE.id).is_empty());
        assert_eq!(host(10, 10).fired(RULE.id), ["error bridge br0"]);
    }
}
