use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, Origin, columns, wanted};
use crate::check::{Object, Rule, Severity, Source};
use crate::topology::DomainRole;

pub(super) const RULE: Rule = Rule {
    id: "vlan-set-late",
    severity: Severity::Note,
    title: "guests' ports have VLANs that libvirt's XML does not name, so they are set after the ports are made",
    why: "Between the two such a port is a trunk of every VLAN, and the guest is running already; so it is wherever \
          Acropolis sets the VLAN beside libvirt.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

/// On other hosts than Nutanix's nobody sets the VLAN again, and vlan-drift says so of each port.
fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    if !context.is_ahv() {
        return;
    }
    for bridge in &context.topology.bridges {
        let late: Vec<&str> = bridge
            .ports
            .iter()
            .filter(|port| Meaning::of(&columns(port)) != Meaning::Trunk(None))
            .filter(|port| {
                context.nic_behind(port).is_some_and(|(domain, nic)| {
                    domain.role == DomainRole::Guest
                        && wanted(context, nic).is_some_and(|wanted| wanted.origin == Origin::Nothing)
                })
            })
            .map(|port| port.name.as_str())
            .collect();
        if late.is_empty() {
            continue;
        }
        let what = format!(
            "On {} libvirt plugs {} without a VLAN, and the VLAN that it has was set afterwards.",
            bridge.name,
            and(&late)
        );
        let draft = about(Object::bridge(&bridge.name), what);
        findings.add(
            late.iter()
                .fold(draft, |draft, port| draft.with(Object::port(port))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, OTHER_MAC, Sample, access, domain, nic, tagged, tap_of};
    use crate::observe::ObservedNic;

    #[test]
    fn a_vlan_that_only_the_switch_has() {
        let host = |cvm: &str, vlan| {
            let guest = ObservedNic { vlan, ..nic(MAC) };
            Sample::new()
                .port(tagged(tap_of("tap1", MAC), 32))
                .port(tap_of("vnet0", OTHER_MAC))
                .domain(domain(cvm, vec![nic(OTHER_MAC)]))
                .domain(domain("vm", vec![guest]))
                .fired(RULE.id)
        };
        assert_eq!(host("NTNX-1-CVM", None), ["note bridge br0"]);
        assert!(host("NTNX-1-CVM", access(32)).is_empty());
        assert!(host("other", None).is_empty());
    }
}
