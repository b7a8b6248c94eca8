use std::sync::Arc;

use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Address, NetworkTie, Ownership};

/// A libvirt network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Network {
    /// Its name.
    pub name: String,
    /// Its identity.
    pub uuid: Option<Uuid>,
    /// Whether it is started; `None`, as in the next two, where no source tells.
    pub active: Option<bool>,
    /// Whether libvirtd starts it by itself.
    pub autostart: Option<bool>,
    /// Whether it is defined, and so outlives its stop.
    pub persistent: Option<bool>,
    /// `<forward mode='…'/>`; `None` is a network of its own, without a way out.
    pub forward: Option<String>,
    /// `<bridge name='…'/>`.
    pub bridge: Option<String>,
    /// `<virtualport type='…'/>`.
    pub virtualport: Option<String>,
    /// Its own VLAN, which a portgroup or a NIC may replace.
    pub vlan: Option<Vlan>,
    /// Its portgroups, in the document's order.
    pub portgroups: Vec<Portgroup>,
    /// The host's addresses that libvirt gives to the bridge.
    pub addresses: Vec<Address>,
    /// The NICs of running domains that are tied to it.
    pub users: Vec<NetworkUser>,
    /// Whose it is, and what would undo an edit of it.
    #[serde(default)]
    pub ownership: Arc<Ownership>,
}

/// `<portgroup>` of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Portgroup {
    /// Its name.
    pub name: String,
    /// Whether a NIC that names no portgroup gets this one.
    pub default: bool,
    /// Its VLAN.
    pub vlan: Option<Vlan>,
}

/// `<vlan>` of a network, a portgroup or a NIC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Vlan {
    /// Whether it is a trunk: said so, or more than one tag.
    pub trunk: bool,
    /// Its tags, in the document's order.
    pub tags: Vec<VlanId>,
    /// The native VLAN of a trunk.
    pub native: Option<NativeVlan>,
}

/// The tag of a trunk with a `nativeMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NativeVlan {
    /// The VLAN of frames that arrive untagged.
    pub tag: VlanId,
    /// Whether frames of that VLAN leave tagged.
    pub tagged: bool,
}

/// A NIC that is tied to a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct NetworkUser {
    /// Name of the domain.
    pub domain: String,
    /// The NIC's hardware address.
    pub mac: MacAddr,
    /// How it is tied.
    pub tie: NetworkTie,
}
