use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, columns};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Role;

pub(super) const RULE: Rule = Rule {
    id: "cvm-vlan-mismatch",
    severity: Severity::Warning,
    title: "the controller VM and the host are on different VLANs of their bridge",
    why: "Nutanix wants both in one network; with only one of the two moved, as halfway through a change of VLAN, \
          the controller VM loses its host or its cluster.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for bridge in &context.topology.bridges {
        let Some(host) = bridge
            .ports
            .iter()
            .find(|port| port.role == Role::Host && port.name == bridge.name)
        else {
            continue;
        };
        for cvm in bridge.ports.iter().filter(|port| port.role == Role::CvmExternal) {
            let (hosts, cvms) = (
                untagged(&Meaning::of(&columns(host))),
                untagged(&Meaning::of(&columns(cvm))),
            );
            if hosts == cvms {
                continue;
            }
            let what = format!(
                "On {} the controller VM's port {} is {}, and the host's port {} is {}.",
                bridge.name,
                cvm.name,
                words(cvms),
                host.name,
                words(hosts)
            );
            let vlan = hosts.to_string();
            findings.add(
                about(Object::port(&cvm.name), what)
                    .with(Object::port(&host.name))
                    .fix(Fix::ours(&["set_cvm_vlan", &vlan]))
                    .fix(Fix::ours(&[
                        "set_vlan",
                        &host.name,
                        "--access",
                        &cvms.to_string(),
                    ]))
                    .fix(match cvms {
                        0 => Fix::ovs_vsctl(&["clear", "port", &host.name, "tag"]),
                        _ => Fix::ovs_vsctl(&["set", "port", &host.name, &format!("tag={cvms}")]),
                    }),
            );
        }
    }
}

/// The VLAN in which the port's untagged frames are; 0 is none.
fn untagged(meaning: &Meaning) -> u16 {
    match meaning {
        Meaning::Access(vlan) | Meaning::Native { vlan, .. } => vlan.get(),
        Meaning::Trunk(_) | Meaning::Other(_) => 0,
    }
}

fn words(vlan: u16) -> String {
    match vlan {
        0 => "untagged".to_owned(),
        _ => format!("on VLAN {vlan}"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, nic, tagged, tap_of, vlan};

    #[test]
    fn host_and_controller_vm_belong_together() {
        let host = |own: Option<u16>, cvm: u16, name: &str| {
            Sample::new()
                .change(|bridge| bridge.ports[0].tag = own.map(vlan))
                .port(tagged(tap_of("vnet0", MAC), cvm))
                .domain(domain(name, vec![nic(MAC)]))
                .fired(RULE.id)
        };
        assert_eq!(host(None, 10, "NTNX-1-CVM"), ["warning port vnet0"]);
        assert_eq!(host(Some(20), 10, "NTNX-1-CVM"), ["warning port vnet0"]);
        assert!(host(Some(10), 10, "NTNX-1-CVM").is_empty());
        assert!(host(None, 0, "NTNX-1-CVM").is_empty());
        assert!(host(None, 10, "vm").is_empty());
    }
}
