//! What speaks against a plan. One guard a file under `rules/`.
//!
//! A guard sees the host as it is and as it would be, both joined, and says what would be lost. It stops the
//! plan unless the caller allows it by name; either way the plan shows it.

mod context;
#[expect(
    clippy::module_inception,
    reason = "the file is named by the one type that it holds"
)]
mod guard;
mod objection;
mod registry;
mod rules;
#[cfg(test)]
#[cfg(feature = "embedded")]
mod tests;

pub(crate) use context::Context;
pub(crate) use guard::Concern;
pub use guard::Guard;
pub use objection::Objection;
pub use registry::guards;
pub(crate) use registry::{check_names, judge};
