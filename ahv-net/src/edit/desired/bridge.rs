use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::port::{
    DesiredBond, DesiredMirror, DesiredPatch, DesiredPort, DesiredSFlow, DesiredVxlan, delete, set_vlan,
};
use crate::edit::PlanError;
use crate::edit::draft::Draft;
use crate::edit::intent::nullable::nullable;
use crate::edit::intent::{AddBridge, ClearSFlow, DelBridge, Edit, FailMode, FakeOf, SetBridge, VlanSetting};

/// A bridge, with what shall be on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredBridge {
    /// Its name.
    pub name: String,
    /// Whether it shall not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// Of which bridge it is a VLAN, where it is a fake bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fake: Option<FakeOf>,
    /// Column `Bridge.fail_mode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_mode: Option<FailMode>,
    /// Column `Bridge.datapath_type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datapath_type: Option<String>,
    /// Column `Bridge.stp_enable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stp: Option<bool>,
    /// Column `Bridge.rstp_enable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rstp: Option<bool>,
    /// Pairs of column `Bridge.other_config`; null takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_config: BTreeMap<String, Option<String>>,
    /// Column `Interface.mtu_request` of its own interface, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu_bytes: Option<u32>,
    /// The VLANs of its own port: the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
    /// Ports with one interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<DesiredPort>,
    /// Bonds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonds: Vec<DesiredBond>,
    /// VXLAN tunnels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tunnels: Vec<DesiredVxlan>,
    /// Patches to other bridges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<DesiredPatch>,
    /// Mirrors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<DesiredMirror>,
    /// sFlow samples; null ends them.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub sflow: Option<Option<DesiredSFlow>>,
}

impl DesiredBridge {
    /// Every port that it names.
    pub(super) fn port_names(&self) -> impl Iterator<Item = &str> {
        let ports = self.ports.iter().map(|port| &port.name);
        let bonds = self.bonds.iter().map(|bond| &bond.name);
        let tunnels = self.tunnels.iter().map(|tunnel| &tunnel.name);
        let patches = self.patches.iter().map(|patch| &patch.name);
        ports
            .chain(bonds)
            .chain(tunnels)
            .chain(patches)
            .map(String::as_str)
    }

    pub(super) fn edit_itself(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let bridge = AddBridge {
            name: self.name.clone(),
            may_exist: true,
            fail_mode: self.fail_mode,
            datapath_type: self.datapath_type.clone(),
            mtu_bytes: self.mtu_bytes,
            fake: self.fake.clone(),
        };
        bridge.edit(draft)?;
        if self.stp.is_some() || self.rstp.is_some() || !self.other_config.is_empty() {
            let mut settings = SetBridge::new(&self.name);
            settings.stp = self.stp;
            settings.rstp = self.rstp;
            settings.other_config = self.other_config.clone();
            settings.edit(draft)?;
        }
        match &self.vlan {
            Some(vlan) => set_vlan(draft, &self.name, vlan),
            None => Ok(()),
        }
    }

    pub(super) fn delete_ports(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let ports = self
            .ports
            .iter()
            .filter(|port| port.absent)
            .map(|port| &port.name);
        let tunnels = self
            .tunnels
            .iter()
            .filter(|tunnel| tunnel.absent)
            .map(|tunnel| &tunnel.name);
        for name in ports.chain(tunnels) {
            delete(draft, &self.name, name)?;
        }
        for patch in self.patches.iter().filter(|patch| patch.absent) {
            patch.edit(draft, &self.name)?;
        }
        Ok(())
    }

    pub(super) fn edit_ports(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        for bond in self.bonds.iter().filter(|bond| !bond.absent) {
            bond.edit(draft, &self.name)?;
        }
        for port in self.ports.iter().filter(|port| !port.absent) {
            port.edit(draft, &self.name)?;
        }
        for tunnel in self.tunnels.iter().filter(|tunnel| !tunnel.absent) {
            tunnel.edit(draft, &self.name)?;
        }
        for patch in self.patches.iter().filter(|patch| !patch.absent) {
            patch.edit(draft, &self.name)?;
        }
        Ok(())
    }

    /// After all ports of all bridges, which may have taken its uplinks.
    pub(super) fn delete_bonds(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        for bond in self.bonds.iter().filter(|bond| bond.absent) {
            delete(draft, &self.name, &bond.name)?;
        }
        Ok(())
    }

    /// After all ports of all bridges, which a mirror may name.
    pub(super) fn edit_mirrors(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        for mirror in &self.mirrors {
            mirror.edit(draft, &self.name)?;
        }
        match &self.sflow {
            Some(Some(sflow)) => sflow.edit(draft, &self.name),
            Some(None) => ClearSFlow::new(&self.name).edit(draft),
            None => Ok(()),
        }
    }

    pub(super) fn delete(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        DelBridge::new(&self.name).if_exists().edit(draft)
    }
}
