use crate::check::context::{Context, and};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity};
use crate::topology::{Interface, Role};

pub(super) const RULE: Rule = Rule {
    id: "uplink-without-carrier",
    severity: Severity::Error,
    title: "an uplink is off or without carrier",
    why: "A bond goes on with what is left and has lost its redundancy; with no member left the bridge is cut off \
          from the network.",
    needs: &[],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        for port in bridge.ports.iter().filter(|port| port.role == Role::Uplink) {
            let down: Vec<&Interface> = port
                .interfaces
                .iter()
                .filter(|interface| is_down(interface))
                .collect();
            if down.is_empty() {
                continue;
            }
            let states: Vec<String> = down
                .iter()
                .map(|interface| match interface.admin_up {
                    Some(false) => format!("{} is off", interface.name),
                    _ => format!("{} has no carrier", interface.name),
                })
                .collect();
            let all = down.len() == port.interfaces.len();
            let (severity, rest) = match all {
                true => (RULE.severity, "no member is left".to_owned()),
                false => (Severity::Warning, "the bond goes on without it".to_owned()),
            };
            let rest = if port.interfaces.len() == 1 {
                String::new()
            } else {
                format!("; {rest}")
            };
            let what = format!(
                "Of uplink {} of {} {}{rest}.",
                port.name,
                bridge.name,
                and(&states)
            );
            let mut draft = about(Object::port(&port.name), what).severity(severity);
            for interface in down {
                draft = draft.with(Object::interface(&interface.name));
                if interface.admin_up == Some(false) {
                    draft = draft.fix(Fix::ip(&["link", "set", &interface.name, "up"]));
                }
            }
            findings.add(draft);
        }
    }
}

fn is_down(interface: &Interface) -> bool {
    interface.admin_up == Some(false) || interface.link_up == Some(false)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bond, uplink};
    use crate::observe::ObservedPort;

    fn without_carrier(port: ObservedPort, numbers: &[usize]) -> ObservedPort {
        let mut port = port;
        for number in numbers {
            port.interfaces[*number].link_up = Some(false);
        }
        port
    }

    #[test]
    fn a_pulled_cable() {
        let fired = |port| Sample::new().port(port).fired(RULE.id);
        let two = || bond("bond0", &["eth0", "eth1"]);
        assert!(fired(two()).is_empty());
        assert_eq!(fired(without_carrier(two(), &[1])), ["warning port bond0"]);
        assert_eq!(fired(without_carrier(two(), &[0, 1])), ["error port bond0"]);
        assert_eq!(fired(without_carrier(uplink("eth0"), &[0])), ["error port eth0"]);
    }

    #[test]
    fn a_state_that_no_source_tells_is_no_fault() {
        let mut port = uplink("eth0");
        (port.interfaces[0].link_up, port.interfaces[0].admin_up) = (None, None);
        assert!(Sample::new().port(port).fired(RULE.id).is_empty());
    }
}
