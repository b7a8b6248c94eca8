use std::collections::BTreeSet;

use libvirt_model::network::VlanMode;
use libvirt_model::vocab::VlanId;

use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{columns, ranges};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Bridge;

pub(super) const RULE: Rule = Rule {
    id: "tag-with-trunks",
    severity: Severity::Warning,
    title: "a port has a tag and trunks, but no vlan_mode that uses both",
    why: "Without a vlan_mode a tag makes an access port, so every VLAN of its trunks is dropped.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let columns = columns(port);
        let Some(tag) = columns.tag.filter(|_| !columns.trunks.is_empty()) else {
            continue;
        };
        let mode = match columns.vlan_mode {
            None => "no vlan_mode",
            Some(VlanMode::Access) => "vlan_mode access",
            _ => continue,
        };
        let trunks = ranges(&columns.trunks);
        let what = format!(
            "Port {} of {} has tag {tag}, trunks {trunks} and {mode}: it is an access port of VLAN {tag}, \
             and no other VLAN passes{}.",
            port.name,
            bridge.name,
            cut_off(bridge, &columns.trunks, tag)
        );
        let tag = tag.to_string();
        findings.add(
            about(Object::port(&port.name), what)
                .fix(Fix::ours(&[
                    "set_vlan",
                    &port.name,
                    "--trunk",
                    &trunks,
                    "--native-untagged",
                    &tag,
                ]))
                .fix(Fix::ours(&["set_vlan", &port.name, "--access", &tag]))
                .fix(Fix::ovs_vsctl(&[
                    "set",
                    "port",
                    &port.name,
                    "vlan_mode=native-untagged",
                ]))
                .fix(Fix::ovs_vsctl(&["clear", "port", &port.name, "trunks"])),
        );
    }
}

/// The ports of the bridge whose VLAN is among the trunks, and does not pass.
fn cut_off(bridge: &Bridge, trunks: &BTreeSet<VlanId>, tag: VlanId) -> String {
    let cut = |vlan: VlanId| vlan != tag && trunks.contains(&vlan);
    let ports: Vec<String> = bridge
        .ports
        .iter()
        .filter(|port| port.trunks.is_empty())
        .filter_map(|port| {
            let vlan = port.tag.filter(|vlan| cut(*vlan))?;
            Some(format!("VLAN {vlan} of {}", port.name))
        })
        .collect();
    match ports.as_slice() {
        [] => String::new(),
        ports => format!(", so it stops {}", and(ports)),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::check;
    use crate::check::sample::{Sample, tagged, tap, trunking, uplink, with_mode};

    #[test]
    fn whoever_is_cut_off_by_it_is_named() {
        let host = Sample::new()
            .port(trunking(tagged(uplink("eth0"), 31), &[31, 32]))
            .port(tagged(tap("vnet2"), 31))
            .port(tagged(tap("vnet3"), 32));
        let findings = check(&host.topology());
        let finding = findings.iter().find(|finding| finding.rule == RULE.id).unwrap();
        assert!(
            finding
                .what
                .ends_with("and no other VLAN passes, so it stops VLAN 32 of vnet3."),
            "{}",
            finding.what
        );
    }

    #[test]
    fn a_tag_beside_trunks_needs_a_mode() {
        let bad = trunking(tagged(uplink("eth0"), 31), &[31, 32]);
        let native = with_mode(bad.clone(), "native-untagged");
        let explicit = with_mode(bad.clone(), "access");
        let fired = |port| Sample::new().port(port).fired(RULE.id);
        assert_eq!(fired(bad), ["warning port eth0"]);
        assert_eq!(fired(explicit), ["warning port eth0"]);
        assert!(fired(native).is_empty());
        assert!(fired(trunking(uplink("eth0"), &[31, 32])).is_empty());
        assert!(fired(tagged(uplink("eth0"), 31)).is_empty());
    }
}
