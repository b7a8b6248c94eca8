use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Object, Rule, Severity};
use crate::topology::{Owner, Ownership};

pub(super) const RULE: Rule = Rule {
    id: "owned-by-another",
    severity: Severity::Warning,
    title: "something that was edited with ahv-net is set again by another program",
    why: "The edit is undone without a word when that program next looks; its own command makes one that stays.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        report(&Object::bridge(&bridge.name), &bridge.ownership, findings);
        for port in &bridge.ports {
            report(&Object::port(&port.name), &port.ownership, findings);
        }
    }
}

fn report(object: &Object, ownership: &Ownership, findings: &mut Findings<'_>) {
    if ownership.owner != Owner::AhvNet {
        return;
    }
    for revert in ownership
        .reverts
        .iter()
        .filter(|revert| revert.by != Owner::AhvNet)
    {
        let instead = match &revert.instead {
            Some(command) => format!(" Its own command: {command}."),
            None => String::new(),
        };
        let what = format!(
            "Of {object} an edit of its {} does not last: {}.{instead}",
            revert.aspect, revert.when
        );
        findings.add(about(object.clone(), what));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, nic, tap_of};

    #[test]
    fn an_edit_of_what_libvirt_sets() {
        let marked = |key: &str| {
            let mut port = tap_of("tap1", MAC);
            port.external_ids.insert(key.to_owned(), "web".to_owned());
            Sample::new().port(port).domain(domain("vm", vec![nic(MAC)]))
        };
        // Its VLAN, and that it is there at all.
        assert_eq!(marked("ahv-net-owner").fired(RULE.id), ["warning port tap1"; 2]);
        assert!(marked("somebody").fired(RULE.id).is_empty());
        let mut alone = tap_of("tap1", MAC);
        alone
            .external_ids
            .insert("ahv-net-owner".to_owned(), "web".to_owned());
        assert!(Sample::new().port(alone).fired(RULE.id).is_empty());
    }
}
