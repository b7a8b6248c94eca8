//! Live access to a hypervisor through libvirt.
//!
//! [`Hypervisor`] is the one interface; [`connect`] gives the backend for a URI. [`rpc`] speaks libvirt's own protocol over
//! the daemon's unix socket, without the C library; [`Directory`] reads what a host keeps in files; [`fake`] keeps a host in
//! memory, for tests.

mod connect;
mod detach;
mod detail;
mod directory;
mod error;
mod event;
pub mod fake;
mod host;
mod hypervisor;
mod inventory;
pub mod rpc;
#[cfg(feature = "virt")]
mod virt;

pub use connect::{ConnectOptions, connect, connect_with};
pub use detail::{
    AddressSource, Affect, DhcpLease, InterfaceAddresses, InterfaceStatistics, Metadata, NetworkPort,
    NetworkUpdate, NetworkUpdateCommand, NetworkUpdateSection,
};
pub use directory::Directory;
pub use error::{Error, LibvirtError};
pub use event::{DomainChange, Event, EventKind, EventStream, NetworkChange};
pub use host::{Definition, DomainRecord, DomainState, HostInfo, NetworkRecord, Version};
pub use hypervisor::Hypervisor;
pub use inventory::{HostInterface, NwFilter, NwFilterBinding, Parameter, ParameterValue};
#[cfg(feature = "virt")]
pub use virt::Virt;
