use std::collections::BTreeMap;

use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "tunnel-twice",
    severity: Severity::Error,
    title: "two tunnels have the same ends and key, or one has no remote end",
    why: "Open vSwitch opens only one of two equal tunnels, and none without a remote end: the other passes nothing.",
    needs: &[Source::Ovsdb],
    run,
};

/// What tells one tunnel of a type from another.
const IDENTITY: [&str; 5] = ["remote_ip", "local_ip", "key", "in_key", "dst_port"];

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<(&str, Vec<Option<&str>>), &str> = BTreeMap::new();
    for (bridge, port) in context.ovs_ports() {
        for interface in &port.interfaces {
            if !matches!(
                interface.type_.as_str(),
                "vxlan" | "geneve" | "gre" | "stt" | "erspan"
            ) {
                continue;
            }
            let option = |key: &str| interface.options.get(key).map(String::as_str);
            let delete = || Fix::del_port(&bridge.name, &port.name);
            if option("remote_ip").is_none() {
                let what = format!("Tunnel {} of {} has no remote_ip.", port.name, bridge.name);
                findings.add(
                    about(Object::port(&port.name), what)
                        .fix(Fix::ours(&[
                            "set_vxlan",
                            &bridge.name,
                            &port.name,
                            "--remote-ip",
                            "IP",
                        ]))
                        .fix(Fix::ovs_vsctl(&[
                            "set",
                            "interface",
                            &interface.name,
                            "options:remote_ip=IP",
                        ]))
                        .fixes(delete()),
                );
                continue;
            }
            let identity: Vec<Option<&str>> = IDENTITY.iter().map(|key| option(key)).collect();
            match seen.get(&(interface.type_.as_str(), identity.clone())) {
                None => {
                    seen.insert((&interface.type_, identity), &port.name);
                }
                Some(first) => {
                    let what = format!(
                        "Tunnel {} of {} has the same type, ends and key as {first}.",
                        port.name, bridge.name
                    );
                    findings.add(
                        about(Object::port(&port.name), what)
                            .with(Object::port(first))
                            .fixes(delete()),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, tunnel};

    #[test]
    fn tunnels_must_differ() {
        let host = |remote, key| {
            Sample::new()
                .port(tunnel("vx0", &[("remote_ip", "10.0.0.1"), ("key", "1")]))
                .port(tunnel("vx1", &[("remote_ip", remote), ("key", key)]))
        };
        assert_eq!(host("10.0.0.1", "1").fired(RULE.id), ["error port vx1"]);
        assert!(host("10.0.0.1", "2").fired(RULE.id).is_empty());
        assert!(host("10.0.0.2", "1").fired(RULE.id).is_empty());
        let lost = Sample::new().port(tunnel("vx0", &[("key", "1")]));
        assert_eq!(lost.fired(RULE.id), ["error port vx0"]);
    }
}
