//! What is wrong with a host, why it matters, and how to mend it.
//!
//! [`check()`] runs every [`Rule`] on a [`Topology`](crate::topology::Topology): pure, no IO, no clock. Each
//! [`Finding`] names its rule, the objects, what was seen in one sentence, why that matters, and the
//! commands that mend it: those of this workspace, and those of the tools that people use today.
//!
//! A rule says which sources it judges by. On a picture without one of them it does not run, and
//! [`not_run`] lists it: what was not read is unknown, not wrong.
//!
//! ```
//! use ahv_net::{Host, check};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let topology = Host::embedded().await?.show().await?;
//! let findings = check::check(&topology);
//! assert!(findings.iter().all(|finding| finding.severity < check::Severity::Error));
//! print!("{}", check::text(&findings));
//! # Ok(())
//! # }
//! ```
//!
//! One rule a file in `rules/`; `registry` lists them all. A new rule is a file, a line there, and a case
//! that fires beside one that nearly does.

mod context;
mod finding;
mod findings;
mod fix;
mod meaning;
mod pair;
mod registry;
mod rule;
mod rules;
#[cfg(test)]
pub(crate) mod sample;
mod text;

pub use finding::{Finding, Object, ObjectKind, Severity};
pub use fix::{Fix, Tool};
pub use pair::check_pair;
pub(crate) use registry::check_rule;
pub use registry::{NotRun, check, not_run, rules};
pub use rule::{Rule, Source};
pub use text::text;
