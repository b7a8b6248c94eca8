use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Object, ObjectKind, Rule, Severity};
use crate::topology::UnmatchedKind;

pub(super) const RULE: Rule = Rule {
    id: "damage",
    severity: Severity::Warning,
    title: "a part of a source could not be read",
    why: "The picture is without that part, and no rule looked at it.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for unmatched in &context.topology.unmatched {
        if unmatched.kind == UnmatchedKind::Damage {
            findings.add(about(
                Object::new(ObjectKind::Source, &unmatched.name),
                format!(
                    "In {}: {}.",
                    unmatched.name,
                    unmatched.reason.trim_end_matches('.')
                ),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::Sample;

    #[test]
    fn what_could_not_be_read_is_told() {
        let whole = Sample::new();
        assert!(whole.fired(RULE.id).is_empty());
        let damaged = whole.damage("Bridge.ports refers to a row that is not there");
        assert_eq!(damaged.fired(RULE.id), ["warning source ovsdb"]);
    }
}
