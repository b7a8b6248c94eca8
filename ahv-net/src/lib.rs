//! Sees the virtual network of a KVM + Open vSwitch host, Nutanix AHV among them, as one picture.
//!
//! Such a host has three records of its network. libvirt's XML says which NIC goes where, OVSDB says
//! what the switch was told, and the kernel says what is up. A [`Host`] reads those that you name, and
//! [`Host::show`] joins them into a [`Topology`](topology::Topology): bridges, ports with their roles,
//! the guest NIC behind each port with the evidence for it, networks, domains, addresses, routes, and
//! what could not be matched.
//!
//! The embedded host is an AHV host in memory, for trying things and for tests. Here it answers which
//! VLAN a guest's NIC is on:
//!
//! ```
//! use ahv_net::Host;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A real host: Host::builder().ovsdb("unix:/var/run/openvswitch/db.sock").libvirt("qemu:///system")
//! let host = Host::embedded().await?;
//! let topology = host.show().await?;
//!
//! let port = topology.port_by_mac("50:6b:8d:00:00:20".parse()?).ok_or("no port has that NIC")?;
//! let guest = port.attachment.as_ref().ok_or("no guest stands behind it")?;
//! let vlan = port.tag.ok_or("it is on no VLAN")?;
//! println!("{} of {} is {} on VLAN {vlan}", guest.mac, guest.domain, port.name);
//!
//! assert_eq!((port.name.as_str(), vlan.get()), ("tap345", 32));
//! # Ok(())
//! # }
//! ```
//!
//! # Where to go on
//! - [`Host::builder`] names the sources of a live host.
//! - [`topology`] is the joined model; [`topology::join`] makes it, without IO.
//! - [`observe`] is what each source says by itself.
//! - [`libvirt_model`] and [`ovsdb_client`] are the two protocols, re-exported for their types.
//! - [`topology::diff()`] compares two pictures, and [`Host::watch`] tells what changes.
//! - [`check`] says what is wrong with it, why that matters, and how to mend it.
//! - [`render`] prints it as text or JSON, or draws it.
//!
//! # Features
//! - `embedded` (default): the embedded host, with the in-memory servers that hold it.
//! - `agent`: the JSON-RPC service on a host, and its typed client.

#[cfg(feature = "agent")]
pub mod agent;
pub mod apply;
pub mod check;
#[allow(
    dead_code,
    reason = "the edits that need the rest of the draft follow one by one"
)]
pub mod edit;
mod editing;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod facade;
mod host;
pub mod observe;
pub mod render;
pub mod topology;
pub mod watch;

pub use error::Error;
pub use facade::Facade;
pub use host::{Host, HostBuilder};
pub use libvirt_model;
pub use ovsdb_client;

/// The code of the README compiles.
#[cfg(all(doctest, feature = "embedded"))]
#[doc = include_str!("../../README.md")]
struct Readme;
