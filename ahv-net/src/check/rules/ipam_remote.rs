use std::net::IpAddr;

use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Object, Rule, Severity, Source};
use crate::topology::{Address, Role};

pub(super) const RULE: Rule = Rule {
    id: "ipam-remote",
    severity: Severity::Warning,
    title: "a port of Nutanix's address management leads to no controller VM's network",
    why: "Guests get their addresses from a controller VM behind that tunnel; where none answers they get none when \
          they start or renew.",
    needs: &[Source::Ovsdb, Source::Kernel],
    run,
};

/// A controller VM is in the host's own network, or in the internal one between the two.
fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    let addresses = || context.topology.links.iter().flat_map(|link| &link.addresses);
    let own: Vec<&Address> = addresses().filter(|address| !address.ip.is_loopback()).collect();
    for (bridge, port) in context.ovs_ports().filter(|(_, port)| port.role == Role::Ipam) {
        let remote = port
            .interfaces
            .iter()
            .find_map(|interface| interface.options.get("remote_ip"));
        let parsed = remote.and_then(|remote| remote.parse::<IpAddr>().ok());
        let wrong = match (remote, parsed) {
            (None, _) => "has no remote_ip".to_owned(),
            // `flow` and the like: the switch's flows choose the remote.
            (Some(_), None) => continue,
            (Some(_), Some(ip)) if own.iter().any(|address| address.ip == ip) => {
                format!("leads to {ip}, which is the host itself")
            }
            (Some(_), Some(ip))
                if own.is_empty() || own.iter().any(|address| address.network_contains(ip)) =>
            {
                continue;
            }
            (Some(_), Some(ip)) => format!("leads to {ip}, which is in none of the host's networks"),
        };
        let what = format!("Port {} of {} {wrong}.", port.name, bridge.name);
        findings.add(about(Object::port(&port.name), what));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, link, tunnel};
    use crate::topology::{Address, Link};

    #[test]
    fn a_controller_vm_is_in_a_network_of_the_host() {
        let fired = |remote: &str| {
            let link = Link {
                addresses: vec![Address::new("10.59.31.77".parse().unwrap(), 23)],
                ..link("br0", Some("openvswitch"))
            };
            Sample::new()
                .port(tunnel("br0-dhcp", &[("key", "1"), ("remote_ip", remote)]))
                .link(link)
                .fired(RULE.id)
        };
        assert_eq!(fired("10.60.0.1"), ["warning port br0-dhcp"]);
        assert_eq!(fired("10.59.31.77"), ["warning port br0-dhcp"]);
        assert!(fired("10.59.30.82").is_empty());
        assert!(fired("flow").is_empty());
    }
}
