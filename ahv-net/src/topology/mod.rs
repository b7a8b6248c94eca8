//! The joined picture of one host: what OVSDB, libvirt and the kernel say, as one value.
//!
//! A [`Topology`] is plain data. It is made by [`join`] from an
//! [`Observed`](crate::observe::Observed), printed by [`render`](crate::render), and is the same
//! whether the host was live, embedded or read from files. Nothing here does IO.

mod bridge;
pub mod diff;
mod domain;
mod gaps;
mod host;
mod ifcfg;
mod join;
mod link;
mod network;
mod ownership;
mod picture;
mod port;
mod process;
mod role;
mod schema;
mod source;
mod trace;
mod unmatched;
mod version;

pub use bridge::{Bridge, BridgeKind, Mirror, Remote};
pub use diff::diff;
pub use domain::{AddressOrigin, Domain, DomainRole, Nic};
pub use gaps::KernelGaps;
pub use host::HostFacts;
pub use ifcfg::Ifcfg;
pub(crate) use join::by_name;
pub use join::join;
pub use link::{Address, Link, Route};
pub use network::{NativeVlan, Network, NetworkUser, Portgroup, Vlan};
pub use ownership::{Aspect, Owner, OwnerEvidence, Ownership, Revert};
pub use picture::Topology;
pub use port::{Attachment, Bond, Evidence, EvidenceKind, Interface, NetworkTie, Port};
pub use process::{QemuNic, QemuProcess};
pub use role::{Role, RoleReason};
pub use source::{Reading, SourceReport};
pub use trace::{Fate, Frame, Hop, HopKind, Start, Trace, TraceError};
pub use unmatched::{Unmatched, UnmatchedKind};
pub use version::{ModelVersion, UnknownVersion};
