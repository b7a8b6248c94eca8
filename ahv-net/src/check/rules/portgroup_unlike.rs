use std::collections::BTreeSet;

use libvirt_model::vocab::VlanId;

use crate::check::context::{Context, is_system};
use crate::check::findings::{Findings, about};
use crate::check::meaning::{Meaning, columns, group_columns, ranges};
use crate::check::{Object, ObjectKind, Rule, Severity, Source};
use crate::topology::{Network, Port, Portgroup, Role};

pub(super) const RULE: Rule = Rule {
    id: "portgroup-unlike",
    severity: Severity::Note,
    title: "a trunk of nobody known is almost, and not quite, one of its network's portgroups",
    why: "It was probably plugged before the portgroup was changed: libvirt gives a portgroup's VLANs to a port when \
          it is plugged and never again.",
    needs: &[Source::Ovsdb, Source::Libvirt],
    run,
};

/// A port whose NIC is known is compared with its own portgroup, by portgroup-drift. Of one whose domain was not
/// read the portgroup is not told; a trunk that lacks some of a portgroup's VLANs, or has some more, points to it.
fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (bridge, port) in context.ovs_ports() {
        let of_nobody = port.role == Role::Unknown && port.interfaces.iter().all(is_system);
        let Some(has) = trunk(&Meaning::of(&columns(port))).filter(|_| of_nobody) else {
            continue;
        };
        let networks = context.topology.networks.iter();
        let groups: Vec<(&Network, &Portgroup, BTreeSet<VlanId>)> = networks
            .filter(|network| network.bridge.as_deref() == Some(&bridge.name))
            .flat_map(|network| network.portgroups.iter().map(move |group| (network, group)))
            .filter_map(|(network, group)| {
                Some((network, group, trunk(&Meaning::of(&group_columns(group)))?))
            })
            .collect();
        if groups.iter().any(|(_, _, vlans)| *vlans == has) {
            continue;
        }
        let nearest = groups
            .iter()
            .filter(|(_, _, vlans)| vlans.is_subset(&has) || vlans.is_superset(&has))
            .min_by_key(|(_, _, vlans)| vlans.symmetric_difference(&has).count());
        if let Some((network, group, vlans)) = nearest {
            findings.add(
                about(
                    Object::port(&port.name),
                    what(&bridge.name, port, group, &has, vlans),
                )
                .with(Object::new(
                    ObjectKind::Portgroup,
                    format!("{}/{}", network.name, group.name),
                )),
            );
        }
    }
}

fn trunk(meaning: &Meaning) -> Option<BTreeSet<VlanId>> {
    match meaning {
        Meaning::Trunk(Some(vlans)) => Some(vlans.clone()),
        _ => None,
    }
}

fn what(
    bridge: &str,
    port: &Port,
    group: &Portgroup,
    has: &BTreeSet<VlanId>,
    vlans: &BTreeSet<VlanId>,
) -> String {
    let only = |a: &BTreeSet<VlanId>, b: &BTreeSet<VlanId>| ranges(&a.difference(b).copied().collect());
    let (lacks, more) = (only(vlans, has), only(has, vlans));
    let difference = match lacks.is_empty() {
        false => format!("it lacks VLAN {lacks} of portgroup {}", group.name),
        true => format!("it has VLAN {more} that portgroup {} has not", group.name),
    };
    format!(
        "Port {} of {bridge} is a trunk of VLANs {}: {difference}.",
        port.name,
        ranges(has)
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, network, portgroup, tap, trunking, uplink, vlan};
    use crate::observe::ObservedNetwork;
    use crate::topology::Vlan;

    #[test]
    fn a_trunk_that_lacks_what_its_portgroup_got_later() {
        let group = |ids: &[u16]| {
            let tags = ids.iter().map(|id| vlan(*id)).collect();
            portgroup(
                "Trunk Core",
                Some(Vlan {
                    trunk: true,
                    tags,
                    native: None,
                }),
            )
        };
        let fired = |trunks: &[u16], groups: &[&[u16]]| {
            Sample::new()
                .port(trunking(tap("vnet2"), trunks))
                .port(trunking(uplink("eth0"), trunks))
                .network(ObservedNetwork {
                    portgroups: groups.iter().map(|ids| group(ids)).collect(),
                    ..network()
                })
                .fired(RULE.id)
        };
        assert_eq!(fired(&[6, 100], &[&[6, 100, 500]]), ["note port vnet2"]);
        assert_eq!(fired(&[6, 100, 500], &[&[6, 100]]), ["note port vnet2"]);
        assert!(fired(&[6, 100], &[&[6, 100, 500], &[6, 100]]).is_empty());
        // It may be of any of them, or of none.
        assert!(fired(&[6, 100], &[&[7, 100]]).is_empty());
        assert!(fired(&[6, 100], &[]).is_empty());
    }
}
