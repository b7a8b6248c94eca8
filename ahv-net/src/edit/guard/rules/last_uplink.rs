use super::super::{Concern, Context, Guard};
use crate::topology::{Bridge, BridgeKind, Port, Role, Topology};

pub(super) const GUARD: Guard = Guard {
    id: "last-uplink",
    title: "the last way of a bridge to the physical network",
    why: "Everything on the bridge is cut off from the network.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let bridges = &context.before().bridges;
    bridges
        .iter()
        .filter(|bridge| bridge.kind == BridgeKind::Ovs)
        .filter_map(|bridge| {
            let uplinks: Vec<&Port> = uplinks(bridge).collect();
            let last = uplinks.first()?;
            // A bridge that had nothing on it but its uplink loses nothing with it.
            let others = bridge
                .ports
                .iter()
                .any(|port| port.role != Role::Uplink && port.name != bridge.name);
            let used = others || !bridge.addresses.is_empty();
            (used && !has_uplink(context.after(), &bridge.name)).then(|| {
                format!(
                    "{} would have no uplink any more: {} is its way to the physical network",
                    bridge.name, last.name
                )
            })
        })
        .collect()
}

fn uplinks(bridge: &Bridge) -> impl Iterator<Item = &Port> {
    bridge
        .ports
        .iter()
        .filter(|port| port.role == Role::Uplink && !port.interfaces.is_empty())
}

fn has_uplink(topology: &Topology, bridge: &str) -> bool {
    topology
        .bridge(bridge)
        .is_some_and(|bridge| uplinks(bridge).next().is_some())
}
