use std::collections::BTreeMap;

use libvirt_model::vocab::MacAddr;

use crate::check::context::{Context, all_nics, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, ObjectKind, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "duplicate-mac",
    severity: Severity::Error,
    title: "two NICs have the same hardware address",
    why: "The switch learns an address on one port only, so frames for the one guest reach the other; and libvirt \
          cannot tell the two apart when one is edited.",
    needs: &[Source::Libvirt],
    run,
};

/// Who has an address.
#[derive(Default)]
struct Owners {
    objects: Vec<Object>,
    running: usize,
}

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut owners: BTreeMap<MacAddr, Owners> = BTreeMap::new();
    for domain in &context.topology.domains {
        for nic in all_nics(domain) {
            let Some(mac) = nic.mac else { continue };
            let owner = owners.entry(mac).or_default();
            owner.objects.push(Object::nic(&domain.name, Some(mac)));
            owner.running += usize::from(domain.active);
        }
    }
    // A port that notes a NIC's address and is not that NIC's port is a second one with it.
    for (_, port) in context.ovs_ports().filter(|(_, port)| port.attachment.is_none()) {
        for interface in &port.interfaces {
            let noted = interface.external_ids.get("attached-mac");
            if let Some(owner) = noted
                .and_then(|mac| mac.parse().ok())
                .and_then(|mac: MacAddr| owners.get_mut(&mac))
            {
                owner.objects.push(Object::new(ObjectKind::Port, &port.name));
            }
        }
    }
    for (mac, owner) in owners.into_iter().filter(|(_, owner)| owner.objects.len() > 1) {
        let names: Vec<String> = owner.objects.iter().map(ToString::to_string).collect();
        // Of domains that do not run at once nothing is lost yet.
        let severity = match owner.running {
            0 | 1 => Severity::Warning,
            _ => RULE.severity,
        };
        let what = format!("{mac} is the address of {}.", and(&names));
        let mut objects = owner.objects.into_iter();
        let Some(first) = objects.next() else { continue };
        let mut draft = about(first, what).severity(severity);
        for object in objects {
            if let (ObjectKind::Nic, Some((domain, _))) = (object.kind, object.name.rsplit_once('/')) {
                draft = draft.fix(Fix::virsh_edit(
                    domain,
                    "another <mac address=…/>, then start it anew",
                ));
            } else if object.kind == ObjectKind::Port {
                draft = draft
                    .fix(Fix::ours(&["del_port", &object.name]))
                    .fix(Fix::ovs_vsctl(&["--if-exists", "del-port", &object.name]));
            }
            draft = draft.with(object);
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, OTHER_MAC, Sample, domain, nic, off, tap_of};

    #[test]
    fn two_running_guests_with_one_address() {
        let host = |second| {
            Sample::new()
                .domain(domain("a", vec![nic(MAC)]))
                .domain(domain("b", vec![nic(second)]))
        };
        assert_eq!(host(MAC).fired(RULE.id), [format!("error NIC a/{MAC}")]);
        assert!(host(OTHER_MAC).fired(RULE.id).is_empty());
    }

    #[test]
    fn one_that_is_off_is_a_warning() {
        let host = Sample::new()
            .domain(domain("a", vec![nic(MAC)]))
            .domain(off(domain("b", vec![nic(MAC)])));
        assert_eq!(host.fired(RULE.id), [format!("warning NIC a/{MAC}")]);
    }

    #[test]
    fn two_ports_of_one_nic() {
        let host = Sample::new()
            .port(tap_of("tap1", MAC))
            .domain(domain("a", vec![nic(MAC)]));
        assert!(host.fired(RULE.id).is_empty());
        let both = host.port(tap_of("tap2", MAC));
        assert_eq!(both.fired(RULE.id), [format!("warning NIC a/{MAC}")]);
    }
}
