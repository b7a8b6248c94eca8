use crate::check::context::{Context, all_nics, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Domain;

pub(super) const RULE: Rule = Rule {
    id: "network-not-autostarted",
    severity: Severity::Note,
    title: "a started libvirt network does not start by itself, and defined domains use it",
    why: "After a restart of the host the network is off, and the domains that name it do not start.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for network in &context.topology.networks {
        if !context.is_active(network) || context.starts_by_itself(network) != Some(false) {
            continue;
        }
        let users: Vec<&Domain> = context
            .topology
            .domains
            .iter()
            .filter(|domain| context.is_persistent(domain))
            .filter(|domain| all_nics(domain).any(|nic| nic.named_network() == Some(&network.name)))
            .collect();
        if users.is_empty() {
            continue;
        }
        // A domain that starts by itself finds no network; the others are started by someone who sees why not.
        let by_itself = users.iter().any(|domain| domain.autostart == Some(true));
        let severity = if by_itself {
            Severity::Warning
        } else {
            RULE.severity
        };
        let names: Vec<&str> = users.iter().map(|domain| domain.name.as_str()).collect();
        let what = format!(
            "Network {} has no autostart, and {} use(s) it.",
            network.name,
            and(&names)
        );
        findings.add(
            about(Object::network(&network.name), what)
                .severity(severity)
                .fix(Fix::virsh(&["net-autostart", &network.name])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, network, network_nic};
    use crate::observe::{ObservedDomain, ObservedNetwork};

    #[test]
    fn a_network_that_does_not_come_back() {
        let fired = |autostart, domain_starts| {
            let network = ObservedNetwork {
                autostart: Some(autostart),
                ..network()
            };
            let vm = ObservedDomain {
                autostart: Some(domain_starts),
                ..domain("vm", vec![network_nic(MAC, None)])
            };
            Sample::new().network(network).domain(vm).fired(RULE.id)
        };
        assert_eq!(fired(false, true), ["warning network VM-Network"]);
        assert_eq!(fired(false, false), ["note network VM-Network"]);
        assert!(fired(true, true).is_empty());
    }

    #[test]
    fn without_a_user_it_does_not_matter() {
        let network = ObservedNetwork {
            autostart: Some(false),
            ..network()
        };
        assert!(Sample::new().network(network).fired(RULE.id).is_empty());
    }
}
