//! The joined picture of one host: what OVSDB, libvirt and the kernel say, as one value.
//!
//! A [`Topology`] is plain data. It is made by [`join`] from an
//! [`Observed`](crate::observe::Observed), printed by [`render`](crate::render), and is the same
//! whether the host was live, embedded or read from files. Nothing here does IO.

mod bridge;
pub mod diff;
mod domain;
mod host;
mod join;
mod link;
mod network;
mod port;
mod role;
mod schema;
mod source;
mod trace;
mod unmatched;
mod version;

pub use bridge::{Bridge, BridgeKind, Mirror};
pub use diff::diff;
pub use domain::{Domain, DomainRole, Nic};
pub use host::HostFacts;
pub use join::join;
pub use link::{Address, Link, Route};
pub use network::{Network, NetworkUser, Portgroup, Vlan};
pub use port::{Attachment, Bond, Evidence, EvidenceKind, Interface, NetworkTie, Port};
pub use role::{Role, RoleReason};
pub use source::{Reading, SourceReport};
pub use trace::{Fate, Frame, Hop, HopKind, Start, Trace, TraceError};
pub use unmatched::{Unmatched, UnmatchedKind};
pub use version::{ModelVersion, UnknownVersion};

use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One host's virtual network, joined.
///
/// The serde form is stable: members are only added. Every list is in a fixed order (bridges, ports
/// and interfaces by name, numbers inside names compared as numbers), so that two pictures of the
/// same state are equal byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Topology {
    /// Version of the model: what a reader may rely on.
    pub version: ModelVersion,
    /// What the host says of itself.
    pub host: HostFacts,
    /// Every bridge that any source knows, Open vSwitch and Linux ones alike.
    pub bridges: Vec<Bridge>,
    /// libvirt's networks.
    pub networks: Vec<Network>,
    /// libvirt's domains, running or not, with their NICs.
    pub domains: Vec<Domain>,
    /// The kernel's links.
    pub links: Vec<Link>,
    /// The kernel's main routing tables.
    pub routes: Vec<Route>,
    /// What no source could explain, and why.
    pub unmatched: Vec<Unmatched>,
    /// Which sources were read, and which were not.
    pub sources: Vec<SourceReport>,
}

impl Topology {
    /// The bridge of this name.
    pub fn bridge(&self, name: &str) -> Option<&Bridge> {
        self.bridges.iter().find(|bridge| bridge.name == name)
    }

    /// The port of this name, on whichever bridge it is.
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports().find(|port| port.name == name)
    }

    /// The port behind which the guest NIC with this MAC stands.
    ///
    /// This is the guest's own address, as its domain XML has it, not that of the tap.
    pub fn port_by_mac(&self, mac: MacAddr) -> Option<&Port> {
        self.ports().find(|port| {
            port.attachment
                .as_ref()
                .is_some_and(|attachment| attachment.mac == mac)
        })
    }

    /// Every port of every bridge.
    pub fn ports(&self) -> impl Iterator<Item = &Port> {
        self.bridges.iter().flat_map(|bridge| &bridge.ports)
    }

    /// The domain of this name.
    pub fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// The libvirt network of this name.
    pub fn network(&self, name: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.name == name)
    }
}
