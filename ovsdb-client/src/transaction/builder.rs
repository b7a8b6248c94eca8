//! Collecting operations.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::rows::{Mutations, NewRow, Values, Where};
use crate::{
    client::Lock,
    table::{ColumnError, Table},
    wire::{Clause, Columns, Datum, Operation},
};

/// Numbers the new rows of this process.
static NEXT_ROW: AtomicU64 = AtomicU64::new(0);

/// Operations that shall take effect together or not at all: RFC 7047 §5.2.
///
/// Nothing is sent until it is committed. A typed reference cannot name a row of another table.
///
/// ```
/// use ovsdb_client::{transaction::{Mutations, Transaction, Values}, vswitch::{Bridge, Interface, Port}};
///
/// let mut transaction = Transaction::new();
/// let interface = transaction.insert(Values::<Interface>::new().set(Interface::NAME, "eth7"));
/// let port = transaction.insert(
///     Values::<Port>::new().set(Port::NAME, "eth7").set(Port::TAG, 32).refer(Port::INTERFACES, [&interface]),
/// );
/// let added = transaction.mutate(Bridge::NAME.equals("br0"), Mutations::new().refer(Bridge::PORTS, [&port]));
/// transaction.expect_count(added, 1);
/// transaction.comment("add eth7");
/// assert_eq!(transaction.operations().len(), 4);
/// ```
///
/// ```compile_fail
/// # use ovsdb_client::{transaction::{Transaction, Values}, vswitch::{Bridge, Interface}};
/// # let mut transaction = Transaction::new();
/// let interface = transaction.insert(Values::<Interface>::new().set(Interface::NAME, "eth7"));
/// // A bridge holds ports, not interfaces.
/// transaction.insert(Values::<Bridge>::new().refer(Bridge::PORTS, [&interface]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    pub(super) operations: Vec<Operation>,
    pub(super) expected: Vec<(OperationId, u64)>,
    /// Waits whose failure means that someone else was faster.
    pub(super) verifications: Vec<OperationId>,
}

/// Names one operation of a transaction, for its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationId(pub(super) usize);

impl Transaction {
    /// No operation at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no operation.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The operations as they will be sent.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Adds an operation as it is.
    pub fn push(&mut self, operation: Operation) -> OperationId {
        self.operations.push(operation);
        OperationId(self.operations.len() - 1)
    }

    /// Makes a row: RFC 7047 §5.2.1. A row of a table that is no root must be referred to in the same transaction,
    /// or the server would drop it at once; committing finds that out.
    pub fn insert<T: Table>(&mut self, values: Values<T>) -> NewRow<T> {
        // Of no other transaction's rows: a name that is used elsewhere by mistake is found before it is sent.
        let row = NewRow::new(Arc::from(format!(
            "row{}",
            NEXT_ROW.fetch_add(1, Ordering::Relaxed)
        )));
        self.push(Operation::Insert {
            table: Arc::from(T::NAME),
            row: values.into_columns(),
            uuid_name: Some(Arc::clone(row.name())),
            uuid: None,
        });
        row
    }

    /// Sets columns of rows: RFC 7047 §5.2.3. No row that fits is no error; see [`Transaction::expect_count`].
    pub fn update<T: Table>(&mut self, rows: impl Into<Where<T>>, values: Values<T>) -> OperationId {
        self.push(Operation::Update {
            table: Arc::from(T::NAME),
            where_: rows.into().clauses,
            row: values.into_columns(),
        })
    }

    /// Changes columns of rows by what they hold: RFC 7047 §5.2.4. No row that fits is no error; see
    /// [`Transaction::expect_count`].
    pub fn mutate<T: Table>(&mut self, rows: impl Into<Where<T>>, mutations: Mutations<T>) -> OperationId {
        self.push(Operation::Mutate {
            table: Arc::from(T::NAME),
            where_: rows.into().clauses,
            mutations: mutations.into_mutations(),
        })
    }

    /// Removes rows: RFC 7047 §5.2.5. No row that fits is no error; see [`Transaction::expect_count`].
    pub fn delete<T: Table>(&mut self, rows: impl Into<Where<T>>) -> OperationId {
        self.push(Operation::Delete {
            table: Arc::from(T::NAME),
            where_: rows.into().clauses,
        })
    }

    /// Reads rows as they are at this point of the transaction: RFC 7047 §5.2.2.
    pub fn select<T: Table>(
        &mut self,
        rows: impl Into<Where<T>>,
        columns: impl IntoIterator<Item = &'static str>,
    ) -> OperationId {
        let columns = columns.into_iter().map(Arc::from).collect();
        self.push(Operation::Select {
            table: Arc::from(T::NAME),
            where_: rows.into().clauses,
            columns: Some(columns),
        })
    }

