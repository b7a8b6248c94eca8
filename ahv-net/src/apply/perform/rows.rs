use std::time::Duration;

use ovsdb_client::replica::Replica;
use ovsdb_client::transaction::{Transaction, TransactionError};
use ovsdb_client::vswitch::{ConfirmError, InterfaceFailure, commit_and_confirm, failures};

use crate::apply::claim::Claim;
use crate::apply::stand::{self, Stand};
use crate::apply::{StepError, transaction};
use crate::edit::RowChange;

/// How long a replica that lost its server is waited for before it is called lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Commits row changes as one transaction, and waits until ovs-vswitchd has taken them in and every
/// interface works that worked before.
///
/// # Cancel safety
/// The outcome is unknown when the future is dropped.
pub(crate) async fn rows(
    changes: &[RowChange],
    replica: &Replica,
    claim: &mut Claim,
    comment: &str,
    limit: Option<Duration>,
) -> Result<(), StepError> {
    let snapshot = replica.snapshot();
    let broken_before = failures(&snapshot).unwrap_or_default();
    let mut transaction =
        transaction::of(changes, &snapshot).map_err(|gone| StepError::Stale(gone.to_string()))?;
    transaction.assert(claim.lock().await?);
    transaction.comment(format!("ahv-net: {comment}"));
    let done = match commit(transaction, replica, limit).await {
        Err(error) if error.is_outcome_unknown() => settle(changes, replica, claim, limit, error).await,
        done => done,
    };
    let broken: Vec<String> = done?
        .iter()
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

/// Commits, and says which interfaces do not work then: none where ovs-vswitchd is not waited for.
async fn commit(
    transaction: Transaction,
    replica: &Replica,
    limit: Option<Duration>,
) -> Result<Vec<InterfaceFailure>, StepError> {
    let Some(limit) = limit else {
        let outcome = replica
            .client()
            .commit(transaction)
            .await
            .map_err(StepError::from)?;
        outcome.into_result().map_err(StepError::from)?;
        return Ok(Vec::new());
    };
    match commit_and_confirm(replica, transaction, limit).await {
        Ok(confirmation) => Ok(confirmation.failures),
        Err(ConfirmError::Transaction(error)) => Err(error.into()),
        Err(ConfirmError::Client(error)) => Err(error.into()),
        Err(error) if error.is_committed() => Err(StepError::NotTaken(error.to_string())),
        Err(error) => Err(StepError::Failed(error.to_string())),
    }
}

/// Finds out what became of a transaction whose answer was lost, and goes on where it is in the database.
///
/// The server gives the lock to this session only when it has ended the one that sent the transaction, which
/// holds it. So with the lock in hand it is certain: what is not in the database will not come into it.
async fn settle(
    changes: &[RowChange],
    replica: &Replica,
    claim: &mut Claim,
    limit: Option<Duration>,
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
    match stand::rows(changes, &snapshot).stand() {
        Stand::After => commit(Transaction::new(), replica, limit).await,
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
pub(crate) async fn current(
    replica: &Replica,
) -> Result<ovsdb_client::replica::Snapshot, ovsdb_client::Error> {
    replica
        .wait_for(PATIENCE, |snapshot| {
            replica.is_current().then(|| snapshot.clone())
        })
        .await
}
