use crate::check::context::{Context, is_broken, is_system};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Link, Port, Role};

pub(super) const RULE: Rule = Rule {
    id: "port-without-guest",
    severity: Severity::Note,
    title: "a port looks like a guest's, and no running domain has a NIC there",
    why: "It may be of a guest that starts or stops just now; one that stays was left behind, and keeps its VLAN \
          open to whatever gets its name next.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let (Role::Unknown, [interface]) = (port.role, port.interfaces.as_slice()) else {
            continue;
        };
        if !is_system(interface) || is_broken(interface) {
            continue;
        }
        let Some(clue) = clue(context, port, context.link(&interface.name)) else {
            continue;
        };
        let tag = port.tag.map_or_else(String::new, |tag| format!(" (VLAN {tag})"));
        let what = format!(
            "Port {} of {}{tag} {clue}, but no running domain has a NIC behind it.",
            port.name, bridge.name
        );
        findings.add(about(Object::port(&port.name), what).fixes(Fix::del_port(&bridge.name, &port.name)));
    }
}

/// What makes a port look like a guest's.
fn clue(context: &Context<'_>, port: &Port, link: Option<&Link>) -> Option<String> {
    for interface in &port.interfaces {
        for key in ["vm-id", "vm-uuid", "iface-id", "attached-mac"] {
            if let Some(value) = interface.external_ids.get(key) {
                return Some(format!("notes {key} {value}"));
            }
        }
    }
    match link {
        Some(link) if link.kind.as_deref() == Some("tun") => Some("is a tap".to_owned()),
        // libvirt and AHV give a tap the guest's address with fe as its first byte.
        Some(link) if link.mac.is_some_and(|mac| mac.to_string().starts_with("fe:")) => {
            Some("has a tap's hardware address".to_owned())
        }
        Some(_) => None,
        None if port.role_reason.0.starts_with("a tap") => Some("is a tap".to_owned()),
        // A NIC of the host that is down may be missing in a list of what is up, but has no VLAN of its own.
        None if context.topology.kernel_gaps.links
            && port.tag.is_some()
            && context.was_read(Source::Kernel) =>
        {
            Some("has a VLAN of its own as a guest's has, and no capture shows its device".to_owned())
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::interface;
    use crate::check::sample::{MAC, Sample, domain, internal, link, nic, port, tap, tap_of, uplink};

    #[test]
    fn a_tap_of_nobody() {
        let host = Sample::new().port(tap("tap1")).libvirt();
        assert_eq!(host.fired(RULE.id), ["note port tap1"]);
        let noted = Sample::new().port(tap_of("tap1", MAC)).libvirt();
        assert_eq!(noted.fired(RULE.id), ["note port tap1"]);
        let owned = noted.domain(domain("vm", vec![nic(MAC)]));
        assert!(owned.fired(RULE.id).is_empty());
    }

    #[test]
    fn what_was_not_read_is_not_missed() {
        assert!(Sample::new().port(tap("tap1")).fired(RULE.id).is_empty());
    }

    #[test]
    fn other_ports_are_no_guests() {
        let host = Sample::new()
            .port(internal("vnet100"))
            .port(uplink("eth0"))
            .port(port(vec![interface("veth0", "")]))
            .link(link("veth0", Some("veth")))
            .link(link("eth0", None))
            .link(link("vnet100", Some("openvswitch")))
            .libvirt();
        assert!(host.fired(RULE.id).is_empty());
    }
}
