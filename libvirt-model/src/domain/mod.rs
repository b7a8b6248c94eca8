//! The domain document.
//!
//! [`Domain`] and [`Interface`] are views: they borrow a [`Document`](crate::xml::Document) and read from it what is asked
//! for. What they return are plain values, such as [`Source`]; a setter takes the same.
//!
//! The truth about the format is libvirt's `domaincommon.rng`; the names are its names.

mod address;
mod backend;
mod change;
mod domain_edit;
mod driver;
mod effective;
mod filterref;
mod fragments;
mod interface;
mod interface_edit;
mod ip;
mod options;
mod source;
mod system;
mod target;
mod validate;
mod view;

pub use crate::network::{
    Bandwidth, Mtu, NativeMode, PortOptions, Rate, VirtualPort, VirtualPortParameters, VirtualPortType, Vlan,
    VlanTag,
};
pub use address::{Address, Alias};
pub use backend::{Backend, PortForward, PortForwardRange};
pub use change::{PartVerdict, Preflight, Verdict};
pub use driver::{Driver, Offloads};
pub use effective::{Effective, Provenance, Sourced};
pub use filterref::{FilterParameter, FilterRef};
pub use fragments::DeviceFragments;
pub use interface::{Interface, InterfaceType};
pub use interface_edit::{InterfaceBuilder, InterfaceEdit};
pub use ip::{InterfaceIp, InterfaceRoute};
pub use options::{
    Acpi, BackendDomain, Boot, Coalesce, CoalesceFrames, CoalesceRx, Link, LinkState, Model, Rom, Script,
    Teaming, Tune,
};
pub use source::{Source, SourceAddress, SourceEndpoint, SourceReconnect, UsbId};
pub use system::{Memory, Os, OsType};
pub use target::{GuestTarget, Mac, MacType, Target};
pub use validate::{Problem, Severity};
pub use view::Domain;
