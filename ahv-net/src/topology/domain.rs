use std::collections::BTreeSet;
use std::sync::Arc;

use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Address, NetworkTie, Ownership, QemuProcess, Route, Vlan};

/// A libvirt domain, running or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Its identity; all zero where no source tells it, as a list of names does not.
    pub uuid: Uuid,
    /// Whether it is the controller VM.
    pub role: DomainRole,
    /// libvirt's word for its state, such as `running` or `shut off`.
    pub state: String,
    /// Whether it has a running qemu, paused ones included.
    pub active: bool,
    /// Whether libvirtd starts it by itself; `None` where it was not asked.
    pub autostart: Option<bool>,
    /// Whether it is defined, and so outlives its stop; `None` where no source tells.
    pub persistent: Option<bool>,
    /// Its NICs, in the document's order: of the live XML where it runs, else of the inactive one.
    pub nics: Vec<Nic>,
    /// The NICs of the inactive XML, which the next start will use, of a domain that runs and is
    /// defined; there `port` is always `None`.
    pub config_nics: Option<Vec<Nic>>,
    /// The routes inside the guest, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Its qemu, where processes were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<QemuProcess>,
}

/// What a domain is on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DomainRole {
    /// The Nutanix controller VM: its name ends in `-CVM`.
    Cvm,
    /// Any other domain.
    Guest,
}

/// `<interface>` of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Nic {
    /// Its hardware address; libvirt gives one to every NIC that it has seen.
    pub mac: Option<MacAddr>,
    /// `<interface type='…'>`.
    #[serde(rename = "type")]
    pub type_: String,
    /// `<source bridge='…'/>`, which the live XML also has for most NICs of a network.
    pub bridge: Option<String>,
    /// `<source dev='…'/>`: the host's device under a NIC of type direct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The libvirt network.
    pub network: Option<String>,
    /// How it is tied to that network.
    pub network_tie: Option<NetworkTie>,
    /// `<source portgroup='…'/>`.
    pub portgroup: Option<String>,
    /// `<target dev='…'/>`: the tap.
    pub target: Option<String>,
    /// `interfaceid` of its virtualport.
    pub interfaceid: Option<String>,
    /// Its own `<vlan>`.
    pub vlan: Option<Vlan>,
    /// `<link state='…'/>`: whether the guest sees a cable.
    pub link_up: bool,
    /// The port behind which it stands, as `BRIDGE/PORT`.
    pub port: Option<String>,
    /// What the guest calls it, where the guest was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_name: Option<String>,
    /// The guest's addresses on it, as far as anyone tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Who told those addresses.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub addresses_from: BTreeSet<AddressOrigin>,
    /// Whose it is, and what would undo an edit of it.
    #[serde(default)]
    pub ownership: Arc<Ownership>,
}

/// Who tells a guest's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AddressOrigin {
    /// The agent inside the guest, by libvirt.
    Agent,
    /// A DHCP lease of libvirt's own dnsmasq.
    Lease,
    /// The host's ARP table, by libvirt.
    Arp,
    /// A capture that was made inside the guest.
    Capture,
    /// A teller that a later version names.
    #[serde(other)]
    Other,
}

impl AddressOrigin {
    /// The word by which `show` names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Lease => "lease",
            Self::Arp => "arp",
            Self::Capture => "capture",
            Self::Other => "other",
        }
    }
}
