use std::collections::BTreeMap;

use libvirt_model::vocab::VlanId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::edit::PlanError;
use crate::edit::draft::Draft;
use crate::edit::intent::{
    AddMirror, AddPatch, AddPort, AddVxlan, BondMode, DelMirror, DelPort, Edit, Lacp, LacpTime, MirrorOutput,
    SetBond, SetMtu, SetSFlow, SetVlan, SetVxlan, TunnelEnd, TunnelKey, VlanSetting, remove_patch,
};

/// A port with one interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredPort {
    /// Name of the port and of its interface.
    pub name: String,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// Column `Interface.type`; none is a network device of the system.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// Its VLANs; those of a guest's NIC are named under `nics`, so that libvirt knows them too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
    /// Column `Interface.options`, of which those that are named are set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Column `Interface.mtu_request`, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu_bytes: Option<u32>,
}

/// A bond, as [`SetBond`] makes or changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredBond {
    /// Name of the port.
    pub name: String,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// All its members, from wherever they are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uplinks: Option<Vec<String>>,
    /// Column `Port.bond_mode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<BondMode>,
    /// Column `Port.lacp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp: Option<Lacp>,
    /// `other_config:lacp-fallback-ab`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_fallback_ab: Option<bool>,
    /// `other_config:lacp-time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_time: Option<LacpTime>,
    /// `other_config:bond-primary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// `other_config:bond-rebalance-interval`, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebalance_interval_ms: Option<u32>,
    /// Column `Port.bond_updelay`, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updelay_ms: Option<u32>,
    /// Column `Port.bond_downdelay`, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downdelay_ms: Option<u32>,
    /// Its VLANs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
    /// Column `Interface.mtu_request` of every member, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu_bytes: Option<u32>,
}

/// A VXLAN tunnel, as [`AddVxlan`] makes it and [`SetVxlan`] changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredVxlan {
    /// Name of the port.
    pub name: String,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// Option `remote_ip`; a new tunnel needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<TunnelEnd>,
    /// Option `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<TunnelKey>,
    /// Option `local_ip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_ip: Option<TunnelEnd>,
    /// Option `dst_port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dst_port: Option<u16>,
    /// Its VLANs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
}

/// One end of a patch; the other is made with it, and goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredPatch {
    /// Name of the port on this bridge.
    pub name: String,
    /// Whether neither end shall be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// The other bridge.
    pub peer_bridge: String,
    /// Name of the port on the other bridge.
    pub peer: String,
}

/// A mirror, as [`AddMirror`] makes or changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredMirror {
    /// Its name.
    pub name: String,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// Where the copies go; a mirror that shall be there needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<MirrorOutput>,
    /// Column `select_all`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_ports: bool,
    /// Column `select_src_port`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_ports: Vec<String>,
    /// Column `select_dst_port`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_ports: Vec<String>,
    /// Column `select_vlan`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<u16>")]
    pub vlans: Vec<VlanId>,
}

/// sFlow samples, as [`SetSFlow`] sends them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredSFlow {
    /// Column `targets`.
    pub targets: Vec<String>,
    /// Column `agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Column `header`, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_bytes: Option<u32>,
    /// Column `sampling`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<u32>,
    /// Column `polling`, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polling_seconds: Option<u32>,
}

/// Takes a port away, where it is there.
pub(super) fn delete(draft: &mut Draft<'_>, bridge: &str, name: &str) -> Result<(), PlanError> {
    DelPort::new(name).on(bridge).if_exists().edit(draft)
}

impl DesiredPort {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        let intent = AddPort {
            bridge: bridge.to_owned(),
            name: self.name.clone(),
            type_: self.type_.clone(),
            vlan: self.vlan.clone(),
            options: self.options.clone(),
            may_exist: true,
        };
        intent.edit(draft)?;
        match self.mtu_bytes {
            Some(bytes) => SetMtu::new(&self.name, bytes).edit(draft),
            None => Ok(()),
        }
    }
}

