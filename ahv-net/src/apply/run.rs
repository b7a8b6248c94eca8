use std::time::Duration;

use tracing::Instrument;

use super::claim::Claim;
use super::error::{ApplyError, StepError};
use super::journal::{Phase, UnixTime};
use super::keeping::Keeping;
use super::options::ApplyOptions;
use super::report::{Report, Undo};
use super::resolve::Made;
use super::stand::{self, Stand};
use super::undo::undo;
use super::{perform, watchdog};
use crate::Host;
use crate::edit::{self, Change, HostIdentity, Plan, PlanOptions, RowChange, Step};

/// How long libvirtd is asked again whether a change whose answer was lost is done.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

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

/// What is done, or may be.
#[derive(Default)]
struct Begun {
    changes: Vec<Change>,
    made: Made,
}

/// Why it went no further, and what may still come to be done.
struct Failure {
    step: String,
    error: StepError,
    unknown: Option<String>,
}

/// Does what a plan says, and undoes it all when a part of it fails.
///
/// # Cancel safety
/// What was done so far stays done when the future is dropped: run `recover`.
pub(crate) async fn run(host: &Host, plan: &Plan, options: &ApplyOptions) -> Result<Report, ApplyError> {
    expect_same_host(host, plan).await?;
    let mut keeping = Keeping::open(host, options).await?;
    let mut claim = Claim::take(host).await?;
    expect_untouched(host, plan).await?;
    expect_guards_content(host, plan).await?;
    let deadline = || Some(UnixTime::now().after(options.confirm_within?));
    if options.confirm_within.is_some() {
        watchdog::expect_possible(host, plan, options, &keeping)?;
    }
    keeping.begin(plan, host.reach(), deadline())?;
    if options.confirm_within.is_some()
        && let Err(error) = watchdog::arm(options, &keeping).await
    {
        let why = format!("nothing was changed: {error}");
        keeping.record(Phase::Undone, None, Some(why))?;
        return Err(error.into());
    }
    let actions = actions(plan);
    let mut begun = Begun::default();
    let failure = match steps(
        host,
        plan,
        options,
        &actions,
        &mut claim,
        &mut keeping,
        &mut begun,
    )
    .await
    {
        Ok(()) => {
            let confirm_by = deadline();
            let phase = match confirm_by {
                Some(_) => Phase::Unconfirmed,
                None => Phase::Applied,
            };
            match keeping.record_done(phase, confirm_by, &begun.made) {
                Ok(()) => {
                    return Ok(Report {
                        applied: true,
                        id: keeping.entry().map(|entry| entry.id.clone()),
                        done: actions.iter().map(Action::name).collect(),
                        confirm_by,
                    });
                }
                // What nobody could recover or revert must not stay.
                Err(error) => Failure {
                    step: "writing down what was done".to_owned(),
                    error: error.into(),
                    unknown: None,
                },
            }
        }
        Err(failure) => failure,
    };
    Err(give_up(host, plan, options, &mut claim, &mut keeping, begun, failure).await)
}

