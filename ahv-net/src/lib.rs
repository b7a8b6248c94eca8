//! Sees and safely changes the virtual network of a KVM + Open vSwitch host, Nutanix AHV among them.

#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod host;
pub mod observe;
pub mod render;
pub mod topology;

pub use error::Error;
pub use host::{Host, HostBuilder};
