use std::collections::BTreeMap;
use std::sync::Arc;

use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Address, Ownership, Port};

/// A bridge, Open vSwitch's or Linux's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Bridge {
    /// Its name.
    pub name: String,
    /// Which switch it is.
    pub kind: BridgeKind,
    /// Row of table `Bridge`, of an Open vSwitch bridge.
    pub uuid: Option<Uuid>,
    /// Its own hardware address, as the kernel has it.
    pub mac: Option<MacAddr>,
    /// Largest packet of its own interface, in bytes.
    pub mtu_bytes: Option<u32>,
    /// The host's addresses on the bridge's own interface.
    pub addresses: Vec<Address>,
    /// Column `Bridge.datapath_type`: empty is the kernel's datapath, `netdev` the userspace one.
    pub datapath_type: Option<String>,
    /// Column `Bridge.fail_mode`.
    pub fail_mode: Option<String>,
    /// Whether the spanning tree protocol is on; `None` where the source does not say.
    pub stp: Option<bool>,
    /// Whether the rapid spanning tree protocol is on (column `Bridge.rstp_enable`); `None` where the source
    /// does not say.
    #[serde(default)]
    pub rstp: Option<bool>,
    /// Column `Bridge.external_ids`.
    pub external_ids: BTreeMap<String, String>,
    /// Column `Bridge.other_config`.
    pub other_config: BTreeMap<String, String>,
    /// Its OpenFlow controllers, by target.
    #[serde(default)]
    pub controllers: Vec<Remote>,
    /// Its mirrors, by name.
    pub mirrors: Vec<Mirror>,
    /// Its ports, by name.
    pub ports: Vec<Port>,
    /// What says that this bridge exists, in words; more than one source may.
    pub known_from: Vec<String>,
    /// Whose it is, and what would undo an edit of it.
    #[serde(default)]
    pub ownership: Arc<Ownership>,
}

/// A row of table `Controller` or `Manager`: a peer that Open vSwitch obeys.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Remote {
    /// Column `target`, such as `tcp:127.0.0.1:6633`.
    pub target: String,
    /// Column `is_connected`; `None` where the source does not say.
    pub is_connected: Option<bool>,
}

/// A row of table `Mirror`: which packets are copied, and where to. Ports are named, not numbered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mirror {
    /// Column `name`.
    pub name: String,
    /// Column `select_all`: every packet on every port.
    pub select_all: bool,
    /// Column `select_src_port`: packets that arrive on these ports.
    pub select_src_ports: Vec<String>,
    /// Column `select_dst_port`: packets that leave on these ports.
    pub select_dst_ports: Vec<String>,
    /// Column `select_vlan`: packets of these VLANs only.
    pub select_vlans: Vec<VlanId>,
    /// Column `output_port`: where the copies go.
    pub output_port: Option<String>,
    /// Column `output_vlan`: the VLAN in which the copies are flooded.
    pub output_vlan: Option<VlanId>,
}

/// Which switch a bridge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BridgeKind {
    /// Open vSwitch: a row of table `Bridge`.
    Ovs,
    /// The Linux kernel's bridge.
    Linux,
}
