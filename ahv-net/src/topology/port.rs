use std::collections::BTreeMap;
use std::sync::Arc;

use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Address, Ownership, Role, RoleReason};

/// A port of a bridge. A bond is one port with two or more interfaces, as in Open vSwitch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Row of table `Port`, of an Open vSwitch port.
    pub uuid: Option<Uuid>,
    /// What the port is there for.
    pub role: Role,
    /// What says so.
    pub role_reason: RoleReason,
    /// Column `Port.tag`: the implicit VLAN of an access port, or the native VLAN of a trunk.
    pub tag: Option<VlanId>,
    /// Column `Port.trunks`: the VLANs that a trunk carries; none named means all of them.
    pub trunks: Vec<VlanId>,
    /// Column `Port.vlan_mode`.
    pub vlan_mode: Option<String>,
    /// Column `Port.fake_bridge`: the port stands for a VLAN bridge of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fake_bridge: bool,
    /// How its interfaces share the load; `None` for a port with one interface.
    pub bond: Option<Bond>,
    /// The host's addresses on the port's own interface.
    pub addresses: Vec<Address>,
    /// Column `Port.external_ids`.
    pub external_ids: BTreeMap<String, String>,
    /// Column `Port.other_config`.
    pub other_config: BTreeMap<String, String>,
    /// Its interfaces, by name.
    pub interfaces: Vec<Interface>,
    /// The guest NIC behind it.
    pub attachment: Option<Attachment>,
    /// Whose it is, and what would undo an edit of it.
    #[serde(default)]
    pub ownership: Arc<Ownership>,
}

impl Port {
    /// Whose an interface of this port is: its own owner, else the port's.
    pub fn ownership_of<'a>(&'a self, interface: &'a Interface) -> &'a Ownership {
        interface.ownership.as_ref().unwrap_or(&self.ownership)
    }
}

/// The bond columns of a port with two or more interfaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Bond {
    /// Whether a source tells these columns; `ovs-vsctl show` does not, and then `None` says nothing.
    #[serde(default = "told")]
    pub told: bool,
    /// Column `Port.bond_mode`; `None` is the default, `active-backup`.
    pub mode: Option<String>,
    /// Column `Port.lacp`; `None` is the default, `off`.
    pub lacp: Option<String>,
    /// Column `Port.bond_active_slave`: hardware address of the interface in use.
    pub active_slave: Option<String>,
    /// What became of LACP: `negotiated`, `configured` (offered, and not answered) or `off`, the words of
    /// `ovs-appctl bond/show`. From there, or from column `Interface.lacp_current` of the members; `None`
    /// where neither was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_status: Option<String>,
}

/// A picture from before there was such a member was of a live host.
fn told() -> bool {
    true
}

/// An interface of a port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Interface {
    /// Its name, which is also that of the kernel's link where it has one.
    pub name: String,
    /// Row of table `Interface`.
    pub uuid: Option<Uuid>,
    /// Column `Interface.type`, such as `internal` or `vxlan`. Empty is a network device of the
    /// system, as in OVSDB.
    #[serde(rename = "type")]
    pub type_: String,
    /// Column `Interface.options`.
    pub options: BTreeMap<String, String>,
    /// Column `Interface.ofport`: its OpenFlow number, or -1 where Open vSwitch could not open it.
    pub ofport: Option<i64>,
    /// Column `Interface.error`: why it does not work.
    pub error: Option<String>,
    /// Its hardware address, the kernel's or else column `Interface.mac_in_use`.
    pub mac: Option<MacAddr>,
    /// Its largest packet, in bytes.
    pub mtu_bytes: Option<u32>,
    /// Whether it was switched on.
    pub admin_up: Option<bool>,
    /// Whether it has carrier.
    pub link_up: Option<bool>,
    /// Column `Interface.lacp_current`: whether LACP's word from the partner is fresh; `None` where it does not
    /// run, or the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_current: Option<bool>,
    /// Column `Interface.external_ids`.
    pub external_ids: Arc<BTreeMap<String, String>>,
    /// Whose it is, where it is not just whose its port is: see [`Port::ownership_of`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Arc<Ownership>>,
}

/// The guest NIC behind a port, and what says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Attachment {
    /// Name of the domain.
    pub domain: String,
    /// UUID of the domain.
    pub domain_uuid: Uuid,
    /// The guest's hardware address, as the domain XML has it.
    pub mac: MacAddr,
    /// libvirt's network of this NIC.
    pub network: Option<String>,
    /// How the NIC is tied to that network.
    pub network_tie: Option<NetworkTie>,
    /// The portgroup that the NIC names.
    pub portgroup: Option<String>,
    /// The firewall bridge between the NIC's tap and this port, as OpenStack (`qbr…`) and Proxmox
    /// (`fwbr…`) make one a NIC; `None` where the tap is the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Everything that points from the port to this NIC, the strongest first.
    pub evidence: Vec<Evidence>,
}

/// How a NIC is tied to a libvirt network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NetworkTie {
    /// The NIC names the network: `<source network='…'/>`.
    Named,
    /// The NIC names a bridge, and just one network uses that bridge.
    Bridge,
}

/// One reason to believe that a NIC stands behind a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Evidence {
    /// What was compared.
    pub kind: EvidenceKind,
    /// The value on which both sides agree.
    pub value: String,
}

/// What a join was made by, from the strongest to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EvidenceKind {
    /// `Interface.external_ids:vm-id` (or `vm-uuid`) is the domain's uuid. It names the domain, and
    /// the NIC only where the domain has one.
    VmId,
    /// `Interface.external_ids:iface-id` is the `interfaceid` of the NIC's virtualport.
    IfaceId,
    /// `Interface.external_ids:attached-mac` is the NIC's hardware address.
    AttachedMac,
    /// The interface's name is the NIC's `<target dev='…'/>` in the live XML.
    TargetDev,
    /// The tap's hardware address is the NIC's with its first byte `fe`, as libvirt sets it.
    TapMac,
    /// The NIC's tap is the only one on a Linux bridge whose other member leads to this port.
    FirewallBridge,
}

impl EvidenceKind {
    /// The words by which `show` names it: those of the column or element.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VmId => "vm-id",
            Self::IfaceId => "iface-id",
            Self::AttachedMac => "attached-mac",
            Self::TargetDev => "target dev",
            Self::TapMac => "fe: MAC",
            Self::FirewallBridge => "firewall bridge",
        }
    }
}
