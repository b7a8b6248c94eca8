use super::super::{Concern, Context, Guard};
use crate::topology::{Address, Bridge, Role};

pub(super) const GUARD: Guard = Guard {
    id: "management-path",
    title: "the way by which this host is reached",
    why: "A slip there cuts the host off, and nobody can get in to mend it.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let mut objections: Vec<String> = context
        .touched_ports()
        .into_iter()
        .filter(|(_, port, touch)| {
            let is_way = matches!(port.role, Role::Host | Role::Uplink);
            is_way && (touch.deleted || touch.vlan() || touch.members() || touch.bonding())
        })
        .filter_map(|(bridge, port, touch)| {
            let reached = reached(bridge, context)?;
            Some(format!("port {} {}, and {reached}", port.name, touch.words()))
        })
        .collect();
    objections.extend(context.deleted_bridges().filter_map(|bridge| {
        let reached = reached(bridge, context)?;
        Some(format!("bridge {} is deleted, and {reached}", bridge.name))
    }));
    objections
}

/// Who comes in by this bridge; `None` where nobody does.
fn reached(bridge: &Bridge, context: &Context<'_>) -> Option<String> {
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
}
