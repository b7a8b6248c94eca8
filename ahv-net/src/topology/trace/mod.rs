//! One NIC's way from the guest to the wire, hop by hop. Pure: it walks a [`Topology`](super::Topology).
//!
//! | file | decides |
//! |---|---|
//! | `frame` | what a frame is on the wire and inside a switch |
//! | `vlan` | what an Open vSwitch port does with it (ovs-vswitchd.conf.db(5), "VLAN Configuration") |
//! | `start` | which NIC or port is meant |
//! | `walk` | the hops |

mod frame;
mod start;
mod vlan;
mod walk;

pub use frame::Frame;
pub use start::{Start, TraceError};
pub use walk::{Fate, Hop, HopKind, Trace};
#[cfg(test)]
mod tests;
