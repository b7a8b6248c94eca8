//! Doing what a plan says, and undoing it.
//!
//! All rows of the database change in one transaction, which is atomic. libvirt has no transactions: its
//! steps come before and after, and when one fails everything is undone, one by one. So "all or nothing"
//! is a promise for the database, and compensation for the rest; what could not be undone is said.
//!
//! Nothing outlives its author by accident. A plan is written to the [`journal`] before anything is done, and
//! until it is finished every other edit is refused. What a killed process left is undone by
//! [`Host::recover`](crate::Host::recover); what was to be confirmed and was not, by a [watchdog](Watchdog).
//! All of them look at the host, and undo what is done of the plan and nothing else.

mod claim;
mod error;
mod given_out;
pub mod journal;
mod keeping;
mod leave;
mod options;
mod parts;
mod perform;
mod progress;
mod recover;
mod report;
mod resolve;
mod run;
mod stand;
mod stop;
mod take_back;
pub(crate) mod transaction;
mod undo;
mod watchdog;

pub use error::{ApplyError, StepError};
pub use options::ApplyOptions;
pub use progress::Progress;
pub use report::{Report, Undo};
pub use stop::Stop;
pub use watchdog::{Watchdog, WatchdogError, watchdog};

pub(crate) use run::run;
pub(crate) use stand::{Stand, of_libvirt as stand_of_libvirt};
