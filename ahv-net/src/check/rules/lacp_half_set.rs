use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "lacp-half-set",
    severity: Severity::Warning,
    title: "a bond has some of LACP's settings and not the others",
    why: "LACP is switched on and off by several commands: what stands now looks like the half of them, and is \
          neither of the two.",
    needs: &[Source::Ovsdb],
    run,
};

/// What is set beside the column `lacp`, and has no effect without it.
const WITH_LACP: [&str; 2] = ["lacp-fallback-ab", "lacp-time"];

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some(bond) = port.bond.as_ref().filter(|bond| bond.told) else {
            continue;
        };
        let on = matches!(bond.lacp.as_deref(), Some("active" | "passive"));
        let left: Vec<&str> = WITH_LACP
            .into_iter()
            .filter(|key| port.other_config.contains_key(*key))
            .collect();
        let mode = bond.mode.as_deref().unwrap_or("active-backup");
        let name = port.name.as_str();
        let draft = if !on && !left.is_empty() {
            let what = format!(
                "Bond {name} of {} has {}, but its LACP is off.",
                bridge.name,
                and(&left)
            );
            let mut words = vec!["remove", "port", name, "other_config"];
            words.extend(&left);
            about(Object::port(name), what).fix(Fix::ovs_vsctl(&words))
        } else if on && mode == "active-backup" {
            let what = format!(
                "Bond {name} of {} negotiates LACP over all members, and uses one of them: its mode is {mode}.",
                bridge.name
            );
            about(Object::port(name), what)
                .severity(Severity::Note)
                .fix(Fix::ovs_vsctl(&["set", "port", name, "bond_mode=balance-tcp"]))
        } else {
            continue;
        };
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, map};
    use crate::observe::ObservedPort;

    #[test]
    fn half_of_the_commands() {
        let fired = |mode: Option<&str>, lacp: Option<&str>, config: &[(&str, &str)]| {
            let port = ObservedPort {
                bond_mode: mode.map(str::to_owned),
                lacp: lacp.map(str::to_owned),
                other_config: map(config),
                ..bond("bond0", &["eth0", "eth1"])
            };
            Sample::new().port(port).fired(RULE.id)
        };
        let fast = [("lacp-time", "fast")];
        assert_eq!(fired(None, None, &fast), ["warning port bond0"]);
        assert_eq!(fired(None, Some("off"), &fast), ["warning port bond0"]);
        assert_eq!(fired(None, Some("active"), &[]), ["note port bond0"]);
        assert!(fired(Some("balance-tcp"), Some("active"), &fast).is_empty());
        assert!(fired(None, None, &[("bond-primary", "eth0")]).is_empty());
    }
}
