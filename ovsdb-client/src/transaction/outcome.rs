//! What became of a transaction.

use uuid::Uuid;

use super::{
    builder::{OperationId, Transaction},
    rows::NewRow,
};
use crate::{
    table::{RowUuid, Table},
    wire::{Columns, Datum, ErrorKind, OperationResult, OvsdbError, TransactResult},
};

/// What became of a transaction, as far as it is known.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum Outcome {
    /// It is in the database.
    Committed(Receipt),
    /// It succeeded and touched no row.
    Unchanged(Receipt),
    /// The server refused it; the database is as it was.
    Rejected {
        /// The operation that failed; none if it was the commit as a whole.
        operation: Option<OperationId>,
        /// The server's words.
        error: OvsdbError,
    },
    /// Something was not as it was verified to be: someone else changed it meanwhile. The database is as they left
    /// it.
    Conflict {
        /// The verification that failed.
        operation: OperationId,
    },
    /// It was sent and no answer came: it may or may not be in the database.
    Unknown {
        /// What happened.
        why: String,
    },
}

/// The results of a transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Receipt {
    transaction: Transaction,
    results: Vec<OperationResult>,
}

/// Why a transaction is not in the database, or not as expected.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// The server refused it.
    #[error("the transaction was rejected{}: {error}", at(.operation.as_ref()))]
    Rejected {
        /// The operation that failed; none if it was the commit as a whole.
        operation: Option<OperationId>,
        /// The server's words.
        #[source]
        error: OvsdbError,
    },
    /// Someone else changed what it was built on.
    #[error("someone else changed what the transaction was built on; build it anew from what is there now")]
    Conflict,
    /// It was sent and no answer came.
    #[error("the outcome of the transaction is unknown: {why}")]
    Unknown {
        /// What happened.
        why: String,
    },
    /// It is in the database, but an operation touched another number of rows than expected.
    #[error("the transaction is committed, but operation {} touched {found} rows and not {expected}", .operation.0)]
    UnexpectedCount {
        /// The operation.
        operation: OperationId,
        /// How many rows it should have touched.
        expected: u64,
        /// How many it did.
        found: u64,
    },
}

fn at(operation: Option<&OperationId>) -> String {
    operation.map_or_else(
        || " at its commit".to_owned(),
        |operation| format!(" by operation {}", operation.0),
    )
}

impl TransactionError {
    /// Whether someone else changed what it was built on.
    pub fn is_conflict(&self) -> bool {
        matches!(self, TransactionError::Conflict)
    }

    /// Whether it may or may not be in the database.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, TransactionError::Unknown { .. })
    }

    /// What the server said, if it refused.
    pub fn rejection(&self) -> Option<ErrorKind> {
        if let TransactionError::Rejected { error, .. } = self {
            Some(error.kind())
        } else {
            None
        }
    }
}

impl Outcome {
    pub(super) fn new(transaction: Transaction, result: TransactResult) -> Self {
        if let Some((index, error)) = result.error() {
            let operation = index.map(OperationId);
            let verification = operation.filter(|operation| transaction.verifications.contains(operation));
            return match verification {
                Some(operation) if error.kind() == ErrorKind::TimedOut => Outcome::Conflict { operation },
                // A cluster that lost its leader on the way may still commit what it reports as failed.
                None if operation.is_none() && error.kind() == ErrorKind::ClusterError => Outcome::Unknown {
                    why: error.to_string(),
                },
                _ => Outcome::Rejected {
                    operation,
                    error: error.clone(),
                },
            };
        }
        let receipt = Receipt {
            transaction,
            results: result.operations,
        };
        let touched = receipt.results.iter().any(|result| {
            matches!(result, OperationResult::Inserted(_)) || matches!(result, OperationResult::Count(1..))
        });
        if touched {
            Outcome::Committed(receipt)
        } else {
            Outcome::Unchanged(receipt)
        }
    }

    /// The results if it succeeded (changed something or not), else why not.
    ///
    /// # Errors
    /// [`TransactionError`], also when an operation touched another number of rows than expected.
    pub fn into_result(self) -> Result<Receipt, TransactionError> {
        match self {
            Outcome::Committed(receipt) | Outcome::Unchanged(receipt) => receipt.checked(),
            Outcome::Rejected { operation, error } => Err(TransactionError::Rejected { operation, error }),
            Outcome::Conflict { .. } => Err(TransactionError::Conflict),
            Outcome::Unknown { why } => Err(TransactionError::Unknown { why }),
        }
    }

    /// Whether it is in the database for certain, and changed something.
    pub fn is_committed(&self) -> bool {
        matches!(self, Outcome::Committed(_))
    }
}

impl Receipt {
    fn checked(self) -> Result<Self, TransactionError> {
        for &(operation, expected) in &self.transaction.expected {
            let found = self.count(operation).unwrap_or(0);
            if found != expected {
                return Err(TransactionError::UnexpectedCount {
                    operation,
                    expected,
                    found,
                });
            }
        }
        Ok(self)
    }

    /// How many rows an update, mutate or delete touched; none for other operations.
    pub fn count(&self, operation: OperationId) -> Option<u64> {
        match self.results.get(operation.0)? {
            OperationResult::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// The identity of a row that the transaction made.
    pub fn uuid<T>(&self, row: &NewRow<T>) -> Option<RowUuid<T>> {
        let operations = self.transaction.operations.iter();
        let made = operations
            .zip(&self.results)
            .find_map(|(operation, result)| match (operation, result) {
                (
                    crate::wire::Operation::Insert {
                        uuid_name: Some(name),
                        ..
                    },
                    OperationResult::Inserted(uuid),
                ) if name == row.name() => Some(*uuid),
                _ => None,
            });
        made.map(RowUuid::new)
    }

    /// The rows that a select found: their UUIDs, if `_uuid` was selected, and their columns.
    pub fn rows(&self, operation: OperationId) -> &[Columns] {
        match self.results.get(operation.0) {
            Some(OperationResult::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// The UUIDs of the rows that a select of `_uuid` found.
    pub fn uuids<T: Table>(&self, operation: OperationId) -> Vec<RowUuid<T>> {
        let uuid = |row: &Columns| -> Option<Uuid> { row.get("_uuid").and_then(Datum::one)?.as_uuid() };
        self.rows(operation)
            .iter()
            .filter_map(uuid)
            .map(RowUuid::new)
            .collect()
    }

    /// The results in the order of the operations.
    pub fn results(&self) -> &[OperationResult] {
        &self.results
    }
}
