use crate::check::context::{Context, all_nics, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Domain;

pub(super) const RULE: Rule = Rule {
    id: "network-not-active",
    severity: Severity::Warning,
    title: "domains use a libvirt network that is not started, or does not exist",
    why: "A domain does not start while a network that it names is not active.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for network in &context.topology.networks {
        let users = users(context, &network.name);
        if users.is_empty() || !context.is_inactive(network) {
            continue;
        }
        let names: Vec<&str> = users.iter().map(|domain| domain.name.as_str()).collect();
        let what = format!(
            "Network {} is not active, and {} use(s) it.",
            network.name,
            and(&names)
        );
        let mut draft = about(Object::network(&network.name), what)
            .fix(Fix::virsh(&["net-start", &network.name]))
            .fix(Fix::virsh(&["net-autostart", &network.name]));
        for domain in users {
            draft = draft.with(Object::new(crate::check::ObjectKind::Domain, &domain.name));
        }
        findings.add(draft);
    }
    for domain in &context.topology.domains {
        for nic in all_nics(domain) {
            let Some(network) = nic.named_network().filter(|name| context.network(name).is_none()) else {
                continue;
            };
            // Captures may hold a domain without its networks.
            if context.topology.networks.is_empty() {
                continue;
            }
            let what = format!(
                "Domain {} names network {network}, which libvirt does not have.",
                domain.name
            );
            findings.add(
                about(Object::nic(&domain.name, nic.mac), what)
                    .with(Object::network(network))
                    .fix(Fix::virsh_edit(
                        &domain.name,
                        "<source network='…'/> in its <interface>",
                    )),
            );
        }
    }
}

/// The domains that name a network, in the XML that runs or in the one that will.
fn users<'t>(context: &Context<'t>, network: &str) -> Vec<&'t Domain> {
    let uses = |domain: &&Domain| all_nics(domain).any(|nic| nic.named_network() == Some(network));
    context.topology.domains.iter().filter(uses).collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, network, network_nic, nic, off};
    use crate::observe::ObservedNetwork;

    fn stopped() -> ObservedNetwork {
        ObservedNetwork {
            active: Some(false),
            ..network()
        }
    }

    #[test]
    fn a_stopped_network_in_use() {
        let with = |network, nic| {
            Sample::new()
                .network(network)
                .domain(off(domain("vm", vec![nic])))
        };
        let named = || network_nic(MAC, None);
        assert_eq!(
            with(stopped(), named()).fired(RULE.id),
            ["warning network VM-Network"]
        );
        assert!(with(network(), named()).fired(RULE.id).is_empty());
        // A NIC that names the bridge itself needs no network.
        assert!(with(stopped(), nic(MAC)).fired(RULE.id).is_empty());
    }

    #[test]
    fn a_network_that_is_not_there() {
        let other = ObservedNetwork {
            name: "other".to_owned(),
            ..network()
        };
        let host = Sample::new()
            .network(other)
            .domain(off(domain("vm", vec![network_nic(MAC, None)])));
        assert_eq!(host.fired(RULE.id), [format!("warning NIC vm/{MAC}")]);
    }
}
