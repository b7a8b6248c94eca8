use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use ovsdb_client::replica::{Replica, Snapshot};
use ovsdb_client::table::RowUuid;
use ovsdb_client::transaction::{Receipt, Transaction, TransactionError};
use ovsdb_client::vswitch::{
    Bridge, ConfirmError, InterfaceFailure, OpenVSwitch, Port, commit_and_confirm, failures,
};
use ovsdb_client::wire::OperationResult;
use uuid::Uuid;

use crate::apply::claim::Claim;
use crate::apply::resolve::{Found, Made, Resolver};
use crate::apply::stand::{self, Stand};
use crate::apply::{ApplyOptions, Progress, StepError, transaction};
use crate::edit::{RowChange, RowEdit};

/// How long a replica that lost its server is waited for before it is called lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long those who follow an edit hear nothing before they are told what is waited for.
const SILENCE: Duration = Duration::from_secs(1);

/// Commits row changes as one transaction, and waits until ovs-vswitchd has taken them in and every
/// interface works that worked before. What the server called the rows that it made is added to `made`.
///
/// # Cancel safety
/// The outcome is unknown when the future is dropped.
pub(crate) async fn rows(
    changes: &[RowChange],
    made: &mut Made,
    replica: &Replica,
    claim: &mut Claim,
    comment: &str,
    options: &ApplyOptions,
) -> Result<(), StepError> {
    let snapshot = replica.snapshot();
    // Where ovs-vswitchd is not waited for, what does not work is not asked either.
    let broken_before = match options.take_in {
        Some(_) => failures(&snapshot).unwrap_or_default(),
        None => Vec::new(),
    };
    let mut transaction =
        transaction::of(changes, made, &snapshot).map_err(|missing| StepError::Stale(missing.to_string()))?;
    transaction.assert(claim.lock().await?);
    transaction.comment(format!("ahv-net: {comment}"));
    let inserts = transaction::inserts(&transaction, changes);
    let learn = |receipt: &Receipt| {
        for (number, row) in &inserts {
            if let Some(OperationResult::Inserted(given)) = receipt.results().get(*number) {
                made.insert(*row, *given);
            }
        }
    };
    let done = match commit(transaction, replica, options, learn).await {
        Err(error) if error.is_outcome_unknown() => {
            settle(changes, made, replica, claim, options, error).await
        }
        done => done,
    };
    let failures = done?;
    if failures.is_empty() {
        return Ok(());
    }
    let touched = touched(changes, made, &replica.snapshot());
    let broken: Vec<String> = failures
        .iter()
        .filter(|failure| touched.contains(&failure.uuid.get()))
        .filter(|failure| broken_before.iter().all(|known| known.uuid != failure.uuid))
        .map(|failure| match &failure.error {
            Some(error) => format!("{}: {error}", failure.name),
            None => format!("{}: it has no OpenFlow port", failure.name),
        })
        .collect();
    match broken.is_empty() {
        true => Ok(()),
        false => Err(StepError::NotTaken(broken.join("; "))),
    }
}

/// The interfaces that a change is about: its own, those of its ports, and those of a bridge that changes as a
/// whole. What breaks elsewhere at the same time is no reason to undo it.
fn touched(changes: &[RowChange], made: &Made, snapshot: &Snapshot) -> HashSet<Uuid> {
    let resolver = Resolver::new(snapshot, changes, made);
    let mut touched = HashSet::new();
    let of_port = |port: RowUuid<Port>| -> Vec<Uuid> {
        let interfaces = snapshot.row(port).and_then(|port| port.interfaces().ok());
        interfaces.map_or_else(Vec::new, |interfaces| {
            interfaces.iter().map(RowUuid::get).collect()
        })
    };
    for change in changes {
        let Found::Row(uuid) = resolver.row(&change.row) else {
            continue;
        };
        match change.row.table.as_str() {
            "Interface" => {
                touched.insert(uuid);
            }
            "Port" => touched.extend(of_port(RowUuid::new(uuid))),
            "Bridge" if is_about_itself(&change.edit) => {
                let bridge = snapshot.row(RowUuid::<Bridge>::new(uuid));
                let ports = bridge.and_then(|bridge| bridge.ports().ok());
                touched.extend(ports.iter().flat_map(|ports| ports.iter()).flat_map(of_port));
            }
            _ => {}
        }
    }
    touched
}

fn is_about_itself(edit: &RowEdit) -> bool {
    match edit {
        RowEdit::Update(columns) => columns
            .keys()
            .any(|column| column != "ports" && column != "mirrors"),
        _ => true,
    }
}

