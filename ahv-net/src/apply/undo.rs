use ovsdb_client::replica::Snapshot;

use super::claim::Claim;
use super::options::ApplyOptions;
use super::report::Undo;
use super::resolve::Made;
use super::stand;
use super::{StepError, perform};
use crate::Host;
use crate::edit::{Change, RowChange, RowEdit};

/// Undoes what of these changes is done, the last first.
///
/// It looks before it touches anything: what is not done is left alone, and so is what someone else has
/// changed since. It can therefore be run again after it was killed. Rows that the server called otherwise than the
/// plan are in `made`, and those that it makes anew are added.
///
/// # Cancel safety
/// Run it again.
pub(crate) async fn undo(
    host: &Host,
    changes: &[Change],
    made: &mut Made,
    claim: &mut Claim,
    why: &str,
    options: &ApplyOptions,
) -> Undo {
    let mut report = Undo::default();
    // libvirt's changes after the rows, the rows, libvirt's changes before them: the order of a plan, backwards.
    let mut rows_done = false;
    for change in changes.iter().rev() {
        match change {
            Change::Rows(_) => {
                if !std::mem::replace(&mut rows_done, true) {
                    undo_rows(host, changes, made, claim, why, options, &mut report).await;
                }
            }
            other => undo_libvirt(host, other, &mut report).await,
        }
    }
    report
}

async fn undo_rows(
    host: &Host,
    changes: &[Change],
    made: &mut Made,
    claim: &mut Claim,
    why: &str,
    options: &ApplyOptions,
    report: &mut Undo,
) {
    let replica = match host.editing_replica().await {
        Ok(replica) => replica,
        Err(error) => {
            report.failed.push(format!("the switch: {error}"));
            return;
        }
    };
    let snapshot = match perform::current(&replica).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            report.failed.push(format!("the switch: {error}"));
            return;
        }
    };
    let done = done(changes, made, &snapshot, report);
    if done.is_empty() {
        return;
    }
    let names: Vec<String> = done.iter().map(|change| change.row.to_string()).collect();
    let inverse: Vec<RowChange> = done.iter().rev().map(RowChange::inverse).collect();
    match perform::rows(&inverse, made, &replica, claim, why, options).await {
        // What does not work now did not work before either: the rows are as they were.
        Ok(()) | Err(StepError::NotTaken(_)) => report.undone.extend(names),
        Err(error) => report.failed.push(format!("the switch: {error}")),
    }
}

/// The row changes that are done and can be undone. What a step made or deleted is undone whole or, where others
/// have changed a row of it, left whole: half an object would be neither theirs nor ours.
fn done(changes: &[Change], made: &Made, snapshot: &Snapshot, report: &mut Undo) -> Vec<RowChange> {
    let all: Vec<RowChange> = changes.iter().flat_map(rows_of).cloned().collect();
    let mut done = Vec::new();
    for change in changes {
        let rows = rows_of(change);
        let stand = stand::rows_among(rows, &all, made, snapshot);
        if !stand.unclear.is_empty() {
            // Nobody is known to have changed it: it is not left to others, and it is not undone.
            report.failed.extend(stand.unclear);
            continue;
        }
        let is_theirs = !stand.neither.is_empty() || !stand.gone.is_empty();
        let is_object = rows.iter().any(|row| !matches!(row.edit, RowEdit::Update(_)));
        report.left.extend(stand.neither);
        report.left.extend(stand.gone);
        if !(is_theirs && is_object) {
            done.extend(stand.after);
        }
    }
    done
}

fn rows_of(change: &Change) -> &[RowChange] {
    match change {
        Change::Rows(rows) => rows,
        _ => &[],
    }
}

async fn undo_libvirt(host: &Host, change: &Change, report: &mut Undo) {
    let name = match change {
        Change::Nic(nic) => format!("NIC {} of {}", nic.mac, nic.domain),
        Change::Network(network) => format!("network {}", network.name),
        Change::Rows(_) => return,
    };
    match undo_libvirt_change(host, change).await {
        Ok(done) => {
            if done.any {
                report.undone.push(name);
            }
            report.left.extend(done.left);
        }
        Err(error) => report.failed.push(format!("{name}: {error}")),
    }
}

/// Whether anything of a change was undone, and what was left.
#[derive(Debug, Default)]
struct Done {
    any: bool,
    left: Vec<String>,
}

async fn undo_libvirt_change(host: &Host, change: &Change) -> Result<Done, StepError> {
    let hypervisor = host
        .hypervisor()
        .map_err(|error| StepError::Failed(error.to_string()))?;
    let mut done = Done::default();
    match change {
        Change::Nic(nic) => {
            let parts = super::parts::done(nic, host).await?;
            done.any = !parts.done.is_empty();
            done.left = parts.left;
            for part in parts.done {
                done.left.extend(perform::nic(&part.inverse(), hypervisor).await?);
            }
        }
        Change::Network(network) => {
            let back = perform::network_back(network, hypervisor).await?;
            (done.any, done.left) = (back.any, back.neither);
        }
        Change::Rows(_) => {}
    }
    Ok(done)
}
