use super::error::{ApplyError, StepError};
use super::options::ApplyOptions;
use super::perform;
use super::stand::{self, Stand};
use super::undo::undo;
use crate::Host;
use crate::edit::{Change, Plan, RowChange, Step};

/// Something that is done at once: all row changes of a plan are one of them.
enum Action<'p> {
    Rows(Vec<&'p Step>),
    Libvirt(&'p Step),
}

impl Action<'_> {
    fn name(&self) -> String {
        match self {
            Self::Rows(steps) => {
                let names: Vec<&str> = steps.iter().map(|step| step.object.as_str()).collect();
                format!("the switch ({})", names.join(", "))
            }
            Self::Libvirt(step) => format!("{}: {}", step.object, step.what),
        }
    }

    fn changes(&self) -> Vec<Change> {
        match self {
            Self::Rows(steps) => steps.iter().map(|step| step.change.clone()).collect(),
            Self::Libvirt(step) => vec![step.change.clone()],
        }
    }
}

/// Does what a plan says, and undoes it all when a part of it fails.
///
/// # Cancel safety
/// What was done so far stays done when the future is dropped: run `recover`.
pub(crate) async fn run(host: &Host, plan: &Plan, options: &ApplyOptions) -> Result<(), ApplyError> {
    let actions = actions(plan);
    expect_untouched(host, plan).await?;
    let mut begun: Vec<Change> = Vec::new();
    for action in &actions {
        let name = action.name();
        if let Some(progress) = &options.progress {
            progress.about_to(&name).await;
        }
        // Begun and not done: how far a failed step got is looked at, not assumed.
        begun.extend(action.changes());
        if let Err(error) = perform_action(host, action, &plan.intent, options).await {
            let why = format!("undo of {}", plan.intent);
            let undo = undo(host, &begun, &why, options.take_in).await;
            return Err(ApplyError::Failed {
                step: name,
                error: Box::new(error),
                undo,
            });
        }
        if let Some(progress) = &options.progress {
            progress.done(&name).await;
        }
    }
    Ok(())
}

/// The steps in their order, with those on rows as one.
fn actions(plan: &Plan) -> Vec<Action<'_>> {
    let mut actions: Vec<Action<'_>> = Vec::new();
    for step in &plan.steps {
        if let Change::Rows(_) = step.change {
            let rows = actions.iter_mut().find_map(|action| match action {
                Action::Rows(steps) => Some(steps),
                Action::Libvirt(_) => None,
            });
            match rows {
                Some(steps) => steps.push(step),
                None => actions.push(Action::Rows(vec![step])),
            }
        } else {
            actions.push(Action::Libvirt(step));
        }
    }
    actions
}

async fn perform_action(
    host: &Host,
    action: &Action<'_>,
    intent: &str,
    options: &ApplyOptions,
) -> Result<(), StepError> {
    match action {
        Action::Rows(steps) => {
            let changes: Vec<RowChange> = steps.iter().flat_map(|step| rows_of(&step.change)).collect();
            let replica = host.editing_replica().await?;
            perform::rows(&changes, &replica, intent, options.take_in).await
        }
        Action::Libvirt(step) => {
            let hypervisor = host
                .hypervisor()
                .map_err(|error| StepError::Failed(error.to_string()))?;
            match &step.change {
                Change::Nic(nic) => perform::nic(nic, hypervisor).await,
                Change::Network(network) => perform::network(network, hypervisor).await,
                Change::Rows(_) => Ok(()),
            }
        }
    }
}

fn rows_of(change: &Change) -> Vec<RowChange> {
    match change {
        Change::Rows(rows) => rows.clone(),
        _ => Vec::new(),
    }
}

/// Refuses a plan that was made on another host, or of which anything is done or changed already.
async fn expect_untouched(host: &Host, plan: &Plan) -> Result<(), ApplyError> {
    let rows: Vec<RowChange> = plan.steps.iter().flat_map(|step| rows_of(&step.change)).collect();
    if !rows.is_empty() {
        let replica = host.editing_replica().await.map_err(crate::Error::from)?;
        let stand = stand::rows(&rows, &replica.snapshot());
        let in_part = !stand.after.is_empty();
        if let Some(why) = stale(stand.stand()) {
            return Err(ApplyError::Stale(why));
        }
        if in_part {
            return Err(ApplyError::Stale("it is done in part already".to_owned()));
        }
    }
    for step in &plan.steps {
        if !matches!(step.change, Change::Rows(_)) {
            let stand = host
                .stand_of_libvirt(&step.change)
                .await
                .map_err(crate::Error::from)?;
            if let Some(why) = stale(stand) {
                return Err(ApplyError::Stale(why));
            }
        }
    }
    Ok(())
}

/// Why a change cannot be made on a host where it stands so.
fn stale(stand: Stand) -> Option<String> {
    match stand {
        Stand::Before => None,
        Stand::After => Some("it is done already".to_owned()),
        Stand::Gone(why) | Stand::Neither(why) => Some(why),
    }
}
