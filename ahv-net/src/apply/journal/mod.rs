//! What is written down of an edit before anything is done, so that it cannot outlive its author by accident.
//!
//! ```text
//! STATE/                       /var/lib/ahv-net for root, else $XDG_STATE_HOME/ahv-net
//!   ovs-UUID/                  one directory a host
//!     lock                     held while an edit runs; says whose it is
//!     current                  the plan that is begun; at most one
//!     history/TIME-ID          what became of the last 100
//!     watchdog.log             what the watchdogs said
//!   libvirt-NAME -> ovs-UUID   the same host, for those who connect its libvirtd alone
//! ```
//! The key of a host is the UUID of its row in table `Open_vSwitch` wherever the database is connected, whatever an
//! edit touches: an edit of guests and one of the switch exclude one another. A host whose libvirtd alone is
//! connected is known by the name that libvirtd gives it, and has a directory of that name. The first edit for which
//! both are connected joins the two: what was begun or done under the name goes on under the UUID, and the name leads
//! there from then on. Before that nothing tells that they are one host, so connect both (`--local` does).
//!
//! STATE is each user's own, and nobody sees what another user left unfinished; the lock `ahv_net` of the database
//! keeps edits of several users from running at once, where they touch the database. Edit as root, or name one
//! directory for all.
//!
//! An entry moves on by being replaced as a whole: written beside, synced, renamed, and the directory synced.
//! It is sealed with its length and checksum, so what is cut off or altered is refused and never guessed at. What is
//! finished is so before it is put away, which is therefore not synced.
//! What undoes a plan is the plan: see [`recover`](crate::Host::recover).

mod directory;
mod entry;
mod error;
#[cfg(feature = "fuzz")]
mod fuzz;
mod lock;
mod place;
mod seal;
mod time;

pub use entry::{Entry, Left, Phase, Reach, Who};
pub use error::JournalError;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub use fuzz::{open_entry, seal_entry};
pub use time::UnixTime;

pub(crate) use directory::Journal;
pub(crate) use lock::HostLock;
