use libvirt_model::live::{self, Hypervisor};
use uuid::Uuid;

use super::nic::{BETWEEN_LOOKS, LOOKS};
use crate::apply::StepError;
use crate::apply::stand::{Call, judge_network};
use crate::edit::{Documents, NetworkChange};

/// Defines, changes or removes a libvirt network, call by call, of each looking first whether it is to be made.
///
/// Only what the change is about is written: portgroups one by one, as the network runs and in its definition. So it
/// leaves what others set beside, and finishes what was done in part.
///
/// # Cancel safety
/// It may be done, done in part or not at all when the future is dropped.
pub(crate) async fn network(change: &NetworkChange, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    match calls(change, hypervisor).await? {
        Done { neither, .. } if !neither.is_empty() => Err(StepError::Stale(neither.join("; "))),
        _ => Ok(()),
    }
}

/// What undoing a change came to.
pub(crate) struct Done {
    /// Whether anything was to be done.
    pub(crate) any: bool,
    /// What was left, as others changed it or use it: a sentence each.
    pub(crate) neither: Vec<String>,
}

/// Undoes what of a network's change is done, part by part; what others changed since or use now is left to them.
///
/// # Cancel safety
/// Call it again.
pub(crate) async fn network_back(
    change: &NetworkChange,
    hypervisor: &dyn Hypervisor,
) -> Result<Done, StepError> {
    calls(&change.inverse(), hypervisor).await
}

async fn calls(change: &NetworkChange, hypervisor: &dyn Hypervisor) -> Result<Done, StepError> {
    let mut last: Option<Call> = None;
    loop {
        let judged = judge_network(change, &Documents::read(hypervisor).await?);
        let Some(call) = judged.calls.into_iter().next() else {
            return Ok(Done {
                any: last.is_some(),
                neither: judged.neither,
            });
        };
        if last.as_ref() == Some(&call) {
            return Err(StepError::Failed(format!(
                "libvirt says that it changed network {}, and did not",
                change.name
            )));
        }
        match make(change, &call, hypervisor).await {
            Err(StepError::Libvirt(error)) if error.is_outcome_unknown() => {
                settle(change, &call, hypervisor, error).await?;
            }
            made => made?,
        }
        last = Some(call);
    }
}

async fn make(change: &NetworkChange, call: &Call, hypervisor: &dyn Hypervisor) -> Result<(), StepError> {
    match call {
        Call::Define(xml) => {
            hypervisor.define_network(xml).await?;
        }
        Call::Update(update, affect) => {
            let uuid = uuid(change, hypervisor).await?;
            hypervisor.update_network(uuid, update, *affect).await?;
        }
        Call::Start => hypervisor.start_network(uuid(change, hypervisor).await?).await?,
        Call::Stop => {
            hypervisor
                .destroy_network(uuid(change, hypervisor).await?)
                .await?
        }
        Call::Undefine => {
            hypervisor
                .undefine_network(uuid(change, hypervisor).await?)
                .await?;
        }
        Call::Autostart(on) => {
            hypervisor
                .set_network_autostart(uuid(change, hypervisor).await?, *on)
                .await?;
        }
    }
    Ok(())
}

async fn uuid(change: &NetworkChange, hypervisor: &dyn Hypervisor) -> Result<Uuid, live::Error> {
    hypervisor.network_by_name(&change.name).await
}

/// Whether a call whose answer was lost was carried out: the network itself tells.
async fn settle(
    change: &NetworkChange,
    call: &Call,
    hypervisor: &dyn Hypervisor,
    error: live::Error,
) -> Result<(), StepError> {
    for _ in 0..LOOKS {
        match Documents::read(hypervisor).await {
            Ok(documents) if judge_network(change, &documents).calls.first() != Some(call) => return Ok(()),
            Ok(_) => {}
            Err(lost) if lost.is_connection() => {}
            Err(_) => break,
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Err(error.into())
}
