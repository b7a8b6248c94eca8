use crate::check::context::{Context, is_broken, is_system};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "interface-without-link",
    severity: Severity::Error,
    title: "the kernel has no device for an interface of Open vSwitch",
    why: "OVSDB remembers the port, but there is nothing behind it: it passes no frame until a device of that \
          name appears.",
    needs: &[Source::Ovsdb, Source::Kernel],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    if !context.kernel_is_whole() {
        return;
    }
    for (bridge, port) in context.ovs_ports() {
        for interface in &port.interfaces {
            let has_a_device = is_system(interface) || interface.type_ == "internal";
            // One that could not be opened was said to be so already.
            if !has_a_device || is_broken(interface) || context.link(&interface.name).is_some() {
                continue;
            }
            let what = format!(
                "Interface {} of port {} of {} is not among the kernel's links.",
                interface.name, port.name, bridge.name
            );
            let mut draft = about(Object::interface(&interface.name), what).with(Object::port(&port.name));
            if port.interfaces.len() == 1 && port.name != bridge.name {
                draft = draft.fixes(Fix::del_port(&bridge.name, &port.name));
            }
            findings.add(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, link, tap, tunnel};

    #[test]
    fn a_device_that_is_gone() {
        let host = Sample::new()
            .port(tap("tap1"))
            .port(tunnel("vx0", &[("remote_ip", "10.0.0.1")]))
            .link(link("br0", Some("openvswitch")));
        assert_eq!(host.fired(RULE.id), ["error interface tap1"]);
        let there = host.link(link("tap1", Some("tun")));
        assert!(there.fired(RULE.id).is_empty());
        assert!(Sample::new().port(tap("tap1")).fired(RULE.id).is_empty());
    }
}
