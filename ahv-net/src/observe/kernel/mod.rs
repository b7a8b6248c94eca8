//! The kernel: links, addresses, routes and bridge membership, by rtnetlink.
//!
//! With them the qemus that run in the same network namespace, by their command lines in /proc.
//! What `ip -d link`, `ip address`, `ip route` and `brctl show` tell.

mod fixed;
mod message;
mod netlink;
mod notice;
mod processes;
mod reader;

pub use fixed::FixedKernel;
pub use netlink::{Namespace, Netlink};
pub use notice::{Notice, Notices};
pub use reader::{Kernel, KernelError};
