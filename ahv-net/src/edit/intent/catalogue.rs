use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AddBridge, AddMirror, AddPatch, AddPort, AddVxlan, AttachGuest, ClearSFlow, DefineNetwork, DelBridge,
    DelGhostPorts, DelMirror, DelPort, DetachGuest, MoveGuest, MoveUplink, RemovePortgroup, SetBond,
    SetBridge, SetCvmVlan, SetLink, SetMtu, SetPortgroup, SetSFlow, SetVlan, SetVxlan, UndefineNetwork,
};
use crate::edit::PlanError;
use crate::edit::desired::Desired;
use crate::edit::draft::Draft;

/// What every intent can do.
pub(crate) trait Edit {
    /// The intent in one line, as its command has it.
    fn title(&self) -> String;

    /// Lays the edit over the host. What is so already is no change.
    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError>;
}

/// Makes [`Intent`] of the one list of them all: its variants, what each can do, and how each becomes one.
macro_rules! intents {
    ($($(#[$meta:meta])* $intent:ident,)+) => {
        /// An edit of the host.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Intent {
            $($(#[$meta])* $intent($intent),)+
        }

        impl Edit for Intent {
            fn title(&self) -> String {
                match self {
                    $(Self::$intent(intent) => intent.title(),)+
                }
            }

            fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
                match self {
                    $(Self::$intent(intent) => intent.edit(draft),)+
                }
            }
        }

        $(impl From<$intent> for Intent {
            fn from(intent: $intent) -> Self {
                Self::$intent(intent)
            }
        })+
    };
}

intents! {
    /// A bridge that is to be there.
    AddBridge,
    /// A mirror that is to be there.
    AddMirror,
    /// Two bridges that are to be joined.
    AddPatch,
    /// A port that is to be there.
    AddPort,
    /// A VXLAN tunnel that is to be there.
    AddVxlan,
    /// A bridge that is to send no sFlow samples.
    #[serde(rename = "clear_sflow")]
    ClearSFlow,
    /// A bridge that is to go.
    DelBridge,
    /// Everything that a document names.
    Desired,
    /// The ports whose network devices are gone.
    DelGhostPorts,
    /// A mirror that is to go.
    DelMirror,
    /// A port that is to go.
    DelPort,
    /// An uplink that is to go to another bridge.
    MoveUplink,
    /// The members of a bond, and how they share the load.
    SetBond,
    /// How a bridge works.
    SetBridge,
    /// The largest packet of a port.
    SetMtu,
    /// The sFlow samples of a bridge.
    #[serde(rename = "set_sflow")]
    SetSFlow,
    /// The VLANs of a port.
    SetVlan,
    /// The ends of a VXLAN tunnel.
    SetVxlan,
    /// A new NIC of a guest.
    AttachGuest,
    /// A NIC of a guest that goes.
    DetachGuest,
    /// What a guest's NIC is plugged into.
    MoveGuest,
    /// Whether a guest's NIC has carrier.
    SetLink,
    /// The VLAN of the controller VM's external NIC.
    SetCvmVlan,
    /// A libvirt network on a bridge of Open vSwitch.
    DefineNetwork,
    /// A libvirt network that goes.
    UndefineNetwork,
    /// A portgroup of a libvirt network.
    SetPortgroup,
    /// A portgroup that goes.
    RemovePortgroup,
}
