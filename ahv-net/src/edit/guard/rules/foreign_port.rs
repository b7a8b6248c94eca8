use super::super::{Concern, Context, Guard};
use crate::topology::Owner;

pub(super) const GUARD: Guard = Guard {
    id: "foreign-port",
    title: "a port that another program made for itself",
    why: "That program goes on as if the port were as it left it.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    context
        .touched_ports()
        .into_iter()
        .filter(|(_, port, _)| matches!(port.ownership.owner, Owner::Ovn | Owner::Neutron | Owner::Proxmox))
        .map(|(bridge, port, touch)| {
            let evidence = port.ownership.evidence.first();
            let why = evidence.map_or_else(String::new, |evidence| format!(": {}", evidence.what));
            format!(
                "port {} of {} {} and belongs to {}{why}",
                port.name,
                bridge.name,
                touch.words(),
                port.ownership.owner
            )
        })
        .collect()
}
