//! Committing, and building anew after a conflict.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tracing::{Instrument, debug, info_span};

use super::{
    builder::Transaction,
    outcome::{Outcome, Receipt, TransactionError},
};
use crate::{
    client::Client,
    error::Error,
    replica::{Replica, Snapshot},
    wire::{Clause, Columns, Datum, Function, Operation},
};

/// What the last attempt of [`Replica::transact`] came to: nothing was sent, its outcome is awaited, or it met a
/// conflict.
const NOT_TRIED: u8 = 0;
const UNDER_WAY: u8 = 1;
const CONFLICT: u8 = 2;

/// Why [`Replica::transact`] gave up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransactError<E> {
    /// The closure that builds the transaction failed.
    #[error(transparent)]
    Build(E),
    /// The transaction is not in the database, or not as expected.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// It could not be sent.
    #[error(transparent)]
    Client(#[from] Error),
}

impl Client {
    /// Commits a transaction on this client's database.
    ///
    /// When this returns, every replica of this client holds what it changed of its rows.
    ///
    /// # Errors
    /// Only if nothing was sent: what the server would refuse, or no session. All else is an [`Outcome`].
    ///
    /// # Cancel safety
    /// Dropping the future sends `cancel`; the outcome is then unknown.
    pub async fn commit(&self, transaction: Transaction) -> Result<Outcome, Error> {
        let schema = self.schema();
        transaction.check(&schema)?;
        let transaction = transaction.guarded();
        let span = info_span!("commit", database = %schema.name, operations = transaction.operations.len());
        let sent = self.transact(&transaction.operations).instrument(span).await;
        match sent {
            Ok(result) => Ok(Outcome::new(transaction, result)),
            Err(Error::OutcomeUnknown { why, .. }) => Ok(Outcome::Unknown { why }),
            Err(error) => Err(error),
        }
    }
}

impl Replica {
    /// Builds a transaction from the newest snapshot and commits it; when it meets a conflict, waits for the change
    /// that caused it, and builds it anew. Whatever the closure relies on it must
    /// [`verify`](Transaction::verify).
    ///
    /// # Errors
    /// The closure's own, or what became of the last attempt when `limit` has passed. An unknown outcome is never
    /// tried again.
    ///
    /// # Cancel safety
    /// Dropping the future sends `cancel` for the attempt on its way, whose outcome is then unknown.
    pub async fn transact<E>(
        &self,
        limit: Duration,
        mut build: impl FnMut(&Snapshot) -> Result<Transaction, E>,
    ) -> Result<Receipt, TransactError<E>> {
        let attempt = AtomicU8::new(NOT_TRIED);
        let attempts = async {
            loop {
                let snapshot = self.snapshot();
                let transaction = build(&snapshot).map_err(TransactError::Build)?;
                if transaction.is_empty() {
                    let empty = crate::wire::TransactResult {
                        operations: Vec::new(),
                        commit_error: None,
                    };
                    return Ok(Outcome::new(transaction, empty).into_result()?);
                }
                attempt.store(UNDER_WAY, Ordering::Relaxed);
                let outcome = self.client().commit(transaction).await?;
                if !matches!(outcome, Outcome::Conflict { .. }) {
                    return Ok(outcome.into_result()?);
                }
                attempt.store(CONFLICT, Ordering::Relaxed);
                debug!("conflict; building the transaction anew");
                // The update that caused it precedes the answer, unless this replica does not hold those columns.
                let generation = snapshot.generation();
                let moved = |snapshot: &Snapshot| (snapshot.generation() > generation).then_some(());
                let _ = self.wait_for(Duration::from_millis(100), moved).await;
            }
        };
        match tokio::time::timeout(limit, attempts).await {
            Ok(result) => result,
            Err(_) => Err(match attempt.load(Ordering::Relaxed) {
                CONFLICT => TransactionError::Conflict.into(),
                UNDER_WAY => {
                    let why = format!("its time, {limit:?}, ran out while it was being committed");
                    TransactionError::Unknown { why }.into()
                }
                _ => Error::TimedOut {
                    method: "transact".to_owned(),
                    limit,
                }
                .into(),
            }),
        }
    }
}

impl Transaction {
    /// Puts a `wait` at the end for each expected single row that is named by its UUID, so that its absence makes the
    /// transaction fail. At the end, for then no operation changes its place; and a row that an operation deletes is
    /// not waited for.
    fn guarded(mut self) -> Self {
        let guards: Vec<Operation> = self
            .expected
            .iter()
            .filter(|(_, count)| *count == 1)
            .filter_map(|(operation, _)| {
                let expected = self.operations.get(operation.0)?;
                let (table, guard) = (expected.table()?, guard(expected)?);
                // A row that may be deleted later on is not there at the end.
                let later = self.operations.iter().skip(operation.0 + 1);
                let deletes =
                    |other: &Operation| matches!(other, Operation::Delete { table: of, .. } if *of == *table);
                (!{ later }.any(deletes)).then_some(guard)
            })
            .collect();
        for guard in guards {
            let id = self.push(guard);
            self.verifications.push(id);
        }
        self
    }
}

fn guard(operation: &Operation) -> Option<Operation> {
    let (Operation::Update { table, where_, .. } | Operation::Mutate { table, where_, .. }) = operation
    else {
        return None;
    };
    match where_.as_slice() {
        [
            Clause::Test {
                column,
                function: Function::Equal,
                value,
            },
        ] if **column == *"_uuid" => {
            let uuid: &Datum = value;
            Some(Operation::Wait {
                timeout_ms: Some(0),
                table: table.clone(),
                where_: where_.clone(),
                columns: Some(vec!["_uuid".into()]),
                until_equal: true,
                rows: vec![Columns(vec![("_uuid".into(), uuid.clone())])],
            })
        }
        _ => None,
    }
}
