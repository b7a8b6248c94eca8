//! The notation of RFC 7047 and of ovsdb-server(7), both ways: everything here parses and prints, and does no IO.
//!
//! Values are read without a JSON tree: a [`Datum`] comes straight from the bytes, and [`ColumnType::conform`]
//! checks it against the schema. What is printed is what ovsdb-server prints: sets and maps sorted, a set of one
//! element as the bare element, reals with 15 significant digits.
//!
//! * values: [`Atom`], [`Datum`], [`Interner`]
//! * schemas: [`DatabaseSchema`], [`TableSchema`], [`ColumnSchema`], [`ColumnType`], [`BaseType`]
//! * transactions: [`Operation`], [`Clause`], [`Mutation`], [`OperationResult`], [`OvsdbError`]
//! * monitors: [`MonitorRequests`], [`TableUpdates`], [`RowUpdate`], [`RowUpdate2`], [`Row`]
//! * messages: [`Message`], [`JsonId`]

mod atom;
mod condition;
mod datum;
mod difference;
mod error;
mod id;
mod intern;
mod message;
mod monitor;
mod mutation;
mod operation;
mod real;
mod result;
mod row;
mod schema;
mod update;

pub use atom::{Atom, AtomicType};
pub use condition::{Clause, Function, UnknownWord};
pub use datum::{Datum, DatumSeed};
pub use difference::{apply_difference, difference};
pub use error::{ErrorKind, OvsdbError};
pub use id::JsonId;
pub use intern::Interner;
pub use message::{
    MAX_DEPTH, MalformedMessage, Message, print_error, print_notification, print_request, print_response,
};
pub use monitor::{MonitorRequest, MonitorRequests, MonitorSelect};
pub use mutation::{Mutation, Mutator};
pub use operation::{Columns, Operation, TransactParams};
pub use result::{OperationResult, TransactResult};
pub use row::{Row, RowSeed};
pub use schema::{
    BaseType, ColumnSchema, ColumnType, DatabaseSchema, DatumError, Max, RefType, SchemaError, TableSchema,
    Version,
};
pub use update::{
    MonitorReply, RowForm, RowUpdate, RowUpdate2, TableUpdate, TableUpdates, UpdateNotification,
    decode_monitor_reply, decode_update_notification,
};
