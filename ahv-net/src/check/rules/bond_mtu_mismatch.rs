use std::collections::BTreeMap;

use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "bond-mtu-mismatch",
    severity: Severity::Warning,
    title: "the members of a bond have different MTUs",
    why: "Large frames pass by one member and are dropped by another, so what works depends on which is in use.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports().filter(|(_, port)| port.bond.is_some()) {
        let mut by_mtu: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for interface in &port.interfaces {
            if let Some(mtu) = interface.mtu_bytes {
                by_mtu.entry(mtu).or_default().push(&interface.name);
            }
        }
        let Some((largest, _)) = by_mtu.last_key_value().filter(|_| by_mtu.len() > 1) else {
            continue;
        };
        let words: Vec<String> = by_mtu
            .iter()
            .map(|(mtu, names)| format!("{mtu} on {}", and(names)))
            .collect();
        let what = format!("Bond {} of {} has MTU {}.", port.name, bridge.name, and(&words));
        let largest = largest.to_string();
        let mut draft = about(Object::port(&port.name), what);
        for name in by_mtu.values().rev().skip(1).flatten() {
            draft = draft
                .with(Object::interface(name))
                .fix(Fix::ours(&["mtu", name, &largest]))
                .fix(Fix::ovs_vsctl(&[
                    "set",
                    "interface",
                    name,
                    &format!("mtu_request={largest}"),
                ]));
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond};

    #[test]
    fn members_must_agree() {
        let fired = |mtu: Option<u32>| {
            let mut port = bond("bond0", &["eth0", "eth1"]);
            port.interfaces[1].mtu_bytes = mtu;
            Sample::new().port(port).fired(RULE.id)
        };
        assert_eq!(fired(Some(9000)), ["warning port bond0"]);
        assert!(fired(Some(1500)).is_empty());
        assert!(fired(None).is_empty());
    }
}
