//! Doing what a plan says, and undoing it.
//!
//! All rows of the database change in one transaction, which is atomic. libvirt has no transactions: its
//! steps come before and after, and when one fails everything is undone, one by one. So "all or nothing"
//! is a promise for the database, and compensation for the rest; what could not be undone is said.

mod error;
mod options;
mod parts;
mod perform;
mod progress;
mod report;
mod resolve;
mod run;
mod stand;
pub(crate) mod transaction;
mod undo;

pub use error::{ApplyError, StepError};
pub use options::ApplyOptions;
pub use progress::Progress;
pub use report::Undo;

pub(crate) use run::run;
pub(crate) use stand::{Stand, of_libvirt as stand_of_libvirt};
