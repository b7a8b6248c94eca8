//! What differs between two pictures: two times of one host, or two hosts.
//!
//! [`diff`] pairs the objects of two topologies by identity (a bridge by its name, a port by `BRIDGE/PORT`,
//! a NIC by its domain's uuid and its MAC, …) and reports each that was added, removed or changed, with
//! the path of the member, before and after. The order in which a source listed its objects does not
//! count. `{}` of a [`Difference`] prints it as a diff is printed, one line a change.

mod compare;
mod difference;
mod objects;
mod pair;
mod text;

#[cfg(test)]
mod tests;

pub use difference::{Change, Difference, MemberChange, ObjectChange, ObjectKind};
pub use objects::diff;
