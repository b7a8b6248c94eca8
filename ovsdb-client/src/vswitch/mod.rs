//! The database `Open_vSwitch`: ovs-vswitchd.conf.db(5).
//!
//! The tables are typed for schema 8.8.0 and serve every server from 7.4.0 (Open vSwitch 2.1.3) on: reading what a
//! server lacks is a [`ColumnError::UnsupportedByServer`](crate::table::ColumnError::UnsupportedByServer). The one
//! source of all of them is `tables.json` beside this file, from which [`schema`] also gives the schema of any
//! version between.

mod confirm;
mod facts;
#[rustfmt::skip]
mod generated;

pub use confirm::{ConfirmError, Confirmation, InterfaceFailure, Unconfirmed, commit_and_confirm, failures};
pub use facts::{FIRST_VERSION, NEWEST_VERSION, facts, schema};
pub use generated::*;
