//! Typed transactions.
//!
//! A [`Transaction`] collects typed operations; [`Client::commit`](crate::Client::commit) checks them against the
//! schema, sends them as one and gives an [`Outcome`] that says what is known: committed, unchanged, rejected by one
//! operation, a conflict with someone else's change, or unknown. [`Replica::transact`](crate::replica::Replica::transact)
//! builds a transaction from a snapshot and builds it anew when it meets a conflict.

mod builder;
mod check;
mod outcome;
mod retry;
mod rows;

pub(crate) use check::check_clauses;

pub use builder::{OperationId, Transaction};
pub use outcome::{Outcome, Receipt, TransactionError};
pub use retry::TransactError;
pub use rows::{Mutations, NewRow, Pair, Reference, ReferenceColumn, Values, Where};
