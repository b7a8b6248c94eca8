use crate::check::context::Context;
use crate::check::findings::{Draft, Findings, about};
use crate::check::meaning::{Meaning, Origin, columns, ranges, wanted};
use crate::check::{Fix, Object, Rule, Severity, Source};
use crate::topology::{Domain, Nic, Port};

pub(super) const RULE: Rule = Rule {
    id: "vlan-drift",
    severity: Severity::Warning,
    title: "a port's VLANs are not those that libvirt has for its NIC",
    why: "libvirt writes its own VLANs whenever the NIC is plugged again, so what Open vSwitch has now is lost \
          at the next start or migration.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some((domain, nic)) = context.nic_behind(port) else {
            continue;
        };
        // Of another type libvirt plugs nothing: whoever does, as neutron does, sets the VLAN as well.
        if !matches!(nic.type_.as_str(), "bridge" | "network") {
            continue;
        }
        let Some(wanted) = wanted(context, nic) else {
            continue;
        };
        let (is, should) = (Meaning::of(&columns(port)), Meaning::of(&wanted.columns));
        if is == should {
            continue;
        }
        let libvirts = match &wanted.origin {
            Origin::Nic => format!("its NIC in libvirt makes it {should}"),
            Origin::Network(network) => format!("libvirt's network {network} makes it {should}"),
            // Said where portgroups are looked at, with the fix that belongs to it.
            Origin::Portgroup(..) => continue,
            // Nutanix sets a guest's VLAN beside libvirt, and puts it back itself.
            Origin::Nothing if context.is_ahv() && !is_cvm(domain) => continue,
            Origin::Nothing => "libvirt names no VLAN for it".to_owned(),
        };
        let what = format!("Port {} of {} is {is}, but {libvirts}.", port.name, bridge.name);
        findings.add(
            about(Object::port(&port.name), what)
                .with(Object::nic(&domain.name, nic.mac))
                .fixes(fixes(port, &should))
                .fix(Fix::virsh_edit(
                    &domain.name,
                    &format!("<vlan> of its NIC as the port has it: {is}"),
                )),
        );
    }
}

fn is_cvm(domain: &Domain) -> bool {
    domain.role == crate::topology::DomainRole::Cvm
}

/// The commands that give a port VLANs of this meaning.
pub(super) fn fixes(port: &Port, should: &Meaning) -> Vec<Fix> {
    let name = port.name.as_str();
    let list = |vlans: &std::collections::BTreeSet<_>| {
        let words: Vec<String> = vlans
            .iter()
            .map(libvirt_model::vocab::VlanId::to_string)
            .collect();
        format!("trunks={}", words.join(","))
    };
    match should {
        Meaning::Access(vlan) => {
            let vlan = vlan.to_string();
            vec![
                Fix::ours(&["set_vlan", name, "--access", &vlan]),
                Fix::ovs_vsctl(&[
                    "set",
                    "port",
                    name,
                    &format!("tag={vlan}"),
                    "--",
                    "clear",
                    "port",
                    name,
                    "trunks",
                    "vlan_mode",
                ]),
            ]
        }
        Meaning::Trunk(None) => vec![
            Fix::ours(&["set_vlan", name, "--clear"]),
            Fix::ovs_vsctl(&["clear", "port", name, "tag", "trunks", "vlan_mode"]),
        ],
        Meaning::Trunk(Some(vlans)) => vec![
            Fix::ours(&["set_vlan", name, "--trunk", &ranges(vlans)]),
            Fix::ovs_vsctl(&[
                "set",
                "port",
                name,
                &list(vlans),
                "--",
                "clear",
                "port",
                name,
                "tag",
                "vlan_mode",
            ]),
        ],
        Meaning::Native {
            vlan,
            tagged,
            carried,
        } => {
            let (flag, mode) = match tagged {
                true => ("--native", "vlan_mode=native-tagged"),
                false => ("--native-untagged", "vlan_mode=native-untagged"),
            };
            let (vlan, tag) = (vlan.to_string(), format!("tag={vlan}"));
            match carried {
                Some(vlans) => vec![
                    Fix::ours(&["set_vlan", name, "--trunk", &ranges(vlans), flag, &vlan]),
                    Fix::ovs_vsctl(&["set", "port", name, &tag, mode, &list(vlans)]),
                ],
                None => vec![Fix::ovs_vsctl(&["set", "port", name, &tag, mode, "trunks=[]"])],
            }
        }
        Meaning::Other(_) => Vec::new(),
    }
}

/// A draft about a port whose NIC inherits other VLANs than it has.
pub(super) fn inherited_drift(
    port: &Port,
    domain: &Domain,
    nic: &Nic,
    should: &Meaning,
    what: String,
) -> Draft {
    about(Object::port(&port.name), what)
        .with(Object::nic(&domain.name, nic.mac))
        .fixes(fixes(port, should))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{
        MAC, OTHER_MAC, Sample, access, domain, network, network_nic, nic, tagged, tap_of, with_mode,
    };
    use crate::observe::{ObservedNetwork, ObservedNic};

    #[test]
    fn a_tag_that_libvirt_does_not_have_is_lost() {
        let host = |tag, vlan| {
            let nic = ObservedNic {
                vlan: access(vlan),
                ..nic(MAC)
            };
            Sample::new()
                .port(with_mode(tagged(tap_of("tap1", MAC), tag), "access"))
                .domain(domain("vm", vec![nic]))
        };
        assert_eq!(host(10, 20).fired(RULE.id), ["warning port tap1"]);
        assert!(host(10, 10).fired(RULE.id).is_empty());
    }

    #[test]
    fn a_networks_vlan_counts_where_the_nic_has_none() {
        let network = ObservedNetwork {
            vlan: access(193),
            ..network()
        };
        let host = |tag| {
            Sample::new()
                .port(tagged(tap_of("tap1", MAC), tag))
                .network(network.clone())
                .domain(domain("vm", vec![network_nic(MAC, None)]))
        };
        assert!(host(193).fired(RULE.id).is_empty());
        assert_eq!(host(194).fired(RULE.id), ["warning port tap1"]);
    }

    #[test]
    fn nutanix_keeps_a_guests_vlan_beside_libvirt_but_not_its_own() {
        let host = Sample::new()
            .port(tagged(tap_of("tap1", MAC), 10))
            .port(tagged(tap_of("vnet0", OTHER_MAC), 10))
            .domain(domain("vm", vec![nic(MAC)]))
            .domain(domain("NTNX-1-CVM", vec![nic(OTHER_MAC)]));
        assert_eq!(host.fired(RULE.id), ["warning port vnet0"]);
        let plain = Sample::new()
            .port(tagged(tap_of("tap1", MAC), 10))
            .domain(domain("vm", vec![nic(MAC)]));
        assert_eq!(plain.fired(RULE.id), ["warning port tap1"]);
    }
}
