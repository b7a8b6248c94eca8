use std::time::Duration;

use ovsdb_client::replica::Replica;
use ovsdb_client::vswitch::{ConfirmError, commit_and_confirm};

use crate::apply::{StepError, transaction};
use crate::edit::RowChange;

/// Commits row changes as one transaction, and waits until ovs-vswitchd has taken them in and every
/// interface works that worked before.
///
/// # Cancel safety
/// The outcome is unknown when the future is dropped.
pub(crate) async fn rows(
    changes: &[RowChange],
    replica: &Replica,
    comment: &str,
    limit: Option<Duration>,
) -> Result<(), StepError> {
    let mut transaction =
        transaction::of(changes, &replica.snapshot()).map_err(|gone| StepError::Stale(gone.to_string()))?;
    transaction.comment(format!("ahv-net: {comment}"));
    let Some(limit) = limit else {
        let outcome = replica
            .client()
            .commit(transaction)
            .await
            .map_err(StepError::from)?;
        outcome.into_result().map_err(StepError::from)?;
        return Ok(());
    };
    let confirmation = match commit_and_confirm(replica, transaction, limit).await {
        Ok(confirmation) => confirmation,
        Err(ConfirmError::Transaction(error)) => return Err(error.into()),
        Err(ConfirmError::Client(error)) => return Err(error.into()),
        Err(error) => return Err(StepError::NotTaken(error.to_string())),
    };
    let broken: Vec<String> = confirmation
        .new_failures()
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
