use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Object, ObjectKind, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "ifcfg-drift",
    severity: Severity::Warning,
    title: "a bridge's ifcfg file requires interfaces that the bridge does not have",
    why: "The next start of the network follows the file: it may bring up or wait for NICs that were taken out of the \
          bridge, or put them back.",
    needs: &[Source::Ovsdb, Source::Ifcfg],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for ifcfg in &context.topology.ifcfg {
        let name = ifcfg.ovs_bridge.as_deref().unwrap_or(&ifcfg.device);
        let Some(bridge) = context.topology.bridge(name) else {
            continue;
        };
        let interfaces = || bridge.ports.iter().flat_map(|port| &port.interfaces);
        let absent: Vec<&str> = ifcfg
            .ovs_requires
            .iter()
            .filter(|required| interfaces().all(|interface| interface.name != **required))
            .filter(|required| bridge.ports.iter().all(|port| port.name != **required))
            .map(String::as_str)
            .collect();
        if absent.is_empty() {
            continue;
        }
        let what = format!(
            "{} lists {} in OVSREQUIRES, but {name} does not have {}.",
            ifcfg.file,
            and(&absent),
            if absent.len() == 1 { "it" } else { "them" }
        );
        let mut draft = about(Object::new(ObjectKind::File, &ifcfg.file), what).with(Object::bridge(name));
        for link in absent {
            draft = draft.with(Object::new(ObjectKind::Link, link));
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond};
    use crate::topology::Ifcfg;

    #[test]
    fn a_file_that_requires_what_the_bond_lost() {
        let fired = |requires: &[&str]| {
            let ifcfg = Ifcfg {
                file: "ifcfg-br0".to_owned(),
                device: "br0".to_owned(),
                ovs_requires: requires.iter().map(|name| (*name).to_owned()).collect(),
                ..Ifcfg::default()
            };
            Sample::new()
                .port(bond("bond0", &["eth2", "eth3"]))
                .ifcfg(ifcfg)
                .fired(RULE.id)
        };
        assert_eq!(fired(&["eth3", "eth2", "eth1"]), ["warning file ifcfg-br0"]);
        assert!(fired(&["eth3", "eth2"]).is_empty());
    }
}
