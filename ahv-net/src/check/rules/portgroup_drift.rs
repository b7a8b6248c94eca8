use super::vlan_drift::inherited_drift;
use crate::check::context::{Context, config_nic};
use crate::check::findings::Findings;
use crate::check::meaning::{Meaning, Origin, columns, inherited, wanted};
use crate::check::{Object, ObjectKind, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "portgroup-drift",
    severity: Severity::Warning,
    title: "a connected port does not have the VLANs of its portgroup",
    why: "libvirt gives a portgroup's VLANs to a port when it is plugged and never again, so a change of the \
          portgroup reaches only guests that start later.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let Some((domain, live)) = context.nic_behind(port) else {
            continue;
        };
        // The live XML shows as the NIC's own what it got from its portgroup when it was plugged; only the
        // definition tells the two apart.
        let settled = match config_nic(domain, live) {
            Some(config) => wanted(context, config),
            None => inherited(context, live),
        };
        let Some((settled, network, group)) = settled.and_then(|settled| match settled.origin.clone() {
            Origin::Portgroup(network, group) => Some((settled, network, group)),
            _ => None,
        }) else {
            continue;
        };
        let (is, should) = (Meaning::of(&columns(port)), Meaning::of(&settled.columns));
        if is == should {
            continue;
        }
        let what = format!(
            "Port {} of {} is {is}, but its portgroup {group} of network {network} makes it {should}.",
            port.name, bridge.name
        );
        findings.add(
            inherited_drift(port, domain, live, &should, what)
                .with(Object::new(ObjectKind::Portgroup, format!("{network}/{group}"))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{
        MAC, Sample, access, domain, network, network_nic, portgroup, tagged, tap_of, trunking, vlan,
    };
    use crate::observe::{ObservedNetwork, ObservedNic};
    use crate::topology::Vlan;

    fn trunk(ids: &[u16]) -> Option<Vlan> {
        Some(Vlan {
            trunk: true,
            tags: ids.iter().map(|id| vlan(*id)).collect(),
            native: None,
        })
    }

    #[test]
    fn a_connected_port_keeps_the_portgroups_old_vlans() {
        let network = ObservedNetwork {
            portgroups: vec![portgroup("all", trunk(&[10, 500]))],
            ..network()
        };
        let host = |trunks: &[u16]| {
            Sample::new()
                .port(trunking(tap_of("vnet2", MAC), trunks))
                .network(network.clone())
                .domain(domain("vm", vec![network_nic(MAC, Some("all"))]))
        };
        assert_eq!(host(&[10]).fired(RULE.id), ["warning port vnet2"]);
        assert!(host(&[10]).fired("vlan-drift").is_empty());
        assert!(host(&[500, 10]).fired(RULE.id).is_empty());
    }

    #[test]
    fn the_live_xml_shows_the_portgroups_vlan_as_the_nics_own() {
        let network = ObservedNetwork {
            portgroups: vec![portgroup("vlan50", access(50))],
            ..network()
        };
        let host = |live| {
            let config = network_nic(MAC, Some("vlan50"));
            let mut vm = domain("vm", vec![config.clone()]);
            vm.nics = vec![ObservedNic {
                vlan: access(live),
                ..config
            }];
            Sample::new()
                .port(tagged(tap_of("vnet2", MAC), live))
                .network(network.clone())
                .domain(vm)
        };
        assert!(host(50).fired(RULE.id).is_empty());
        assert_eq!(host(40).fired(RULE.id), ["warning port vnet2"]);
        assert!(host(40).fired("vlan-drift").is_empty());
        assert!(host(40).fired("live-config-drift").is_empty());
    }

    #[test]
    fn a_vlan_of_the_nic_itself_is_no_drift() {
        let network = ObservedNetwork {
            portgroups: vec![portgroup("vlan50", access(50))],
            ..network()
        };
        let own = ObservedNic {
            vlan: access(7),
            ..network_nic(MAC, Some("vlan50"))
        };
        let host = Sample::new()
            .port(tagged(tap_of("vnet2", MAC), 7))
            .network(network)
            .domain(domain("vm", vec![own]));
        assert!(host.fired(RULE.id).is_empty());
    }
}
