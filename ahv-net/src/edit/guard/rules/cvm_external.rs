use super::super::{Concern, Context, Guard};
use crate::topology::{DomainRole, Role};

pub(super) const GUARD: Guard = Guard {
    id: "cvm-external",
    title: "the controller VM's NIC to the cluster",
    why: "Without it the controller VM leaves the cluster, and the host's storage with it.",
    concern: Concern::Existing,
    run,
};

fn run(context: &Context<'_>) -> Vec<String> {
    let ports = context
        .touched_ports()
        .into_iter()
        .filter_map(|(_, port, touch)| {
            (port.role == Role::CvmExternal)
                .then(|| format!("port {} of the controller VM {}", port.name, touch.words()))
        });
    let nics = context.nics().filter_map(|change| {
        let before = context.before();
        let domain = before
            .domains
            .iter()
            .find(|domain| domain.uuid == change.domain_uuid)?;
        let port = before.port_by_mac(change.mac);
        let is_internal = port.is_some_and(|port| port.role == Role::CvmInternal);
        let known = port.is_some_and(|port| port.role == Role::CvmExternal);
        // The port's own objection says it already.
        let said = port.is_some_and(|port| {
            let mut touched = context.touched_ports().into_iter();
            touched.any(|(_, other, _)| other.name == port.name)
        });
        (domain.role == DomainRole::Cvm && !is_internal && !(known && said))
            .then(|| format!("NIC {} of the controller VM {} changes", change.mac, domain.name))
    });
    let bridges = context
        .changed_bridges()
        .into_iter()
        .filter_map(|(bridge, columns)| {
            let joined = context.joined(bridge);
            let mut ports = joined.iter().flat_map(|bridge| &bridge.ports);
            let cvm = ports.find(|port| port.role == Role::CvmExternal)?;
            Some(format!(
                "bridge {} changes its {}, and port {} of the controller VM is behind it",
                bridge.name,
                columns.join(", "),
                cvm.name
            ))
        });
    ports.chain(nics).chain(bridges).collect()
}