/// Does every step, noting what is begun.
async fn steps(
    host: &Host,
    plan: &Plan,
    options: &ApplyOptions,
    actions: &[Action<'_>],
    claim: &mut Claim,
    keeping: &mut Keeping,
    begun: &mut Begun,
) -> Result<(), Failure> {
    for (number, action) in actions.iter().enumerate() {
        let name = action.name();
        if let Some(progress) = &options.progress {
            progress.about_to(&name).await;
        }
        if options.stop.is_requested() {
            return Err(Failure {
                step: name,
                error: StepError::Stopped,
                unknown: None,
            });
        }
        // Begun and not done: how far a failed step got is looked at, not assumed.
        begun.changes.extend(action.changes());
        let span = tracing::info_span!("step", name);
        let mut done = perform_action(host, action, &plan.intent, options, claim, &mut begun.made)
            .instrument(span.clone())
            .await;
        let mut unknown = None;
        if let (Action::Libvirt(step), Err(error)) = (action, &done)
            && error.is_outcome_unknown()
        {
            match is_done_after_all(host, step).instrument(span).await {
                true => done = Ok(()),
                false => unknown = Some(format!("{name} ({error})")),
            }
        }
        // After the last step it is written down with the end of the whole.
        let is_last = number + 1 == actions.len();
        if let (Action::Rows(_), Ok(()), false) = (action, &done, is_last) {
            done = keeping.record_made(&begun.made).map_err(StepError::from);
        }
        if let Err(error) = done {
            tracing::warn!(step = name, %error, "a step failed");
            if error.is_outcome_unknown() && unknown.is_none() {
                unknown = Some(format!("{name} ({error})"));
            }
            return Err(Failure {
                step: name,
                error,
                unknown,
            });
        }
        if let Some(progress) = &options.progress {
            progress.done(&name).await;
        }
    }
    match options.stop.is_requested() {
        true => Err(Failure {
            step: "the last step".to_owned(),
            error: StepError::Stopped,
            unknown: None,
        }),
        false => Ok(()),
    }
}

/// Undoes what was begun, and writes down what that came to.
async fn give_up(
    host: &Host,
    plan: &Plan,
    options: &ApplyOptions,
    claim: &mut Claim,
    keeping: &mut Keeping,
    mut begun: Begun,
    failure: Failure,
) -> ApplyError {
    // Should this process end meanwhile, `recover` finds the rows by what the server called them. Without that it looks
    // for them by their names, so undoing goes on where it cannot be written.
    if let Err(error) = keeping.record_made(&begun.made) {
        tracing::warn!(%error, "what was made is not written down");
    }
    let comment = format!("undo of {}", plan.intent);
    let mut undo: Undo = undo(host, &begun.changes, &mut begun.made, claim, &comment, options).await;
    undo.unknown.extend(failure.unknown);
    let why = format!("{} failed: {}", failure.step, failure.error);
    match keeping.record_undo(&undo, &begun.made, why) {
        Err(error) if !matches!(failure.error, StepError::Journal(_)) => ApplyError::NotRecorded {
            undo: Box::new(undo),
            error: Box::new(error),
        },
        _ => ApplyError::Failed {
            step: failure.step,
            error: Box::new(failure.error),
            undo: Box::new(undo),
        },
    }
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
    claim: &mut Claim,
    made: &mut Made,
) -> Result<(), StepError> {
    match action {
        Action::Rows(steps) => {
            let changes: Vec<RowChange> = steps.iter().flat_map(|step| rows_of(&step.change)).collect();
            let replica = host.editing_replica().await?;
            perform::rows(&changes, made, &replica, claim, intent, options).await
        }
        Action::Libvirt(step) => {
            let hypervisor = host
                .hypervisor()
                .map_err(|error| StepError::Failed(error.to_string()))?;
            match &step.change {
                Change::Nic(nic) => perform::nic(nic, hypervisor).await.map(drop),
                Change::Network(network) => perform::network(network, hypervisor).await,
                Change::Rows(_) => Ok(()),
            }
        }
    }
}

/// Whether a change of libvirt's whose answer was lost is done: libvirtd may still be at it.
async fn is_done_after_all(host: &Host, step: &Step) -> bool {
    for _ in 0..LOOKS {
        if matches!(host.stand_of_libvirt(&step.change).await, Ok(Stand::After)) {
            return true;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    false
}

fn rows_of(change: &Change) -> Vec<RowChange> {
    match change {
        Change::Rows(rows) => rows.clone(),
        _ => Vec::new(),
    }
}

/// Refuses a plan that was made on another host.
async fn expect_same_host(host: &Host, plan: &Plan) -> Result<(), ApplyError> {
    let here = host.identity().await?;
    let of = &plan.host;
    if *of == HostIdentity::default() && here != HostIdentity::default() {
        return Err(ApplyError::OtherHost("it does not say on which".to_owned()));
    }
    if of.ovs_uuid.is_some() && of.ovs_uuid != here.ovs_uuid {
        return Err(ApplyError::OtherHost(
            "one whose database is another, or is not connected here".to_owned(),
        ));
    }
    match &of.libvirt_hostname {
        Some(name) if of.libvirt_hostname != here.libvirt_hostname => {
            Err(ApplyError::OtherHost(name.clone()))
        }
        _ => Ok(()),
    }
}

/// Asks the guards again, on the host as it is now: what a plan changed beside may have made it worse, and a plan
/// that was kept in a file may have lost what they said.
async fn expect_guards_content(host: &Host, plan: &Plan) -> Result<(), ApplyError> {
    let base = host.base().await?;
    let mut options = PlanOptions::new();
    let allowed = plan.objections.iter().filter(|objection| objection.allowed);
    options
        .allow
        .extend(allowed.map(|objection| objection.guard.clone()));
    let objections = edit::judge(&base, &plan.steps, &options);
    let stopped: Vec<_> = objections
        .into_iter()
        .filter(|objection| !objection.allowed)
        .collect();
    match stopped.is_empty() {
        true => Ok(()),
        false => Err(ApplyError::Stopped(stopped)),
    }
}

/// Refuses a plan of which anything is done or changed already.
async fn expect_untouched(host: &Host, plan: &Plan) -> Result<(), ApplyError> {
    let rows: Vec<RowChange> = plan.steps.iter().flat_map(|step| rows_of(&step.change)).collect();
    if !rows.is_empty() {
        let replica = host.editing_replica().await.map_err(crate::Error::from)?;
        let snapshot = perform::current(&replica).await.map_err(crate::Error::from)?;
        let stand = stand::rows(&rows, &Made::new(), &snapshot);
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
