//! The kernel: links, addresses, routes and bridge membership, by rtnetlink.
//!
//! What `ip -d link`, `ip address`, `ip route` and `brctl show` tell.

mod fixed;
mod message;
mod netlink;
mod notice;
mod reader;

pub use fixed::FixedKernel;
pub use netlink::{Namespace, Netlink};
pub use notice::{Notice, Notices};
pub use reader::{Kernel, KernelError};