impl DesiredBond {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        let intent = SetBond {
            port: self.name.clone(),
            bridge: Some(bridge.to_owned()),
            uplinks: self.uplinks.clone(),
            take_uplinks: true,
            mode: self.mode,
            lacp: self.lacp,
            lacp_fallback_ab: self.lacp_fallback_ab,
            lacp_time: self.lacp_time,
            primary: self.primary.clone().map(Some),
            rebalance_interval_ms: self.rebalance_interval_ms,
            updelay_ms: self.updelay_ms,
            downdelay_ms: self.downdelay_ms,
        };
        intent.edit(draft)?;
        if let Some(vlan) = &self.vlan {
            set_vlan(draft, &self.name, vlan)?;
        }
        match self.mtu_bytes {
            Some(bytes) => SetMtu::new(&self.name, bytes).edit(draft),
            None => Ok(()),
        }
    }
}

/// Gives a port VLANs.
pub(super) fn set_vlan(draft: &mut Draft<'_>, port: &str, vlan: &VlanSetting) -> Result<(), PlanError> {
    let intent = SetVlan {
        port: port.to_owned(),
        vlan: vlan.clone(),
    };
    intent.edit(draft)
}

impl DesiredVxlan {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let there = rows.find(ovsdb_client::vswitch::Port::NAME, &self.name)?;
        match (there, self.remote_ip) {
            (Some(port), _) => {
                if rows.bridge_of(port)? != Some(rows.bridge(bridge)?) {
                    return rows.expect_free(&self.name);
                }
                let mut intent = SetVxlan::new(&self.name);
                intent.remote_ip = self.remote_ip;
                intent.key = self.key.map(Some);
                intent.local_ip = self.local_ip.map(Some);
                intent.dst_port = self.dst_port.map(Some);
                intent.edit(draft)?;
            }
            (None, Some(remote_ip)) => {
                let mut intent = AddVxlan::new(bridge, &self.name, remote_ip);
                intent.key = self.key;
                intent.local_ip = self.local_ip;
                intent.dst_port = self.dst_port;
                intent.edit(draft)?;
            }
            (None, None) => {
                return Err(PlanError::refused(format!(
                    "tunnel {} is not there yet, and needs a remote_ip to be made",
                    self.name
                )));
            }
        }
        match &self.vlan {
            Some(vlan) => set_vlan(draft, &self.name, vlan),
            None => Ok(()),
        }
    }
}

impl DesiredPatch {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        let ends = (bridge, self.name.as_str());
        let patch = AddPatch::new(ends, (self.peer_bridge.as_str(), self.peer.as_str()));
        match self.absent {
            true => remove_patch(draft, &patch.a, &patch.b),
            false => patch.edit(draft),
        }
    }
}

impl DesiredMirror {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        if self.absent {
            return DelMirror::new(bridge, &self.name).if_exists().edit(draft);
        }
        let Some(output) = self.output.clone() else {
            return Err(PlanError::refused(format!(
                "mirror {} needs an output: a port or a VLAN",
                self.name
            )));
        };
        let intent = AddMirror {
            bridge: bridge.to_owned(),
            name: self.name.clone(),
            output,
            all_ports: self.all_ports,
            from_ports: self.from_ports.clone(),
            to_ports: self.to_ports.clone(),
            vlans: self.vlans.clone(),
        };
        intent.edit(draft)
    }
}

impl DesiredSFlow {
    pub(super) fn edit(&self, draft: &mut Draft<'_>, bridge: &str) -> Result<(), PlanError> {
        let intent = SetSFlow {
            bridge: bridge.to_owned(),
            targets: self.targets.clone(),
            agent: self.agent.clone(),
            header_bytes: self.header_bytes,
            sampling: self.sampling,
            polling_seconds: self.polling_seconds,
        };
        intent.edit(draft)
    }
}
