use crate::check::context::{Context, is_broken};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "interface-not-open",
    severity: Severity::Error,
    title: "Open vSwitch could not open an interface",
    why: "The port passes nothing; one whose guest has gone is left over and is tried again at every change.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        for interface in port.interfaces.iter().filter(|interface| is_broken(interface)) {
            let reason = match &interface.error {
                Some(error) => format!("Open vSwitch says: {error}"),
                None => "its ofport is -1".to_owned(),
            };
            let what = format!(
                "Interface {} of port {} of {} does not work; {}.",
                interface.name,
                port.name,
                bridge.name,
                reason.trim_end_matches('.')
            );
            let mut draft = about(Object::interface(&interface.name), what).with(Object::port(&port.name));
            // Of a bond only the member is amiss, and of a guest that runs libvirt must plug it anew.
            if port.interfaces.len() == 1 {
                draft = draft.fixes(Fix::del_port(&bridge.name, &port.name));
            }
            findings.add(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, interface, port};
    use crate::observe::ObservedInterface;

    #[test]
    fn an_interface_without_its_device() {
        let with = |ofport, error: Option<&str>| {
            let interface = ObservedInterface {
                ofport,
                error: error.map(str::to_owned),
                ..interface("tap1", "")
            };
            Sample::new().port(port(vec![interface])).fired(RULE.id)
        };
        let fires = ["error interface tap1"];
        assert_eq!(with(Some(-1), None), fires);
        let error = "could not open network device tap1 (No such device)";
        assert_eq!(with(None, Some(error)), fires);
        assert!(with(Some(7), None).is_empty());
        // A server before 2.4 has no column error, and a captured `show` no ofport.
        assert!(with(None, None).is_empty());
    }
}
