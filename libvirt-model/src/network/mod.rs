//! The network document, and the elements that networks and domain interfaces share.
//!
//! [`Network`] is a view: it borrows a [`Document`](crate::xml::Document) and reads from it what is asked for. What it
//! returns are plain values, such as [`Vlan`]; a setter takes the same.
//!
//! The truth about the format is libvirt's `network.rng` and `networkcommon.rng`; the names are theirs.

mod bandwidth;
mod bridge;
mod dhcp;
mod dns;
mod edit;
mod forward;
mod ip;
mod options;
mod ovs;
mod portgroup;
mod view;
mod virtualport;
mod vlan;

pub use bandwidth::{Bandwidth, Rate};
pub use bridge::{Bridge, MacTableManager};
pub use dhcp::{Bootp, Dhcp, DhcpHost, DhcpRange, Lease};
pub use dns::{Dns, DnsForwarder, DnsHost, DnsSrv, DnsTxt};
pub use edit::{NetworkBuilder, NetworkEdit};
pub use forward::{
    AddressRange, Forward, ForwardAddress, ForwardDriver, ForwardInterface, ForwardMode, Nat,
    PhysicalFunction, PortRange,
};
pub use ip::{Ip, Route, Tftp};
pub use options::{Mtu, NetworkDomain, NetworkMac, PortOptions};
pub use ovs::{NotExpressible, PortVlan, VlanMode};
pub use portgroup::PortGroup;
pub use view::Network;
pub use virtualport::{Number, VirtualPort, VirtualPortParameters, VirtualPortType};
pub use vlan::{NativeMode, Vlan, VlanTag};
