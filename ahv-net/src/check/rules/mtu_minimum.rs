use crate::check::context::{Context, is_system};
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::Role;

pub(super) const RULE: Rule = Rule {
    id: "mtu-minimum",
    severity: Severity::Warning,
    title: "an interface has a smaller MTU than its network can do with",
    why: "A bridge takes the MTU of its lowest port, so one small port makes large packets of the host vanish; IPv6 \
          needs 1280, and a Nutanix controller VM 1500.",
    needs: &[Source::Ovsdb],
    run,
};

/// RFC 8200, section 5.
const IPV6_BYTES: u32 = 1280;
/// What Nutanix prescribes for a controller VM; also Ethernet's own.
const CVM_BYTES: u32 = 1500;

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let (least, whose) = match port.role {
            Role::CvmExternal => (CVM_BYTES, "a controller VM's NIC needs"),
            Role::Uplink | Role::Host | Role::Guest => (IPV6_BYTES, "IPv6 needs"),
            _ => continue,
        };
        for interface in &port.interfaces {
            let has_one = is_system(interface) || interface.type_ == "internal";
            let Some(mtu) = interface.mtu_bytes.filter(|mtu| has_one && *mtu < least) else {
                continue;
            };
            let what = format!(
                "Interface {} of {} has MTU {mtu}, and {whose} {least}.",
                interface.name, bridge.name
            );
            findings.add(
                about(Object::interface(&interface.name), what)
                    .with(Object::port(&port.name))
                    .fix(Fix::ours(&["mtu", &interface.name, &CVM_BYTES.to_string()]))
                    .fix(Fix::ovs_vsctl(&[
                        "set",
                        "interface",
                        &interface.name,
                        &format!("mtu_request={CVM_BYTES}"),
                    ])),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{MAC, Sample, domain, nic, tap_of, uplink};

    #[test]
    fn the_least_that_works() {
        let fired = |name: &str, mtu: u32| {
            let mut tap = tap_of("tap1", MAC);
            tap.interfaces[0].mtu_bytes = Some(mtu);
            Sample::new()
                .port(tap)
                .domain(domain(name, vec![nic(MAC)]))
                .fired(RULE.id)
        };
        assert_eq!(fired("vm", 1279), ["warning interface tap1"]);
        assert!(fired("vm", 1280).is_empty());
        assert_eq!(fired("NTNX-1-CVM", 1499), ["warning interface tap1"]);
        assert!(fired("NTNX-1-CVM", 1500).is_empty());
        assert!(Sample::new().port(uplink("eth0")).fired(RULE.id).is_empty());
    }
}
