//! What a caller wants, one file an edit.

mod add_bridge;
mod add_mirror;
mod add_patch;
mod add_port;
mod add_vxlan;
mod attach_guest;
mod bond_members;
mod clear_sflow;
mod connection;
mod define_network;
mod del_bridge;
mod del_ghost_ports;
mod del_mirror;
mod del_port;
mod detach_guest;
mod move_guest;
mod move_uplink;
pub(super) mod nullable;
mod portgroup;
mod set_bond;
mod set_bridge;
mod set_cvm_vlan;
mod set_link;
mod set_mtu;
mod set_sflow;
mod set_vlan;
mod set_vxlan;
mod tunnel;
mod undefine_network;

pub use add_bridge::{AddBridge, FailMode, FakeOf};
pub use add_mirror::{AddMirror, MirrorOutput};
pub(crate) use add_patch::remove_patch;
pub use add_patch::{AddPatch, PatchEnd};
pub use add_port::AddPort;
pub use add_vxlan::AddVxlan;
pub use attach_guest::AttachGuest;
pub use clear_sflow::ClearSFlow;
pub use connection::Connection;
pub use define_network::{DefineNetwork, Portgroup};
pub use del_bridge::DelBridge;
pub use del_ghost_ports::DelGhostPorts;
pub use del_mirror::DelMirror;
pub use del_port::DelPort;
pub use detach_guest::DetachGuest;
pub use move_guest::MoveGuest;
pub use move_uplink::MoveUplink;
pub use portgroup::{RemovePortgroup, SetPortgroup};
pub use set_bond::{BondMode, Lacp, LacpTime, SetBond};
pub use set_bridge::SetBridge;
pub use set_cvm_vlan::SetCvmVlan;
pub use set_link::SetLink;
pub use set_mtu::SetMtu;
pub use set_sflow::SetSFlow;
pub use set_vlan::{NativeMode, SetVlan, VlanSetting};
pub use set_vxlan::SetVxlan;
pub use tunnel::{InvalidTunnel, TunnelEnd, TunnelKey, Vni};
pub use undefine_network::UndefineNetwork;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PlanError;
use super::desired::Desired;
use super::draft::Draft;

/// An edit of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intent {
    /// A bridge that is to be there.
    AddBridge(AddBridge),
    /// A mirror that is to be there.
    AddMirror(AddMirror),
    /// Two bridges that are to be joined.
    AddPatch(AddPatch),
    /// A port that is to be there.
    AddPort(AddPort),
    /// A VXLAN tunnel that is to be there.
    AddVxlan(AddVxlan),
    /// A bridge that is to send no sFlow samples.
    #[serde(rename = "clear_sflow")]
    ClearSFlow(ClearSFlow),
    /// A bridge that is to go.
    DelBridge(DelBridge),
    /// Everything that a document names.
    Desired(Desired),
    /// The ports whose network devices are gone.
    DelGhostPorts(DelGhostPorts),
    /// A mirror that is to go.
    DelMirror(DelMirror),
    /// A port that is to go.
    DelPort(DelPort),
    /// An uplink that is to go to another bridge.
    MoveUplink(MoveUplink),
    /// The members of a bond, and how they share the load.
    SetBond(SetBond),
    /// How a bridge works.
    SetBridge(SetBridge),
    /// The largest packet of a port.
    SetMtu(SetMtu),
    /// The sFlow samples of a bridge.
    #[serde(rename = "set_sflow")]
    SetSFlow(SetSFlow),
    /// The VLANs of a port.
    SetVlan(SetVlan),
    /// The ends of a VXLAN tunnel.
    SetVxlan(SetVxlan),
    /// A new NIC of a guest.
    AttachGuest(AttachGuest),
    /// A NIC of a guest that goes.
    DetachGuest(DetachGuest),
    /// What a guest's NIC is plugged into.
    MoveGuest(MoveGuest),
    /// Whether a guest's NIC has carrier.
    SetLink(SetLink),
    /// The VLAN of the controller VM's external NIC.
    SetCvmVlan(SetCvmVlan),
    /// A libvirt network on a bridge of Open vSwitch.
    DefineNetwork(DefineNetwork),
    /// A libvirt network that goes.
    UndefineNetwork(UndefineNetwork),
    /// A portgroup of a libvirt network.
    SetPortgroup(SetPortgroup),
    /// A portgroup that goes.
    RemovePortgroup(RemovePortgroup),
}

/// What every intent can do.
pub(crate) trait Edit {
    /// The intent in one line, as its command has it.
    fn title(&self) -> String;

    /// Lays the edit over the host. What is so already is no change.
    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError>;
}

impl Intent {
    fn as_edit(&self) -> &dyn Edit {
        match self {
            Self::AddBridge(intent) => intent,
            Self::AddMirror(intent) => intent,
            Self::AddPatch(intent) => intent,
            Self::AddPort(intent) => intent,
            Self::AddVxlan(intent) => intent,
            Self::ClearSFlow(intent) => intent,
            Self::DelBridge(intent) => intent,
            Self::Desired(intent) => intent,
            Self::DelGhostPorts(intent) => intent,
            Self::DelMirror(intent) => intent,
            Self::DelPort(intent) => intent,
            Self::MoveUplink(intent) => intent,
            Self::SetBond(intent) => intent,
            Self::SetBridge(intent) => intent,
            Self::SetMtu(intent) => intent,
            Self::SetSFlow(intent) => intent,
            Self::SetVlan(intent) => intent,
            Self::SetVxlan(intent) => intent,
            Self::AttachGuest(intent) => intent,
            Self::DetachGuest(intent) => intent,
            Self::MoveGuest(intent) => intent,
            Self::SetLink(intent) => intent,
            Self::SetCvmVlan(intent) => intent,
            Self::DefineNetwork(intent) => intent,
            Self::UndefineNetwork(intent) => intent,
            Self::SetPortgroup(intent) => intent,
            Self::RemovePortgroup(intent) => intent,
        }
    }
}

impl Edit for Intent {
    fn title(&self) -> String {
        self.as_edit().title()
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        self.as_edit().edit(draft)
    }
}

macro_rules! from {
    ($($intent:ident),+ $(,)?) => {
        $(impl From<$intent> for Intent {
            fn from(intent: $intent) -> Self {
                Self::$intent(intent)
            }
        })+
    };
}

from!(
    AddBridge,
    AddMirror,
    AddPatch,
    AddPort,
    AddVxlan,
    ClearSFlow,
    DelBridge,
    DelGhostPorts,
    DelMirror,
    DelPort,
    Desired,
    MoveUplink,
    SetBond,
    SetBridge,
    SetMtu,
    SetSFlow,
    SetVlan,
    SetVxlan,
    AttachGuest,
    DetachGuest,
    MoveGuest,
    SetLink,
    SetCvmVlan,
    DefineNetwork,
    UndefineNetwork,
    SetPortgroup,
    RemovePortgroup,
);
