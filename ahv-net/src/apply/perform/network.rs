use libvirt_model::live::Hypervisor;

use crate::apply::StepError;
use crate::edit::NetworkChange;

/// Defines, changes or removes a libvirt network.
///
/// # Cancel safety
/// It may be done, done in part or not at all when the future is dropped.
pub(crate) async fn network(change: &NetworkChange, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    match (&change.before, &change.after) {
        (_, Some(after)) => {
            let uuid = hypervisor.define_network(&after.xml).await?;
            let was_active = change.before.as_ref().is_some_and(|before| before.active);
            match (was_active, after.active) {
                (false, true) => hypervisor.start_network(uuid).await?,
                (true, false) => hypervisor.destroy_network(uuid).await?,
                _ => {}
            }
            if change
                .before
                .as_ref()
                .is_none_or(|before| before.autostart != after.autostart)
            {
                hypervisor.set_network_autostart(uuid, after.autostart).await?;
            }
        }
        (Some(before), None) => {
            let uuid = match change.uuid {
                Some(uuid) => uuid,
                None => hypervisor.network_by_name(&change.name).await?,
            };
            if before.active {
                hypervisor.destroy_network(uuid).await?;
            }
            hypervisor.undefine_network(uuid).await?;
        }
        (None, None) => {}
    }
    Ok(())
}
