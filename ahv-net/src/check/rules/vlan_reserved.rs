use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "vlan-reserved",
    severity: Severity::Warning,
    title: "a port uses a VLAN id that is no VLAN",
    why: "IEEE 802.1Q reserves 4095, and 0 in a tag means no VLAN at all: physical switches drop the one and \
          read the other as untagged.",
    needs: &[Source::Ovsdb],
    run,
};

const RESERVED: u16 = 4095;

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let reserved = port.tag.is_some_and(|tag| tag.get() == RESERVED)
            || port.trunks.iter().any(|vlan| vlan.get() == RESERVED);
        if reserved {
            let what = format!(
                "Port {} of {} is on VLAN 4095, which is reserved.",
                port.name, bridge.name
            );
            findings.add(
                about(Object::port(&port.name), what)
                    .fix(Fix::ours(&["set_vlan", &port.name, "--access", "VLAN"]))
                    .fix(Fix::ovs_vsctl(&["set", "port", &port.name, "tag=VLAN"])),
            );
        }
        // An access port of VLAN 0 is how AHV writes "untagged"; only where the 0 leaves in a tag is it amiss.
        let tags_zero = matches!(port.vlan_mode.as_deref(), Some("native-tagged" | "dot1q-tunnel"));
        if tags_zero && port.tag.is_some_and(|tag| tag.get() == 0) {
            let mode = port.vlan_mode.as_deref().unwrap_or_default();
            let what = format!(
                "Port {} of {} has tag 0 with vlan_mode {mode}, so its frames leave with a tag that names no VLAN.",
                port.name, bridge.name
            );
            findings.add(
                about(Object::port(&port.name), what)
                    .severity(Severity::Note)
                    .fix(Fix::ours(&["set_vlan", &port.name, "--access", "0"]))
                    .fix(Fix::ovs_vsctl(&["clear", "port", &port.name, "vlan_mode"])),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, tagged, tap, trunking, with_mode};

    #[test]
    fn ids_that_are_no_vlan() {
        let fired = |port| Sample::new().port(port).fired(RULE.id);
        assert_eq!(fired(tagged(tap("tap1"), 4095)), ["warning port tap1"]);
        assert_eq!(fired(trunking(tap("tap1"), &[5, 4095])), ["warning port tap1"]);
        assert!(fired(tagged(tap("tap1"), 4094)).is_empty());
        assert!(fired(tagged(tap("tap1"), 0)).is_empty());
        assert_eq!(
            fired(with_mode(tagged(tap("tap1"), 0), "native-tagged")),
            ["note port tap1"]
        );
    }
}
