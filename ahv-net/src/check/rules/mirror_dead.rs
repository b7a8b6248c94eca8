use crate::check::context::{Context, is_broken};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, ObjectKind, Rule, Severity, Source};
use crate::topology::{Bridge, Mirror};

pub(super) const RULE: Rule = Rule {
    id: "mirror-dead",
    severity: Severity::Warning,
    title: "a mirror copies nothing, or to nowhere",
    why: "Whoever relies on the copies sees nothing; and a mirror that was left behind begins to copy again as soon \
          as a port fits it.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        for mirror in &bridge.mirrors {
            let mut faults: Vec<String> = Vec::new();
            faults.extend(selects_nothing(mirror).map(str::to_owned));
            faults.extend(output_fault(bridge, mirror));
            if faults.is_empty() {
                continue;
            }
            let what = format!(
                "Mirror {} of {} {}.",
                mirror.name,
                bridge.name,
                faults.join(", and ")
            );
            findings.add(
                about(
                    Object::new(ObjectKind::Mirror, format!("{}/{}", bridge.name, mirror.name)),
                    what,
                )
                .fix(Fix::ours(&["mirror", "--delete", &bridge.name, &mirror.name]))
                .fix(Fix::ovs_vsctl(&[
                    "--",
                    "--id=@m",
                    "get",
                    "mirror",
                    &mirror.name,
                    "--",
                    "remove",
                    "bridge",
                    &bridge.name,
                    "mirrors",
                    "@m",
                ])),
            );
        }
    }
}

fn selects_nothing(mirror: &Mirror) -> Option<&'static str> {
    let no_port = mirror.select_src_ports.is_empty() && mirror.select_dst_ports.is_empty();
    match (mirror.select_all || !no_port, mirror.select_vlans.is_empty()) {
        (true, _) => None,
        (false, true) => Some("selects no packet"),
        (false, false) => Some("names VLANs but no port to select them on"),
    }
}

fn output_fault(bridge: &Bridge, mirror: &Mirror) -> Option<String> {
    let Some(name) = &mirror.output_port else {
        return mirror.output_vlan.is_none().then(|| "has no output".to_owned());
    };
    match bridge.ports.iter().find(|port| port.name == *name) {
        None => Some(format!(
            "has the output {name}, which is not a port of {}",
            bridge.name
        )),
        Some(port) if port.interfaces.iter().all(is_broken) => {
            Some(format!("has the output {name}, which does not work"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, interface, internal, port, vlan};
    use crate::observe::ObservedInterface;
    use crate::topology::Mirror;

    fn fired(mirror: Mirror) -> Vec<String> {
        let gone = ObservedInterface {
            ofport: Some(-1),
            ..interface("gone", "")
        };
        let name = "m0".to_owned();
        Sample::new()
            .port(internal("span0"))
            .port(port(vec![gone]))
            .change(|bridge| bridge.mirrors.push(Mirror { name, ..mirror }))
            .fired(RULE.id)
    }

    #[test]
    fn a_mirror_needs_an_input_and_an_output() {
        let whole = || Mirror {
            select_all: true,
            output_port: Some("span0".to_owned()),
            ..Mirror::default()
        };
        let fires = ["warning mirror br0/m0"];
        assert!(fired(whole()).is_empty());
        let on_vlan = Mirror {
            output_port: None,
            output_vlan: Some(vlan(5)),
            ..whole()
        };
        assert!(fired(on_vlan).is_empty());
        for output in [None, Some("nowhere"), Some("gone")] {
            let mirror = Mirror {
                output_port: output.map(str::to_owned),
                ..whole()
            };
            assert_eq!(fired(mirror), fires, "{output:?}");
        }
        let nothing = Mirror {
            select_all: false,
            select_vlans: vec![vlan(5)],
            ..whole()
        };
        assert_eq!(fired(nothing), fires);
        let one = Mirror {
            select_all: false,
            select_src_ports: vec!["br0".to_owned()],
            ..whole()
        };
        assert!(fired(one).is_empty());
    }
}
