use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "balance-tcp-without-lacp",
    severity: Severity::Error,
    title: "a bond is balance-tcp, and LACP is off",
    why: "In this mode Open vSwitch sends only by members that have negotiated LACP, so the bond sends nothing.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some(bond) = &port.bond else { continue };
        let lacp = bond.lacp.as_deref().unwrap_or("off");
        if bond.mode.as_deref() != Some("balance-tcp") || lacp != "off" {
            continue;
        }
        let what = format!(
            "Bond {} of {} has bond_mode balance-tcp with lacp off.",
            port.name, bridge.name
        );
        let members: Vec<&str> = port
            .interfaces
            .iter()
            .map(|interface| interface.name.as_str())
            .collect();
        let members = members.join(",");
        let set_bond = |mode: &[&str]| {
            let mut words = vec![
                "set_bond",
                &port.name,
                "--bridge",
                &bridge.name,
                "--uplinks",
                &members,
                "--mode",
            ];
            words.extend(mode);
            Fix::ours(&words)
        };
        findings.add(
            about(Object::port(&port.name), what)
                .fix(set_bond(&["active-backup"]))
                .fix(set_bond(&["balance-tcp", "--lacp", "active"]))
                .fix(Fix::ovs_vsctl(&[
                    "set",
                    "port",
                    &port.name,
                    "bond_mode=active-backup",
                ]))
                .fix(Fix::ovs_vsctl(&[
                    "set",
                    "port",
                    &port.name,
                    "lacp=active",
                    "other_config:lacp-fallback-ab=true",
                ])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond};
    use crate::observe::ObservedPort;

    #[test]
    fn balance_tcp_needs_lacp() {
        let fired = |mode: &str, lacp: Option<&str>| {
            let port = ObservedPort {
                bond_mode: Some(mode.to_owned()),
                lacp: lacp.map(str::to_owned),
                ..bond("bond0", &["eth0", "eth1"])
            };
            Sample::new().port(port).fired(RULE.id)
        };
        assert_eq!(fired("balance-tcp", None), ["error port bond0"]);
        assert_eq!(fired("balance-tcp", Some("off")), ["error port bond0"]);
        assert!(fired("balance-tcp", Some("active")).is_empty());
        assert!(fired("balance-slb", None).is_empty());
    }
}
