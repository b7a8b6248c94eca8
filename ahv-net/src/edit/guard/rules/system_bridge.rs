use super::super::{Concern, Context, Guard};
use crate::topology::Role;

pub(super) const GUARD: Guard = Guard {
    id: "system-bridge",
    title: "a bridge that the host itself needs, or a link of the bridge chain",
    why: "The host, the controller VM, or every guest behind the chain loses its network.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let bridges = context.deleted_bridges().filter_map(|bridge| {
        let needed = bridge.ports.iter().find(|port| {
            let has_address = !port.addresses.is_empty();
            has_address
                || matches!(
                    port.role,
                    Role::CvmExternal | Role::CvmInternal | Role::Ipam | Role::Chain
                )
        })?;
        Some(format!(
            "bridge {} is deleted, and has port {} ({})",
            bridge.name, needed.name, needed.role
        ))
    });
    let links = context
        .touched_ports()
        .into_iter()
        .filter_map(|(bridge, port, touch)| {
            let with_bridge = context.deleted_bridges().any(|gone| gone.name == bridge.name);
            (touch.deleted && !with_bridge && matches!(port.role, Role::Chain | Role::Ipam)).then(|| {
                format!(
                    "port {} ({}) of bridge {} is deleted",
                    port.name, port.role, bridge.name
                )
            })
        });
    bridges.chain(links).collect()
}
