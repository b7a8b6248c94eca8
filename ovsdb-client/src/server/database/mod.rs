//! One database in memory: rows, transactions over them, and the constraints of its schema.
//!
//! Committed rows never change in place: a [`Transaction`] keeps what it touched aside, and either all of it is
//! applied at once or nothing. Nothing here does IO or knows a session.
//!
//! * state: [`Database`], [`Record`], [`Column`]
//! * a transaction: [`Transaction`], [`execute`](Transaction::execute), then [`Transaction::prepare`] and
//!   [`Database::apply`]
//! * the checks at commit, in ovsdb-server's order: `references`, `indexes`

mod commit;
mod condition;
mod execute;
mod indexes;
mod mutate;
mod record;
mod references;
mod state;
mod transaction;
mod wording;

pub(crate) use commit::{Change, Prepared};
pub(crate) use condition::{Condition, argument_type};
pub(crate) use execute::{Context, Step, is_id};
pub(crate) use mutate::argument_types;
pub(crate) use record::{Column, Record};
pub(crate) use state::{Database, RowId, TableId};
pub(crate) use transaction::Transaction;
pub(crate) use wording::{constraint_text, describe_type};
