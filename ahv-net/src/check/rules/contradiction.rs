use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Object, ObjectKind, Rule, Severity};
use crate::topology::UnmatchedKind;

pub(super) const RULE: Rule = Rule {
    id: "contradiction",
    severity: Severity::Warning,
    title: "two sources say the opposite of each other",
    why: "What is shown of this object rests on the stronger of the two, and may be wrong.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for unmatched in &context.topology.unmatched {
        if unmatched.kind != UnmatchedKind::Contradiction {
            continue;
        }
        let kind = if context.port(&unmatched.name).is_some() {
            ObjectKind::Port
        } else if context.topology.bridge(&unmatched.name).is_some() {
            ObjectKind::Bridge
        } else {
            ObjectKind::Source
        };
        let what = format!("Of {}: {}.", unmatched.name, unmatched.reason);
        findings.add(about(Object::new(kind, &unmatched.name), what));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, OTHER_MAC, Sample, domain, nic, tap_of};
    use crate::observe::ObservedNic;

    #[test]
    fn evidence_that_disagrees() {
        let named = |mac, target: &str| ObservedNic {
            target: Some(target.to_owned()),
            ..nic(mac)
        };
        let host = |target| {
            Sample::new()
                .port(tap_of("tap1", MAC))
                .domain(domain("a", vec![named(MAC, "tap1")]))
                .domain(domain("b", vec![named(OTHER_MAC, target)]))
        };
        assert!(host("tap2").fired(RULE.id).is_empty());
        let crossed = Sample::new()
            .port(tap_of("tap1", MAC))
            .domain(domain("a", vec![named(MAC, "tap9")]))
            .domain(domain("b", vec![named(OTHER_MAC, "tap1")]));
        assert_eq!(crossed.fired(RULE.id), ["warning port tap1"]);
    }
}
