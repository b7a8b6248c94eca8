use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "balance-slb",
    severity: Severity::Note,
    title: "a bond of a Nutanix host is balance-slb",
    why: "The vendor discourages this mode: it moves a guest's address between members, which some physical switches \
          take for a loop, and multicast suffers.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    if !context.is_ahv() {
        return;
    }
    for (bridge, port) in context.ovs_ports() {
        let mode = port.bond.as_ref().and_then(|bond| bond.mode.as_deref());
        if mode != Some("balance-slb") {
            continue;
        }
        let what = format!("Bond {} of {} has bond_mode balance-slb.", port.name, bridge.name);
        findings.add(about(Object::port(&port.name), what).fix(Fix::ovs_vsctl(&[
            "set",
            "port",
            &port.name,
            "bond_mode=active-backup",
        ])));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, bond, domain, nic};
    use crate::observe::ObservedPort;

    #[test]
    fn only_the_vendor_of_the_host_discourages_it() {
        let host = |mode: &str, name: &str| {
            let port = ObservedPort {
                bond_mode: Some(mode.to_owned()),
                ..bond("bond0", &["eth0", "eth1"])
            };
            Sample::new().port(port).domain(domain(name, vec![nic(MAC)]))
        };
        assert_eq!(
            host("balance-slb", "NTNX-1-CVM").fired(RULE.id),
            ["note port bond0"]
        );
        assert!(host("balance-slb", "vm").fired(RULE.id).is_empty());
        assert!(host("active-backup", "NTNX-1-CVM").fired(RULE.id).is_empty());
    }
}
