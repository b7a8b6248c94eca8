//! [`Observed`](crate::observe::Observed) → [`Topology`](super::Topology). Pure: no IO, no clock.
//!
//! | file | decides |
//! |---|---|
//! | `assemble` | which sources fill which list, and in what order |
//! | `nics` | which guest NIC stands behind a port, ranking the evidence |
//! | `claims` | which port keeps a NIC that several claim |
//! | `inside` | what a guest and its qemu say of a domain |
//! | `ties` | which libvirt network a NIC belongs to |
//! | `bridges` | Open vSwitch and Linux bridges with their ports |
//! | `port` | a port, once its NIC is known |
//! | `records` | networks, domains and the host, which need no judgement |
//! | `roles` | what a port is there for |
//! | `loose` | what no source explains |
//! | `owners` | whose each object is, and what would undo an edit of it |
//! | `order` | names with numbers in them, compared as people do |

mod assemble;
mod bridges;
mod claims;
mod inside;
mod loose;
mod nics;
pub(super) mod order;
mod owners;
mod port;
mod records;
mod roles;
mod ties;

pub use assemble::join;
pub(crate) use order::by_name;

#[cfg(test)]
mod tests;
