use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "bond-primary-missing",
    severity: Severity::Warning,
    title: "a bond is pinned to an interface that is not its member",
    why: "The pin has no effect: the bond uses whichever member it comes upon.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some(primary) = port.other_config.get("bond-primary") else {
            continue;
        };
        if port.interfaces.iter().any(|interface| interface.name == *primary) {
            continue;
        }
        let what = format!(
            "Bond {} of {} has bond-primary {primary}, which is not among its interfaces.",
            port.name, bridge.name
        );
        findings.add(about(Object::port(&port.name), what).fix(Fix::ovs_vsctl(&[
            "remove",
            "port",
            &port.name,
            "other_config",
            "bond-primary",
        ])));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, map};
    use crate::observe::ObservedPort;

    #[test]
    fn a_pin_must_be_a_member() {
        let fired = |primary: &str| {
            let port = ObservedPort {
                other_config: map(&[("bond-primary", primary)]),
                ..bond("bond0", &["eth0", "eth1"])
            };
            Sample::new().port(port).fired(RULE.id)
        };
        assert_eq!(fired("eth2"), ["warning port bond0"]);
        assert!(fired("eth1").is_empty());
    }
}
