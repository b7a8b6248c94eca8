use ahv_net::edit::{
    AttachGuest, DefineNetwork, DelPort, DetachGuest, Intent, MoveGuest, NativeMode, Portgroup,
    RemovePortgroup, SetPortgroup, SetVlan, UndefineNetwork, VlanSetting,
};
use serde_json::json;
use test_support::Failure;

use super::world::{MAC, Outcome};

/// What a plan is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Rows, and both definitions of a guest's NIC.
    RowsAndNic,
    /// Rows that go.
    Rows,
    /// Rows that are made, of which some have no name of their own.
    NewRows,
    /// A NIC that comes.
    Attach,
    /// A NIC that goes, before others.
    Detach,
    /// A NIC that goes and comes back.
    Move,
    /// A network that comes: defined, started, and started with libvirtd.
    DefineNetwork,
    /// A network that is there, and is completed and started.
    CompleteNetwork,
    /// A network that goes.
    UndefineNetwork,
    /// A portgroup that comes.
    AddPortgroup,
    /// A portgroup that changes.
    ChangePortgroup,
    /// A portgroup that goes, between others.
    RemovePortgroup,
}

impl Shape {
    pub(crate) const ALL: [Self; 12] = [
        Self::RowsAndNic,
        Self::Rows,
        Self::NewRows,
        Self::Attach,
        Self::Detach,
        Self::Move,
        Self::DefineNetwork,
        Self::CompleteNetwork,
        Self::UndefineNetwork,
        Self::AddPortgroup,
        Self::ChangePortgroup,
        Self::RemovePortgroup,
    ];

    pub(super) fn intent(self) -> Outcome<Intent> {
        let vlan = |number: u16| {
            number
                .try_into()
                .map_err(|error| Failure::new(format!("{error}")))
        };
        Ok(match self {
            Self::RowsAndNic => SetVlan::access("tap345", vlan(40)?).into(),
            Self::Rows => DelPort::new("br0-arp").into(),
            Self::NewRows => serde_json::from_value(json!({"desired": {"bridges": [
                {"name": "br0", "sflow": {"targets": ["192.0.2.9:6343"]},
                 "mirrors": [{"name": "m0", "output": {"vlan": 99}, "from_ports": ["tap345"]}]},
                {"name": "br7", "ports": [{"name": "int7", "type": "internal"}], "sflow": {"targets": ["192.0.2.9:6343"]},
                 "patches": [{"name": "br7-to-br0", "peer_bridge": "br0", "peer": "br0-to-br7"}],
                 "mirrors": [{"name": "m0", "output": {"port": "int7"}, "all_ports": true}]},
            ]}}))?,
            Self::Attach => AttachGuest::to_bridge("guest-vlan32", "br0")
                .vlan(vlan(70)?)
                .into(),
            Self::Detach => DetachGuest::new("guest-vlan32").mac(MAC.parse()?).into(),
            Self::Move => MoveGuest::to_network("guest-vlan32", "VM-Network")
                .mac(MAC.parse()?)
                .portgroup("vlan50")
                .into(),
            Self::DefineNetwork => DefineNetwork::new("guests", "br0")
                .portgroup(Portgroup::access("vlan60", vlan(60)?))
                .into(),
            Self::CompleteNetwork => DefineNetwork::new("idle", "br0")
                .portgroup(Portgroup::access("vlan60", vlan(60)?))
                .into(),
            Self::UndefineNetwork => UndefineNetwork::new("spare").into(),
            Self::AddPortgroup => SetPortgroup::access("VM-Network", "vlan60", vlan(60)?).into(),
            Self::ChangePortgroup => {
                let vlans = VlanSetting::Trunk {
                    vlans: vec![vlan(5)?, vlan(6)?],
                    native: None,
                    native_mode: NativeMode::Tagged,
                };
                SetPortgroup::new("VM-Network", Portgroup::new("vlan50", vlans)).into()
            }
            Self::RemovePortgroup => RemovePortgroup::new("VM-Network", "vlan50").into(),
        })
    }

    /// Whether rows of the database change.
    pub(crate) fn has_rows(self) -> bool {
        matches!(self, Self::RowsAndNic | Self::Rows | Self::NewRows)
    }

    /// How many calls of libvirtd it takes at least.
    pub(crate) fn least_calls(self) -> usize {
        match self {
            Self::Rows | Self::NewRows => 0,
            Self::DefineNetwork | Self::CompleteNetwork => 3,
            Self::Move => 3,
            _ => 2,
        }
    }
}
