//! What speaks against a plan. One guard a file.

mod context;
mod objection;
mod registry;

pub(crate) use context::Context;
pub use objection::Objection;
pub(crate) use registry::judge;
pub use registry::{Guard, guards};
