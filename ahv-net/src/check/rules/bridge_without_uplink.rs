use crate::check::context::{Context, is_system, leads_out};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{BridgeKind, Role};

pub(super) const RULE: Rule = Rule {
    id: "bridge-without-uplink",
    severity: Severity::Note,
    title: "a bridge has guests and no way out",
    why: "Its guests reach each other and the host, and nothing else; that may be meant so.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in context
        .topology
        .bridges
        .iter()
        .filter(|bridge| bridge.kind == BridgeKind::Ovs)
    {
        let guests = bridge
            .ports
            .iter()
            .filter(|port| matches!(port.role, Role::Guest | Role::CvmExternal))
            .count();
        // A port of which it is not known what it is may be the uplink.
        let way_out = bridge.ports.iter().any(|port| {
            leads_out(port) || (port.role == Role::Unknown && port.interfaces.iter().any(is_system))
        });
        if guests == 0 || way_out {
            continue;
        }
        let cvm = bridge.ports.iter().any(|port| port.role == Role::CvmExternal);
        let what = match cvm {
            true => format!(
                "{} has no uplink, and the controller VM's way to its cluster is on it.",
                bridge.name
            ),
            false => format!(
                "{} has no uplink, and {guests} guest NIC(s) are on it.",
                bridge.name
            ),
        };
        let severity = if cvm { Severity::Error } else { RULE.severity };
        findings.add(
            about(Object::bridge(&bridge.name), what)
                .severity(severity)
                .fix(Fix::ours(&[
                    "set_bond",
                    &format!("{}-up", bridge.name),
                    "--bridge",
                    &bridge.name,
                    "--uplinks",
                    "NIC,NIC",
                    "--mode",
                    "active-backup",
                ]))
                .fix(Fix::ovs_vsctl(&["add-port", &bridge.name, "NIC"])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, OTHER_MAC, Sample, domain, interface, nic, patch, port, tap_of, uplink};

    #[test]
    fn guests_without_a_way_out() {
        let host = || {
            Sample::new()
                .port(tap_of("tap1", MAC))
                .domain(domain("vm", vec![nic(MAC)]))
        };
        assert_eq!(host().fired(RULE.id), ["note bridge br0"]);
        assert!(host().port(uplink("eth0")).fired(RULE.id).is_empty());
        assert!(host().port(patch("br0.u", "br.nf.d")).fired(RULE.id).is_empty());
        let unknown = host().port(port(vec![interface("eth0", "")]));
        assert!(unknown.fired(RULE.id).is_empty());
        assert!(Sample::new().fired(RULE.id).is_empty());
    }

    #[test]
    fn a_controller_vm_without_a_way_out_is_lost() {
        let host = Sample::new()
            .port(tap_of("vnet0", OTHER_MAC))
            .domain(domain("NTNX-1-CVM", vec![nic(OTHER_MAC)]));
        assert_eq!(host.fired(RULE.id), ["error bridge br0"]);
    }
}
