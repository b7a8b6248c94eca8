//! Whether a change is done, not done, or neither, on the host as it is now.
//!
//! Everything that must be sure rests on this: a plan that is stale, an answer that was lost, an undo, a
//! recovery. None of them trusts what was noted down; they look.

mod fits;
mod network;
mod nic;
mod part;
mod rows;
mod standing;

pub(crate) use fits::{FilledIn, is_alike};
pub(crate) use network::{Call, judge as judge_network, network};
pub(crate) use nic::{found as found_nic, fragment, nic};
pub(crate) use part::{merged, touched};
pub(crate) use rows::{rows, rows_among};
pub(crate) use standing::{Stand, of_libvirt};
