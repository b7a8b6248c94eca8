use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "lacp-not-negotiated",
    severity: Severity::Error,
    title: "a bond offers LACP, and the physical switch does not answer on every member",
    why: "The two ends disagree: a member without a partner carries nothing, and without a fallback none does.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some(bond) = &port.bond else { continue };
        if !matches!(bond.lacp.as_deref(), Some("active" | "passive")) && bond.told {
            continue;
        }
        let silent: Vec<&str> = port
            .interfaces
            .iter()
            .filter(|member| member.lacp_current == Some(false))
            .map(|member| member.name.as_str())
            .collect();
        let none = bond.lacp_status.as_deref() == Some("configured");
        if silent.is_empty() && !none {
            continue;
        }
        let of = match silent.as_slice() {
            [] => "any member".to_owned(),
            silent => and(silent),
        };
        let what = format!(
            "Bond {} of {} has LACP, and no partner answers on {of}.",
            port.name, bridge.name
        );
        let mut draft = about(Object::port(&port.name), what);
        if !none {
            // The members that have a partner go on.
            draft = draft.severity(Severity::Warning);
        }
        for member in silent {
            draft = draft.with(Object::interface(member));
        }
        findings.add(draft.fix(Fix::ovs_vsctl(&["clear", "port", &port.name, "lacp"])));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond};
    use crate::observe::ObservedPort;

    #[test]
    fn a_partner_that_does_not_answer() {
        let fired = |lacp: Option<&str>, current: [Option<bool>; 2]| {
            let mut port = ObservedPort {
                lacp: lacp.map(str::to_owned),
                ..bond("bond0", &["eth0", "eth1"])
            };
            for (member, current) in port.interfaces.iter_mut().zip(current) {
                member.lacp_current = current;
            }
            Sample::new().port(port).fired(RULE.id)
        };
        assert_eq!(fired(Some("active"), [Some(false); 2]), ["error port bond0"]);
        assert_eq!(
            fired(Some("active"), [Some(true), Some(false)]),
            ["warning port bond0"]
        );
        assert!(fired(Some("active"), [Some(true); 2]).is_empty());
        assert!(fired(Some("active"), [None; 2]).is_empty());
        assert!(fired(None, [Some(false); 2]).is_empty());
    }
}
