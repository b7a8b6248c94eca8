//! How a case runs on two servers.

mod case;
mod normal;
mod peer;
pub(crate) mod script;
mod session;

pub(crate) use case::{Case, case, run_case};
