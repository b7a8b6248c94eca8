//! What is written down of an edit before anything is done, so that it cannot outlive its author by accident.
//!
//! ```text
//! STATE/                       /var/lib/ahv-net for root, else $XDG_STATE_HOME/ahv-net
//!   ovs-UUID | libvirt-NAME/   one directory a host
//!     lock                     held while an edit runs; says whose it is
//!     current                  the plan that is begun; at most one
//!     history/TIME-ID          what became of the last 100
//!     watchdog.log             what the watchdogs said
//! ```
//! An entry moves on by being replaced as a whole: written beside, synced, renamed, and the directory synced.
//! It is sealed with its length and checksum, so what is cut off or altered is refused and never guessed at.
//! What undoes a plan is the plan: see [`recover`](crate::Host::recover).

mod directory;
mod entry;
mod error;
mod lock;
mod place;
mod seal;
mod time;

pub use entry::{Entry, Phase, Reach, Who};
pub use error::JournalError;
pub use time::UnixTime;

pub(crate) use directory::Journal;
pub(crate) use lock::HostLock;
