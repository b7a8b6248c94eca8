//! Sees the virtual network of a KVM + Open vSwitch host, Nutanix AHV among them, as one picture.
//!
//! Such a host has three records of its network. libvirt's XML says which NIC goes where, OVSDB says
//! what the switch was told, and the kernel says what is up. A [`Host`] reads those that you name, and
//! [`Host::show`] joins them into a [`Topology`](topology::Topology): bridges, ports with their roles,
//! the guest NIC behind each port with the evidence for it, networks, domains, addresses, routes, and
//! what could not be matched. [`Host::plan`] says what an edit would do, and [`Host::apply`] does it.
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
//! # The model in the head
//! ```text
//! OVSDB  libvirtd  kernel        captures
//!    └──────┴────────┴──────────────┘
//!           observe        what each source says, by itself
//!           topology       one picture, joined: roles, evidence, owners
//!           check, diff, trace, render, watch
//!           edit           Intent ──> Plan: what differs, whom it concerns, what guards say
//!           apply          a Plan, written down, as one transaction with libvirt's steps around it; undo
//! ```
//! Everything between `observe` and `apply` is pure: the same input gives the same value, without IO or clocks.
//!
//! # Changing a host
//! An edit is planned, looked at, and applied. What is so already is no change, and an edit that fails is undone:
//!
//! ```
//! use ahv_net::Host;
//! use ahv_net::apply::ApplyOptions;
//! use ahv_net::edit::{PlanOptions, SetBond, SetVlan};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::embedded().await?;
//!
//! // A guard speaks against this one: the host is reached by that port.
//! let plan = host.plan(SetVlan::access("br0", 10.try_into()?), &PlanOptions::new()).await?;
//! let guards: Vec<&str> = plan.stopped_by().map(|objection| objection.guard.as_str()).collect();
//! assert_eq!(guards, ["management-path"]);
//! assert!(host.apply(&plan, &ApplyOptions::new()).await.is_err());
//!
//! // Nothing speaks against this one. It is applied, and the second time there is nothing to do.
//! let mut pin = SetBond::new("bond0");
//! pin.primary = Some(Some("eth2".to_owned()));
//! let plan = host.plan(pin.clone(), &PlanOptions::new()).await?;
//! println!("{plan}");
//! assert!(host.apply(&plan, &ApplyOptions::new()).await?.applied);
//! assert!(host.plan(pin, &PlanOptions::new()).await?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Where to go on
//! | for | look at |
//! |---|---|
//! | naming the sources of a live host, or captures of one | [`Host::builder`] |
//! | the joined model, and what makes it | [`topology`], [`topology::join`] |
//! | what each source says by itself | [`observe`] |
//! | what is wrong with a host, why that matters, and how to mend it | [`check`] |
//! | a frame's way from a guest to the wire | [`Topology::trace`](topology::Topology::trace) |
//! | two pictures compared, and what changes as it happens | [`topology::diff()`], [`Host::watch`] |
//! | text, JSON, drawings | [`render`] |
//! | the edits, the plan and the guards | [`edit`] |
//! | applying, confirming, reverting, recovering | [`apply`], [`Host::confirm`], [`Host::revert`], [`Host::recover`] |
//! | a host here or over an agent, by one trait; the agent (feature `agent`) | [`Facade`], `agent` |
//! | the two protocols, re-exported for their types | [`libvirt_model`], [`ovsdb_client`] |
//!
//! `docs/` of the repository has a cookbook of the edits people make, the data model, and plan and rollback.
//!
//! # Testing your own automation
//! Code that takes a [`Host`] is tested with one in memory: [`Host::embedded`], or an OVSDB server and a libvirtd of your own
//! making (`HostBuilder::ovsdb` with `ovsdb_client::server`, [`HostBuilder::hypervisor`] with
//! [`Fake`](libvirt_model::live::fake::Fake)). `examples/examples/test_your_automation.rs` of the repository is complete.
//!
//! # Features
//! - `embedded` (default): the embedded host, with the in-memory servers that hold it.
//! - `agent`: the JSON-RPC service on a host, and its typed client.

#[cfg(feature = "agent")]
pub mod agent;
pub mod apply;
pub mod check;
pub mod edit;
mod editing;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod facade;
mod host;
pub mod observe;
mod prose;
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

/// The code of the cookbook runs.
#[cfg(all(doctest, feature = "embedded"))]
#[doc = include_str!("../../docs/cookbook.md")]
struct Cookbook;