/// Commits, and says which interfaces do not work then: none where ovs-vswitchd is not waited for. Whoever wants to
/// `learn` what is in the database then hears of it even where ovs-vswitchd does not take it in.
async fn commit(
    transaction: Transaction,
    replica: &Replica,
    options: &ApplyOptions,
    learn: impl FnOnce(&Receipt),
) -> Result<Vec<InterfaceFailure>, StepError> {
    let Some(limit) = options.take_in else {
        let outcome = replica
            .client()
            .commit(transaction)
            .await
            .map_err(StepError::from)?;
        learn(&outcome.into_result().map_err(StepError::from)?);
        return Ok(Vec::new());
    };
    let confirmed = commit_and_confirm(replica, transaction, limit);
    match telling(confirmed, replica, options.progress.as_deref()).await {
        Ok(confirmation) => {
            learn(&confirmation.receipt);
            Ok(confirmation.failures)
        }
        Err(error) => {
            if let ConfirmError::NotTakenIn { receipt, .. } | ConfirmError::Unconfirmed { receipt, .. } =
                &error
            {
                learn(receipt);
            }
            Err(not_confirmed(error))
        }
    }
}

/// Waits, and says so to whoever follows when it takes long and ovs-vswitchd is what is waited for.
async fn telling<T>(
    confirmed: impl Future<Output = T>,
    replica: &Replica,
    progress: Option<&dyn Progress>,
) -> T {
    let mut confirmed = pin!(confirmed);
    let Some(progress) = progress else {
        return confirmed.await;
    };
    loop {
        match tokio::time::timeout(SILENCE, confirmed.as_mut()).await {
            Ok(done) => return done,
            Err(_) if is_behind(&replica.snapshot()) => break,
            Err(_) => {}
        }
    }
    progress.waiting("ovs-vswitchd").await;
    confirmed.await
}

/// Whether ovs-vswitchd has not taken in all that is in the database.
fn is_behind(snapshot: &Snapshot) -> bool {
    let root = snapshot.only::<OpenVSwitch>().ok().flatten();
    root.is_some_and(|root| {
        let configurations = root.next_cfg().ok().zip(root.cur_cfg().ok());
        configurations.is_some_and(|(next, current)| current < next)
    })
}

/// "Not taken in" is said of what is in the database, and of nothing else.
fn not_confirmed(error: ConfirmError) -> StepError {
    match error {
        ConfirmError::Transaction(error) => error.into(),
        ConfirmError::Client(error) => error.into(),
        committed if committed.is_committed() => StepError::NotTaken(committed.to_string()),
        not_sent => StepError::Failed(not_sent.to_string()),
    }
}

/// Finds out what became of a transaction whose answer was lost, and goes on where it is in the database.
///
/// The server gives the lock to this session only when it has ended the one that sent the transaction, which
/// holds it. So with the lock in hand it is certain: what is not in the database will not come into it.
async fn settle(
    changes: &[RowChange],
    made: &Made,
    replica: &Replica,
    claim: &mut Claim,
    options: &ApplyOptions,
    lost: StepError,
) -> Result<Vec<InterfaceFailure>, StepError> {
    let unknown = |why: &dyn std::fmt::Display| {
        StepError::Transaction(TransactionError::Unknown {
            why: format!("{lost}; {why}"),
        })
    };
    let mut look = Transaction::new();
    look.assert(claim.lock().await.map_err(|error| unknown(&error))?);
    let asked = replica.client().commit(look).await;
    asked
        .map_err(|error| unknown(&error))?
        .into_result()
        .map_err(|error| unknown(&error))?;
    let snapshot = current(replica).await.map_err(|error| unknown(&error))?;
    match stand::rows(changes, made, &snapshot).stand() {
        Stand::After => commit(Transaction::new(), replica, options, |_| ()).await,
        Stand::Before => Err(StepError::Failed(format!("{lost}; it is not in the database"))),
        Stand::Gone(why) | Stand::Neither(why) => Err(unknown(&why)),
    }
}

/// What the database holds, once the replica has caught up with it.
///
/// # Errors
/// When the server is gone and does not come back within 10 seconds.
///
/// # Cancel safety
/// Nothing is changed.
pub(crate) async fn current(replica: &Replica) -> Result<Snapshot, ovsdb_client::Error> {
    replica
        .wait_for(PATIENCE, |snapshot| {
            replica.is_current().then(|| snapshot.clone())
        })
        .await
}

#[cfg(test)]
mod tests {
    use ovsdb_client::table::ColumnError;

    use super::*;

    #[test]
    fn what_was_not_sent_is_not_called_not_taken() {
        let column = ColumnError::UnsupportedByServer {
            table: "Open_vSwitch".into(),
            column: Some("cur_cfg".into()),
        };
        for not_sent in [ConfirmError::NoRoot, ConfirmError::Column(column)] {
            let said = not_sent.to_string();
            assert!(said.starts_with("nothing was changed"), "{said}");
            let step = not_confirmed(not_sent);
            assert!(matches!(step, StepError::Failed(_)), "{step:?}");
            assert_eq!(step.to_string(), said);
        }
    }
}
