use super::super::{Concern, Context, Guard};
use crate::topology::{Address, Bridge, Link, Port, Role};

pub(super) const GUARD: Guard = Guard {
    id: "management-path",
    title: "the way by which this host is reached",
    why: "A slip there cuts the host off, and nobody can get in to mend it.",
    concern: Concern::Switch,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let mut objections: Vec<String> = context
        .touched_ports()
        .into_iter()
        .filter(|(bridge, port, touch)| touch.cuts() && may_be_way(bridge, port, context))
        .filter_map(|(bridge, port, touch)| {
            let reached = reached(bridge, context)?;
            Some(format!("port {} {}, and {reached}", port.name, touch.words()))
        })
        .collect();
    objections.extend(context.deleted_bridges().filter_map(|bridge| {
        let reached = reached(bridge, context)?;
        Some(format!("bridge {} is deleted, and {reached}", bridge.name))
    }));
    objections.extend(
        context
            .changed_bridges()
            .into_iter()
            .filter_map(|(bridge, columns)| {
                let reached = reached(bridge, context)?;
                Some(format!(
                    "bridge {} changes its {}, and {reached}",
                    bridge.name,
                    columns.join(", ")
                ))
            }),
    );
    objections.extend(
        context
            .added_devices()
            .filter_map(|name| own_address(name, context)),
    );
    objections
}

/// Whether the host's own frames may pass this port.
fn may_be_way(bridge: &Bridge, port: &Port, context: &Context<'_>) -> bool {
    let is_local = port.name == bridge.name;
    // Without the kernel nothing tells a NIC of the host from a tap; without libvirt, a tap from a NIC.
    let unseen = !context.was_read("kernel") && port.role == Role::Unknown && port.attachment.is_none();
    match port.role {
        _ if is_local || unseen => true,
        Role::Uplink | Role::Chain => true,
        Role::Host => serves_host(port, context),
        _ => false,
    }
}

/// Whether an address of the host is on this internal port, or on a link above it.
fn serves_host(port: &Port, context: &Context<'_>) -> bool {
    let has_own = port.addresses.iter().any(|address| !address.is_link_local());
    let mut links = context.before().links.iter();
    let has_above = links.any(|link| match &link.parent {
        Some(parent) => *parent == port.name,
        // Another than the switch's own: a Linux bridge, a bond or a VRF.
        None => {
            link.name == port.name
                && link
                    .master
                    .as_deref()
                    .is_some_and(|master| master != "ovs-system")
        }
    });
    has_own || has_above || !context.was_read("kernel")
}

/// Who comes in by this bridge, or by one that is joined to it; `None` where nobody does.
fn reached(bridge: &Bridge, context: &Context<'_>) -> Option<String> {
    if !context.was_read("kernel") {
        return Some(format!(
            "whether the host is reached by {} is not known, as its addresses were not read: name --kernel",
            bridge.name
        ));
    }
    context.joined(bridge).into_iter().find_map(|bridge| {
        let ports = bridge.ports.iter().flat_map(|port| &port.addresses);
        let addresses: Vec<&Address> = bridge
            .addresses
            .iter()
            .chain(ports)
            .filter(|address| !address.is_link_local())
            .collect();
        let first = addresses.first()?;
        let mine = context
            .caller
            .reached_by
            .filter(|mine| addresses.iter().any(|address| address.ip == *mine));
        Some(match mine {
            Some(mine) => format!("you are logged in by {mine} on {}", bridge.name),
            None => format!("the host is reached by {} on {}", first.ip, bridge.name),
        })
    })
}

/// A device that has an address of the host, or below one that has, loses it when it joins a switch.
fn own_address(name: &str, context: &Context<'_>) -> Option<String> {
    let links = &context.before().links;
    let is_it = |link: &&Link| link.name == name || link.parent.as_deref() == Some(name);
    let address = links.iter().filter(is_it).find_map(|link| {
        let address = link.addresses.iter().find(|address| !address.is_link_local())?;
        Some((link, address))
    });
    let (link, address) = address?;
    Some(format!(
        "{name} joins a switch, and the host is reached by {} on {}, which stops working there",
        address.ip, link.name
    ))
}
