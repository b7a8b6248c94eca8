//! Whether a change can be made to a running domain, before it is tried.
//!
//! The rules are those of libvirt 9.0's QEMU driver, each tried on a real libvirtd; where a later release is stricter, the stricter
//! rule holds. `parts` has a rule for every element and attribute of an interface, `connection` judges what the NIC is connected to,
//! and `remainder` finds what differs although no typed part does.

mod connection;
mod parts;
mod remainder;
#[cfg(test)]
mod tests;
mod verdict;

pub use verdict::{PartVerdict, Preflight, Verdict};
