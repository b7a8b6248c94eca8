//! What a hypervisor tells beyond documents: addresses, statistics, leases; and how a change is asked for.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::MacAddr;

/// What a change applies to. There is no "current": on a running domain that is the live one only, and lost at the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Affect {
    /// The running instance only.
    Live,
    /// The definition only: it counts from the next start.
    Config,
    /// Both.
    LiveAndConfig,
}

impl Affect {
    /// The bits of `virDomainModificationImpact`; `virNetworkUpdateFlags` has the same.
    #[must_use]
    pub fn flags(self) -> u32 {
        u32::from(self.is_live()) | u32::from(self.is_config()) << 1
    }

    /// Whether the running instance is meant.
    #[must_use]
    pub fn is_live(self) -> bool {
        self != Self::Config
    }

    /// Whether the definition is meant.
    #[must_use]
    pub fn is_config(self) -> bool {
        self != Self::Live
    }
}

/// Who is asked for the addresses of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressSource {
    /// The leases of libvirt's own DHCP servers.
    Lease,
    /// The agent in the guest.
    Agent,
    /// The host's ARP table.
    Arp,
}

impl AddressSource {
    /// The number of `virDomainInterfaceAddressesSource`.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Lease => 0,
            Self::Agent => 1,
            Self::Arp => 2,
        }
    }
}

/// The addresses of one interface of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceAddresses {
    /// The interface: the host's name of it from lease and ARP, the guest's from the agent.
    pub name: String,
    /// Its MAC address.
    pub mac: Option<MacAddr>,
    /// Its addresses, each with its prefix length.
    pub addresses: Vec<(IpAddr, u32)>,
}

/// The counters of one interface, seen from the host: what the guest sends is received. A counter that the driver does not have
/// is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InterfaceStatistics {
    /// Bytes received.
    pub rx_bytes: Option<u64>,
    /// Packets received.
    pub rx_packets: Option<u64>,
    /// Receive errors.
    pub rx_errors: Option<u64>,
    /// Packets dropped on receipt.
    pub rx_dropped: Option<u64>,
    /// Bytes sent.
    pub tx_bytes: Option<u64>,
    /// Packets sent.
    pub tx_packets: Option<u64>,
    /// Send errors.
    pub tx_errors: Option<u64>,
    /// Packets dropped on sending.
    pub tx_dropped: Option<u64>,
}

/// A lease of a network's DHCP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhcpLease {
    /// The bridge.
    pub interface: String,
    /// When it ends, in seconds since 1970.
    pub expires_unix_seconds: i64,
    /// The client's MAC address.
    pub mac: Option<MacAddr>,
    /// The address, as libvirt gives it.
    pub address: String,
    /// Its prefix length.
    pub prefix: u32,
    /// The client's name.
    pub hostname: Option<String>,
    /// The client's id, or DUID.
    pub client_id: Option<String>,
}

/// One change of a running network, by `virNetworkUpdate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkUpdate {
    /// What is done.
    pub command: NetworkUpdateCommand,
    /// To which part.
    pub section: NetworkUpdateSection,
    /// Which `<ip>` of the network, where the part is in one; -1 lets libvirt find it.
    pub parent_index: i32,
    /// The element, such as `<portgroup name='vlan50'>…</portgroup>`.
    pub xml: String,
}

/// What a [`NetworkUpdate`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetworkUpdateCommand {
    /// Changes the element that has the same key.
    Modify = 1,
    /// Removes it.
    Delete = 2,
    /// Adds it at the end.
    AddLast = 3,
    /// Adds it at the start.
    AddFirst = 4,
}

/// The part that a [`NetworkUpdate`] changes; libvirt can change no others while a network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NetworkUpdateSection {
    /// `<ip><dhcp><host>`
    DhcpHost = 4,
    /// `<ip><dhcp><range>`
    DhcpRange = 5,
    /// `<forward><interface>`
    ForwardInterface = 6,
    /// `<portgroup>`. Ports that are connected already do not change with it.
    Portgroup = 9,
    /// `<dns><host>`
    DnsHost = 10,
    /// `<dns><txt>`
    DnsTxt = 11,
    /// `<dns><srv>`
    DnsSrv = 12,
}

/// A port of a network: the connection of one NIC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPort {
    /// Its identity; a running NIC's `<source portid>`.
    pub uuid: Uuid,
    /// Its document, `<networkport>`.
    pub xml: String,
}

/// Which metadata of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// `<description>`
    Description,
    /// `<title>`
    Title,
    /// The element of this namespace in `<metadata>`.
    Element {
        /// The namespace.
        uri: String,
    },
}

impl Metadata {
    /// The number of `virDomainMetadataType`, and the namespace.
    pub(crate) fn key(&self) -> (i32, Option<&str>) {
        match self {
            Self::Description => (0, None),
            Self::Title => (1, None),
            Self::Element { uri } => (2, Some(uri)),
        }
    }
}
