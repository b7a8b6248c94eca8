use crate::check::context::{Context, all_nics};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, ObjectKind, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "portgroup-missing",
    severity: Severity::Warning,
    title: "a NIC names a portgroup that its network does not have",
    why: "libvirt then uses no portgroup and says nothing: the NIC is without the VLAN and the limits that were meant.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for domain in &context.topology.domains {
        for nic in all_nics(domain) {
            let Some(wanted) = &nic.portgroup else { continue };
            let Some(network) = nic.named_network().and_then(|name| context.network(name)) else {
                continue;
            };
            if network.portgroups.iter().any(|group| group.name == *wanted) {
                continue;
            }
            let what = format!(
                "Domain {} names portgroup {wanted} of network {}, which has none of that name.",
                domain.name, network.name
            );
            findings.add(
                about(Object::nic(&domain.name, nic.mac), what)
                    .with(Object::new(
                        ObjectKind::Portgroup,
                        format!("{}/{wanted}", network.name),
                    ))
                    .fix(Fix::virsh_edit(
                        &domain.name,
                        "<source portgroup='…'/> in its <interface>",
                    ))
                    .fix(Fix::virsh(&["net-edit", &network.name])),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, network, network_nic, portgroup};
    use crate::observe::ObservedNetwork;

    #[test]
    fn a_portgroup_that_is_not_there() {
        let network = ObservedNetwork {
            portgroups: vec![portgroup("vlan50", None)],
            ..network()
        };
        let fired = |group| {
            Sample::new()
                .network(network.clone())
                .domain(domain("vm", vec![network_nic(MAC, group)]))
                .fired(RULE.id)
        };
        assert_eq!(fired(Some("vlan5O")), [format!("warning NIC vm/{MAC}")]);
        assert!(fired(Some("vlan50")).is_empty());
        assert!(fired(None).is_empty());
    }
}
