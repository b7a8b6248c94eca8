//! How a case runs on two servers.

mod case;
mod normal;
mod peer;
pub(crate) mod script;
mod session;

pub(crate) use case::{Case, VSWITCH_SCHEMA, block_on, both, case, exchange, rows, run_case};
