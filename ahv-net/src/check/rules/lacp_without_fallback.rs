use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "lacp-without-fallback",
    severity: Severity::Warning,
    title: "a bond negotiates LACP and has no fallback",
    why: "When the physical switch does not answer, as after its replacement or a change of its ports, every member \
          is disabled and the host is cut off; with lacp-fallback-ab the bond goes on as active-backup.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some(bond) = &port.bond else { continue };
        let Some(lacp) = bond.lacp.as_deref().filter(|lacp| *lacp != "off") else {
            continue;
        };
        let fallback = port.other_config.get("lacp-fallback-ab").map(String::as_str);
        if fallback == Some("true") {
            continue;
        }
        let what = format!(
            "Bond {} of {} has lacp {lacp} without other_config:lacp-fallback-ab=true.",
            port.name, bridge.name
        );
        findings.add(about(Object::port(&port.name), what).fix(Fix::ovs_vsctl(&[
            "set",
            "port",
            &port.name,
            "other_config:lacp-fallback-ab=true",
        ])));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, map};
    use crate::observe::ObservedPort;

    #[test]
    fn lacp_needs_a_fallback() {
        let fired = |lacp: Option<&str>, config: &[(&str, &str)]| {
            let port = ObservedPort {
                lacp: lacp.map(str::to_owned),
                other_config: map(config),
                ..bond("bond0", &["eth0", "eth1"])
            };
            Sample::new().port(port).fired(RULE.id)
        };
        assert_eq!(fired(Some("active"), &[]), ["warning port bond0"]);
        assert_eq!(
            fired(Some("passive"), &[("lacp-fallback-ab", "false")]),
            ["warning port bond0"]
        );
        assert!(fired(Some("active"), &[("lacp-fallback-ab", "true")]).is_empty());
        assert!(fired(Some("off"), &[]).is_empty());
        assert!(fired(None, &[]).is_empty());
    }
}
