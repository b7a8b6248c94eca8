use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity};
use crate::topology::{Port, Role};

pub(super) const RULE: Rule = Rule {
    id: "bond-single-member",
    severity: Severity::Warning,
    title: "what was to be a bond has one member",
    why: "One cable, NIC or switch port that fails cuts the bridge off.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        for port in bridge.ports.iter().filter(|port| port.role == Role::Uplink) {
            let [interface] = port.interfaces.as_slice() else {
                continue;
            };
            let linux_bond = context
                .link(&port.name)
                .filter(|link| link.kind.as_deref() == Some("bond"));
            let member = match linux_bond {
                Some(bond) => {
                    let mut members = context
                        .topology
                        .links
                        .iter()
                        .filter(|link| link.master.as_deref() == Some(bond.name.as_str()));
                    match (members.next(), members.next()) {
                        (Some(only), None) => only.name.as_str(),
                        _ => continue,
                    }
                }
                // A port with a name of its own, or with a bond's settings, is more than a bare NIC.
                None if port.name != interface.name || has_bond_settings(port) => &interface.name,
                None => continue,
            };
            let what = format!(
                "Uplink {} of {} has no member but {member}.",
                port.name, bridge.name
            );
            let uplinks = format!("{member},NIC");
            let mut draft = about(Object::port(&port.name), what).with(Object::interface(member));
            if linux_bond.is_none() {
                draft = draft.fixes(context.make_bond(&bridge.name, &port.name, &uplinks));
            } else {
                draft = draft.fix(Fix::ip(&["link", "set", "NIC", "master", &port.name]));
            }
            findings.add(draft);
        }
    }
}

fn has_bond_settings(port: &Port) -> bool {
    port.other_config
        .keys()
        .any(|key| key.starts_with("bond-") || key.starts_with("lacp-"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, interface, link, port, uplink};
    use crate::topology::Link;

    #[test]
    fn a_bond_of_one() {
        let fired = |port| Sample::new().port(port).fired(RULE.id);
        assert_eq!(fired(bond("br0-up", &["eth0"])), ["warning port br0-up"]);
        assert!(fired(bond("br0-up", &["eth0", "eth1"])).is_empty());
        assert!(fired(uplink("eth0")).is_empty());
    }

    #[test]
    fn a_linux_bond_of_one() {
        let member = |name| Link {
            master: Some("bond0".to_owned()),
            ..link(name, None)
        };
        let host = || {
            Sample::new()
                .port(port(vec![interface("bond0", "")]))
                .link(link("bond0", Some("bond")))
                .link(member("eth0"))
        };
        assert_eq!(host().fired(RULE.id), ["warning port bond0"]);
        assert!(host().link(member("eth1")).fired(RULE.id).is_empty());
    }
}
