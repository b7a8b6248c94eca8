use std::collections::HashSet;

use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, ObjectKind, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "link-without-port",
    severity: Severity::Warning,
    title: "the kernel has a device in Open vSwitch's datapath that OVSDB does not know",
    why: "Its port was deleted while the switch did not run, or another program put it there: no table of the \
          switch rules it.",
    needs: &[Source::Ovsdb, Source::Kernel],
    run,
};

/// The master that the kernel names for every device of Open vSwitch's datapath.
const DATAPATH: &str = "ovs-system";

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    let interfaces = || context.ovs_ports().flat_map(|(_, port)| &port.interfaces);
    let names: HashSet<&str> = interfaces().map(|interface| interface.name.as_str()).collect();
    let types: HashSet<&str> = interfaces().map(|interface| interface.type_.as_str()).collect();
    for link in &context.topology.links {
        let shared_tunnel = link.kind.as_deref().is_some_and(|kind| types.contains(kind));
        if link.master.as_deref() != Some(DATAPATH) || names.contains(link.name.as_str()) || shared_tunnel {
            continue;
        }
        let what = format!(
            "{} is in Open vSwitch's datapath, but no port in OVSDB has it.",
            link.name
        );
        findings.add(
            about(Object::new(ObjectKind::Link, &link.name), what)
                .fix(Fix::ip(&["link", "set", &link.name, "nomaster"])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, link, tap, tunnel};
    use crate::topology::Link;

    #[test]
    fn a_device_that_ovsdb_forgot() {
        let member = |name, kind| Link {
            master: Some("ovs-system".to_owned()),
            ..link(name, Some(kind))
        };
        let host = Sample::new()
            .port(tap("tap1"))
            .port(tunnel("vx0", &[("remote_ip", "10.0.0.1")]))
            .link(member("tap1", "tun"))
            .link(member("vxlan_sys_4789", "vxlan"))
            .link(link("tap3", Some("tun")));
        assert!(host.fired(RULE.id).is_empty());
        let left = host.link(member("tap2", "tun"));
        assert_eq!(left.fired(RULE.id), ["warning link tap2"]);
    }
}
