use super::super::{Concern, Context, Guard};
use crate::edit::change::Change;
use crate::topology::Role;

pub(super) const GUARD: Guard = Guard {
    id: "internal-network",
    title: "the network inside the host by which it reaches its controller VM",
    why: "The host reads its storage through it: without it every guest stops.",
    concern: Concern::Libvirt,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let before = context.before();
    let internal: Vec<&str> = before
        .bridges
        .iter()
        .filter(|bridge| bridge.ports.iter().any(|port| port.role == Role::CvmInternal))
        .map(|bridge| bridge.name.as_str())
        .collect();
    context
        .steps
        .iter()
        .filter_map(|step| match &step.change {
            Change::Network(change) => {
                let bridge = before.network(&change.name)?.bridge.as_deref()?;
                internal
                    .contains(&bridge)
                    .then(|| format!("network {} on {bridge} changes", change.name))
            }
            Change::Nic(change) => {
                let port = before.port_by_mac(change.mac)?;
                (port.role == Role::CvmInternal).then(|| {
                    format!(
                        "NIC {} of {} on the internal bridge changes",
                        change.mac, change.domain
                    )
                })
            }
            Change::Rows(_) => None,
        })
        .collect()
}
