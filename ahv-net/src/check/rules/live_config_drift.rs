use crate::check::context::{Context, config_nic};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, Origin, wanted};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Domain, Nic};

pub(super) const RULE: Rule = Rule {
    id: "live-config-drift",
    severity: Severity::Warning,
    title: "a running domain's NIC is not as its definition has it",
    why: "The definition is what the next start uses: what was changed only in the running domain is lost then.",
    needs: &[Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for domain in context.topology.domains.iter().filter(|domain| domain.active) {
        let Some(config) = &domain.config_nics else {
            continue;
        };
        for live in &domain.nics {
            match config_nic(domain, live) {
                Some(config) => changed(context, domain, live, config, findings),
                None => missing(domain, live, findings),
            }
        }
        for config in config {
            let plugged = domain.nics.iter().any(|live| live.mac == config.mac);
            if config.mac.is_some() && !plugged {
                pending(domain, config, findings);
            }
        }
    }
}

fn changed(context: &Context<'_>, domain: &Domain, live: &Nic, config: &Nic, findings: &mut Findings<'_>) {
    let mut differences = Vec::new();
    let mut compare = |what: &str, live: Option<&str>, config: Option<&str>| {
        if live != config {
            let word = |value: Option<&str>| value.unwrap_or("none").to_owned();
            differences.push(format!("{what} {} instead of {}", word(live), word(config)));
        }
    };
    let (live_network, config_network) = (live.named_network(), config.named_network());
    compare("network", live_network, config_network);
    if live_network.is_some() && live_network == config_network {
        compare(
            "portgroup",
            live.portgroup.as_deref(),
            config.portgroup.as_deref(),
        );
    }
    // The live XML also names the bridge of a NIC's network; the definition names only the network.
    if live_network.is_none() && config_network.is_none() {
        compare("bridge", live.bridge.as_deref(), config.bridge.as_deref());
    }
    if let (Some(live_vlans), Some(config_vlans)) = (wanted(context, live), wanted(context, config))
        && let (is, will) = (Meaning::of(&live_vlans.columns), Meaning::of(&config_vlans.columns))
        && is != will
        // What a portgroup or network gave at the start and would give now is that rule's matter.
        && matches!(config_vlans.origin, Origin::Nic | Origin::Nothing)
    {
        differences.push(format!("{is} instead of {will}"));
    }
    if differences.is_empty() {
        return;
    }
    let what = format!(
        "The running NIC {} of {} has {}, which is what its next start gives it.",
        mac(live),
        domain.name,
        differences.join(" and ")
    );
    findings.add(
        about(Object::nic(&domain.name, live.mac), what)
            .fix(Fix::virsh_edit(&domain.name, "the NIC as it runs, to keep it so"))
            .fix(Fix::virsh(&["dumpxml", "--inactive", &domain.name])),
    );
}

fn missing(domain: &Domain, live: &Nic, findings: &mut Findings<'_>) {
    let what = format!(
        "The running NIC {} of {} is not in its definition: the next start is without it.",
        mac(live),
        domain.name
    );
    let mut draft = about(Object::nic(&domain.name, live.mac), what).fix(Fix::virsh_edit(
        &domain.name,
        "add the <interface> that virsh dumpxml shows, to keep it",
    ));
    if let Some(address) = live.mac {
        let (kind, address) = (live.type_.as_str(), address.to_string());
        draft = draft
            .fix(Fix::ours(&["detach_guest", &domain.name, &address]))
            .fix(Fix::virsh(&[
                "detach-interface",
                &domain.name,
                kind,
                "--mac",
                &address,
                "--live",
            ]));
    }
    findings.add(draft);
}

fn pending(domain: &Domain, config: &Nic, findings: &mut Findings<'_>) {
    let what = format!(
        "NIC {} of {} is in its definition only: it comes with the next start.",
        mac(config),
        domain.name
    );
    findings.add(
        about(Object::nic(&domain.name, config.mac), what)
            .severity(Severity::Note)
            .fix(Fix::virsh(&["reboot", &domain.name])),
    );
}

fn mac(nic: &Nic) -> String {
    nic.mac
        .map_or_else(|| "without an address".to_owned(), |mac| mac.to_string())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, OTHER_MAC, Sample, access, domain, network, network_nic, nic};
    use crate::observe::ObservedNic;

    fn fired(live: Vec<ObservedNic>, config: Vec<ObservedNic>) -> Vec<String> {
        let mut vm = domain("vm", config);
        vm.nics = live;
        Sample::new().network(network()).domain(vm).fired(RULE.id)
    }

    #[test]
    fn what_only_runs_and_what_only_is_defined() {
        let two = vec![nic(MAC), nic(OTHER_MAC)];
        let one = vec![nic(MAC)];
        assert_eq!(
            fired(two.clone(), one.clone()),
            [format!("warning NIC vm/{OTHER_MAC}")]
        );
        assert_eq!(fired(one, two.clone()), [format!("note NIC vm/{OTHER_MAC}")]);
        assert!(fired(two.clone(), two).is_empty());
    }

    #[test]
    fn a_nic_that_was_changed_only_while_it_runs() {
        let fires = [format!("warning NIC vm/{MAC}")];
        let tagged = ObservedNic {
            vlan: access(10),
            ..nic(MAC)
        };
        assert_eq!(fired(vec![tagged.clone()], vec![nic(MAC)]), fires);
        assert!(fired(vec![tagged.clone()], vec![tagged]).is_empty());
        let moved = ObservedNic {
            bridge: Some("br1".to_owned()),
            ..nic(MAC)
        };
        assert_eq!(fired(vec![moved], vec![nic(MAC)]), fires);
    }

    #[test]
    fn the_live_xml_names_the_bridge_of_a_network_too() {
        let live = ObservedNic {
            bridge: Some("br0".to_owned()),
            target: Some("vnet0".to_owned()),
            ..network_nic(MAC, None)
        };
        assert!(fired(vec![live], vec![network_nic(MAC, None)]).is_empty());
    }
}
