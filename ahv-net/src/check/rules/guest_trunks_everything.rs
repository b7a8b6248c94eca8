use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, columns};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Role;

pub(super) const RULE: Rule = Rule {
    id: "guest-trunks-everything",
    severity: Severity::Warning,
    title: "a guest's port carries every VLAN",
    why: "Empty trunks are not no VLAN but all of them: the guest can send and receive in any VLAN by tagging \
          its frames.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports().filter(|(_, port)| port.role == Role::Guest) {
        if !Meaning::of(&columns(port)).carries_everything() {
            continue;
        }
        let vlans_in_use = bridge
            .ports
            .iter()
            .any(|other| other.name != port.name && (other.tag.is_some() || !other.trunks.is_empty()));
        // Where nobody uses a VLAN there is none to get into on this host; the wire may still have some.
        let (severity, beside) = match vlans_in_use {
            true => (RULE.severity, ", and others on it use VLANs"),
            false => (Severity::Note, ""),
        };
        let words = match port.tag {
            Some(tag) => format!("native VLAN {tag} and no trunks"),
            None => "neither tag nor trunks".to_owned(),
        };
        let what = format!(
            "Port {} of {} has {words}, so its guest reaches every VLAN of the bridge{beside}.",
            port.name, bridge.name
        );
        let mut draft = about(Object::port(&port.name), what)
            .severity(severity)
            .fix(Fix::ours(&["set_vlan", &port.name, "--access", "VLAN"]))
            .fix(Fix::ovs_vsctl(&["set", "port", &port.name, "tag=VLAN"]));
        if let Some((domain, nic)) = context.nic_behind(port) {
            draft = draft
                .with(Object::nic(&domain.name, nic.mac))
                .fix(Fix::virsh_edit(
                    &domain.name,
                    "<vlan><tag id='VLAN'/></vlan> in its <interface>",
                ));
            if let (true, Some(mac)) = (context.is_ahv(), nic.mac) {
                draft = draft.fix(Fix::acli(&[
                    "vm.nic_update",
                    &domain.name,
                    &mac.to_string(),
                    "vlan_mode=kAccess",
                    "update_vlan_trunk_info=true",
                ]));
            }
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, nic, tagged, tap_of, trunking, uplink, with_mode};

    #[test]
    fn empty_trunks_are_every_vlan() {
        let host = |port| {
            Sample::new()
                .port(port)
                .port(tagged(uplink("eth9"), 9))
                .domain(domain("vm", vec![nic(MAC)]))
        };
        let bare = tap_of("tap1", MAC);
        let fires = ["warning port tap1"];
        assert_eq!(host(bare.clone()).fired(RULE.id), fires);
        let native = with_mode(tagged(bare.clone(), 5), "native-untagged");
        assert_eq!(host(native.clone()).fired(RULE.id), fires);
        assert!(host(trunking(native, &[5, 6])).fired(RULE.id).is_empty());
        assert!(host(tagged(bare.clone(), 5)).fired(RULE.id).is_empty());
        assert!(host(trunking(bare, &[5])).fired(RULE.id).is_empty());
    }

    #[test]
    fn where_no_vlan_is_used_it_is_a_note() {
        let host = Sample::new()
            .port(tap_of("tap1", MAC))
            .domain(domain("vm", vec![nic(MAC)]));
        assert_eq!(host.fired(RULE.id), ["note port tap1"]);
    }
}
