use crate::check::context::{Context, and, leads_out};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, columns, ranges};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Port, Role};

pub(super) const RULE: Rule = Rule {
    id: "vlan-not-on-uplink",
    severity: Severity::Warning,
    title: "a port's VLAN passes none of its bridge's uplinks",
    why: "Frames of that VLAN never leave the host.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Meaning::Access(vlan) = Meaning::of(&columns(port)) else {
            continue;
        };
        if !matches!(
            port.role,
            Role::Guest | Role::Host | Role::CvmExternal | Role::Unknown
        ) {
            continue;
        }
        let ways: Vec<&Port> = bridge.ports.iter().filter(|port| leads_out(port)).collect();
        let uplinks: Vec<&Port> = ways
            .iter()
            .copied()
            .filter(|port| port.role == Role::Uplink)
            .collect();
        // An internal bridge is meant to be without one, and a patch port or a tunnel may be the way.
        if uplinks.is_empty() || ways.iter().any(|way| columns(way).carries(vlan)) {
            continue;
        }
        let names: Vec<&str> = uplinks.iter().map(|uplink| uplink.name.as_str()).collect();
        let what = format!(
            "Port {} of {} is on VLAN {vlan}, which {} does not carry.",
            port.name,
            bridge.name,
            and(&names)
        );
        let mut draft = about(Object::port(&port.name), what);
        for uplink in &uplinks {
            draft = draft.with(Object::port(&uplink.name));
        }
        if let [uplink] = uplinks.as_slice() {
            let mut carried = columns(uplink).trunks;
            carried.extend(uplink.tag);
            carried.insert(vlan);
            let trunks = ranges(&carried);
            // ovs-vsctl takes no ranges.
            let listed: Vec<String> = carried.iter().map(ToString::to_string).collect();
            let listed = format!("trunks={}", listed.join(","));
            draft = match uplink.tag.map(|tag| tag.to_string()) {
                Some(native) => draft
                    .fix(Fix::ours(&[
                        "set_vlan",
                        &uplink.name,
                        "--trunk",
                        &trunks,
                        "--native-untagged",
                        &native,
                    ]))
                    .fix(Fix::ovs_vsctl(&[
                        "set",
                        "port",
                        &uplink.name,
                        "vlan_mode=native-untagged",
                        &listed,
                    ])),
                None => draft
                    .fix(Fix::ours(&["set_vlan", &uplink.name, "--trunk", &trunks]))
                    .fix(Fix::ovs_vsctl(&["set", "port", &uplink.name, &listed])),
            };
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, internal, tagged, tap, trunking, uplink};

    #[test]
    fn a_vlan_must_pass_an_uplink() {
        let host = |uplink| {
            Sample::new()
                .port(tagged(internal("vlan32"), 32))
                .port(tagged(tap("tap1"), 31))
                .port(uplink)
        };
        assert_eq!(
            host(tagged(trunking(uplink("eth0"), &[31, 32]), 31)).fired(RULE.id),
            ["warning port vlan32"]
        );
        assert_eq!(
            host(trunking(uplink("eth0"), &[31])).fired(RULE.id),
            ["warning port vlan32"]
        );
        assert!(
            host(trunking(uplink("eth0"), &[31, 32]))
                .fired(RULE.id)
                .is_empty()
        );
        assert!(host(uplink("eth0")).fired(RULE.id).is_empty());
    }

    #[test]
    fn a_bridge_without_an_uplink_is_another_matter() {
        let host = Sample::new().port(tagged(internal("vlan32"), 32));
        assert!(host.fired(RULE.id).is_empty());
    }
}