    /// Says how many rows an update, mutate or delete must touch; another number makes the outcome an error.
    ///
    /// The server has no such check. Where the operation is about one row by its UUID, and one is expected, a `wait`
    /// before it makes the transaction fail when the row is gone. In all other cases the number is known only once
    /// the transaction is committed; the error then says so.
    pub fn expect_count(&mut self, operation: OperationId, count: u64) {
        self.expected.push((operation, count));
    }

    /// Goes on only if these columns of a row are still as they were when the row was read; else the outcome is
    /// [`Outcome::Conflict`](super::Outcome::Conflict).
    ///
    /// # Errors
    /// If a column cannot be read.
    pub fn verify<T: Table>(
        &mut self,
        row: &T,
        columns: impl IntoIterator<Item = &'static str>,
    ) -> Result<OperationId, ColumnError> {
        let mut values = Vec::new();
        for column in columns {
            values.push((Arc::<str>::from(column), row.row().datum(column)?.clone()));
        }
        let names = values.iter().map(|(name, _)| Arc::clone(name)).collect();
        let wait = self.push(Operation::Wait {
            timeout_ms: Some(0),
            table: Arc::from(T::NAME),
            where_: vec![Clause::uuid(row.row().uuid())],
            columns: Some(names),
            until_equal: true,
            rows: vec![Columns(values)],
        });
        self.verifications.push(wait);
        Ok(wait)
    }

    /// Goes on only if a `wait`, made by hand, holds; else the outcome is
    /// [`Outcome::Conflict`](super::Outcome::Conflict) and not a rejection.
    pub fn verify_operation(&mut self, wait: Operation) -> OperationId {
        let wait = self.push(wait);
        self.verifications.push(wait);
        wait
    }

    /// Goes on only if a row is still there; else the outcome is [`Outcome::Conflict`](super::Outcome::Conflict).
    pub fn verify_exists<T: Table>(&mut self, row: &T) -> OperationId {
        let uuid = row.row().uuid();
        let columns = Columns(vec![(Arc::from("_uuid"), Datum::from(uuid))]);
        let wait = self.push(Operation::Wait {
            timeout_ms: Some(0),
            table: Arc::from(T::NAME),
            where_: vec![Clause::uuid(uuid)],
            columns: Some(vec![Arc::from("_uuid")]),
            until_equal: true,
            rows: vec![columns],
        });
        self.verifications.push(wait);
        wait
    }

    /// Waits until the rows that fit have exactly these values, for `limit` at most: RFC 7047 §5.2.6. No values
    /// at all wait until no row fits. The transaction is aborted when the time runs out. The answer is awaited for
    /// this time and the client's [`request_limit`](crate::ClientBuilder::request_limit) together.
    pub fn wait_until<T: Table>(
        &mut self,
        limit: Duration,
        rows: impl Into<Where<T>>,
        values: impl IntoIterator<Item = Values<T>>,
    ) -> OperationId {
        let rows_wanted: Vec<Columns> = values.into_iter().map(Values::into_columns).collect();
        let mut columns: Vec<Arc<str>> = rows_wanted
            .iter()
            .flat_map(|row| row.0.iter().map(|(name, _)| Arc::clone(name)))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        if columns.is_empty() {
            columns.push(Arc::from("_uuid"));
        }
        self.push(Operation::Wait {
            // The server reads a signed integer.
            timeout_ms: Some(
                i64::try_from(limit.as_millis())
                    .unwrap_or(i64::MAX)
                    .unsigned_abs(),
            ),
            table: Arc::from(T::NAME),
            where_: rows.into().clauses,
            columns: Some(columns),
            until_equal: true,
            rows: rows_wanted,
        })
    }

    /// Is answered only once the transaction is on disk: RFC 7047 §5.2.7.
    pub fn durable(&mut self) -> OperationId {
        self.push(Operation::Commit { durable: true })
    }

    /// Makes the transaction fail, after all has been tried: RFC 7047 §5.2.8.
    pub fn abort(&mut self) -> OperationId {
        self.push(Operation::Abort)
    }

    /// Leaves a line in the server's log: RFC 7047 §5.2.9.
    pub fn comment(&mut self, comment: impl Into<Arc<str>>) -> OperationId {
        self.push(Operation::Comment {
            comment: comment.into(),
        })
    }

    /// Goes on only if this client holds the lock: RFC 7047 §5.2.10.
    pub fn assert(&mut self, lock: &Lock) -> OperationId {
        self.push(Operation::Assert {
            lock: Arc::from(lock.name()),
        })
    }
}
