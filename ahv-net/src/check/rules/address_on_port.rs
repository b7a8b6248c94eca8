use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Address, Role};

pub(super) const RULE: Rule = Rule {
    id: "address-on-port",
    severity: Severity::Warning,
    title: "a NIC that is a port of a bridge has an address of the host",
    why: "The switch takes every frame that comes in there, so the host does not answer on that address; it belongs \
          on the bridge's own interface.",
    needs: &[Source::Kernel],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        for port in bridge.ports.iter().filter(|port| port.role == Role::Uplink) {
            for interface in &port.interfaces {
                let Some(link) = context.link(&interface.name) else {
                    continue;
                };
                let own: Vec<&Address> = link
                    .addresses
                    .iter()
                    .filter(|address| !address.is_link_local())
                    .collect();
                if own.is_empty() {
                    continue;
                }
                let words: Vec<String> = own.iter().map(ToString::to_string).collect();
                let what = format!(
                    "{} is a port of {} and has the address {}.",
                    interface.name,
                    bridge.name,
                    and(&words)
                );
                let mut draft =
                    about(Object::interface(&interface.name), what).with(Object::port(&port.name));
                for address in &words {
                    draft = draft
                        .fix(Fix::ip(&["address", "add", address, "dev", &bridge.name]))
                        .fix(Fix::ip(&["address", "del", address, "dev", &interface.name]));
                }
                findings.add(draft);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, link, uplink};
    use crate::topology::{Address, Link};

    #[test]
    fn an_address_belongs_on_the_bridge() {
        let host = |device: &str, ip: &str| {
            let addressed = Link {
                addresses: vec![Address::new(ip.parse().unwrap(), 24)],
                ..link(device, None)
            };
            let mut host = Sample::new().port(uplink("eth0")).link(addressed);
            if device != "eth0" {
                host = host.link(link("eth0", None));
            }
            host.fired(RULE.id)
        };
        assert_eq!(host("eth0", "10.0.0.5"), ["warning interface eth0"]);
        assert!(host("eth0", "fe80::5").is_empty());
        assert!(host("eth1", "10.0.0.5").is_empty());
    }
}
