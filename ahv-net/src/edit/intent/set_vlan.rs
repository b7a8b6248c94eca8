use std::fmt;

use libvirt_model::domain::Vlan;
use libvirt_model::network::{self, PortVlan, VlanTag};
use libvirt_model::vocab::{MacAddr, VlanId, YesNo};
use ovsdb_client::table::RowUuid;
use ovsdb_client::value::Set;
use ovsdb_client::vswitch::{Port, PortVlanMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Puts a port on a VLAN, or on several.
///
/// The port is named, or found by the MAC address of the guest NIC behind it. Where libvirt plugs the NIC
/// in, its record is changed too, live and in the definition: else the VLAN would be lost when the guest
/// starts again.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetVlan;
///
/// let access = SetVlan::access("tap345", 40.try_into()?);
/// let trunk = SetVlan::trunk("50:6b:8d:00:00:20", [5.try_into()?, 6.try_into()?]).native(5.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetVlan {
    /// Name of the port, or MAC address of the guest NIC.
    pub port: String,
    /// The VLANs.
    pub vlan: VlanSetting,
}

/// The VLANs of a port: `Port.tag`, `trunks` and `vlan_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum VlanSetting {
    /// One VLAN, of which the peer sees no tag.
    Access(#[schemars(with = "u16")] VlanId),
    /// These VLANs, tagged.
    Trunk {
        /// Which; none means all of them.
        #[schemars(with = "Vec<u16>")]
        vlans: Vec<VlanId>,
        /// The VLAN of untagged frames.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<u16>")]
        native: Option<VlanId>,
        /// Whether frames of the native VLAN leave tagged.
        #[serde(default)]
        native_mode: NativeMode,
    },
    /// No VLAN of its own: a trunk of all VLANs, or what libvirt's network says.
    Clear,
}

/// How frames of the native VLAN leave: `vlan_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NativeMode {
    /// `native-tagged`.
    #[default]
    Tagged,
    /// `native-untagged`.
    Untagged,
}

impl SetVlan {
    /// The port carries one VLAN, untagged.
    #[must_use]
    pub fn access(port: impl Into<String>, vlan: VlanId) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Access(vlan),
        }
    }

    /// The port carries these VLANs, tagged.
    #[must_use]
    pub fn trunk(port: impl Into<String>, vlans: impl IntoIterator<Item = VlanId>) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Trunk {
                vlans: vlans.into_iter().collect(),
                native: None,
                native_mode: NativeMode::Tagged,
            },
        }
    }

    /// The port has no VLAN of its own.
    #[must_use]
    pub fn clear(port: impl Into<String>) -> Self {
        Self {
            port: port.into(),
            vlan: VlanSetting::Clear,
        }
    }

    /// Untagged frames of a trunk are of this VLAN, and its frames leave tagged.
    #[must_use]
    pub fn native(self, vlan: VlanId) -> Self {
        self.with_native(vlan, NativeMode::Tagged)
    }

    /// Untagged frames of a trunk are of this VLAN, and its frames leave untagged.
    #[must_use]
    pub fn native_untagged(self, vlan: VlanId) -> Self {
        self.with_native(vlan, NativeMode::Untagged)
    }

    fn with_native(mut self, vlan: VlanId, mode: NativeMode) -> Self {
        if let VlanSetting::Trunk {
            native, native_mode, ..
        } = &mut self.vlan
        {
            (*native, *native_mode) = (Some(vlan), mode);
        }
        self
    }
}

impl Edit for SetVlan {
    fn title(&self) -> String {
        format!("set_vlan {} {}", self.port, self.vlan)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let port = match self.port.parse::<MacAddr>() {
            Ok(mac) => port_of_mac(draft, mac)?,
            Err(_) => draft.rows()?.port(&self.port)?,
        };
        self.vlan.edit(draft, port)
    }
}

fn port_of_mac(draft: &mut Draft<'_>, mac: MacAddr) -> Result<RowUuid<Port>, PlanError> {
    let found = draft
        .base
        .topology()
        .port_by_mac(mac)
        .map(|port| port.name.clone());
    match found {
        Some(name) => draft.rows()?.port(&name),
        None => Err(PlanError::NotFound {
            what: format!("port behind which a NIC with the address {mac} stands"),
            hint: "; show lists which NIC is behind which port".to_owned(),
        }),
    }
}

impl VlanSetting {
    /// Gives a port these VLANs, in the database and in libvirt's record of the NIC behind it.
    pub(crate) fn edit(&self, draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<(), PlanError> {
        self.check()?;
        self.set_columns(draft, port)?;
        self.set_nic(draft, port)
    }

    fn check(&self) -> Result<(), PlanError> {
        let Self::Trunk { vlans, native, .. } = self else {
            return Ok(());
        };
        match native {
            Some(native) if !vlans.is_empty() && !vlans.contains(native) => Err(PlanError::refused(format!(
                "VLAN {native} is native but not among the VLANs of the trunk: add it to them"
            ))),
            _ => Ok(()),
        }
    }

    /// The columns as libvirt writes them too, so that the two writers of one port agree.
    fn columns(&self) -> PortVlan {
        self.to_libvirt().as_ref().map(PortVlan::from).unwrap_or_default()
    }

    fn set_columns(&self, draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<(), PlanError> {
        let columns = self.columns();
        let rows = draft.rows()?;
        let trunks: Set<i64> = columns.trunks.iter().map(|vlan| i64::from(vlan.get())).collect();
        let mode = columns.vlan_mode.map(|mode| match mode {
            network::VlanMode::NativeTagged => PortVlanMode::NativeTagged,
            network::VlanMode::NativeUntagged => PortVlanMode::NativeUntagged,
            network::VlanMode::Access => PortVlanMode::Access,
            network::VlanMode::Trunk => PortVlanMode::Trunk,
            _ => PortVlanMode::Trunk,
        });
        rows.set(port, Port::TAG, columns.tag.map(|tag| i64::from(tag.get())))?;
        rows.set(port, Port::TRUNKS, trunks)?;
        rows.set(port, Port::VLAN_MODE, mode)
    }

    /// Where libvirt plugs the NIC in, it writes these columns again whenever it does.
    fn set_nic(&self, draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<(), PlanError> {
        let name = draft.rows()?.get(port, Port::NAME)?;
        let Some(attachment) = draft
            .base
            .topology()
            .port(&name)
            .and_then(|port| port.attachment.clone())
        else {
            return Ok(());
        };
        let domain = draft.domain(&attachment.domain_uuid.to_string())?;
        let vlan = self.to_libvirt();
        draft.change_nic(domain, attachment.mac, |nic| {
            nic.vlan(vlan.clone());
        })
    }

    /// `<vlan>`, as libvirt's `networkcommon.rng` has it.
    pub(crate) fn to_libvirt(&self) -> Option<Vlan> {
        match self {
            Self::Access(vlan) => Some(Vlan::access(*vlan)),
            Self::Trunk {
                vlans,
                native,
                native_mode,
            } => {
                let tag = |id: &VlanId| VlanTag {
                    id: *id,
                    native_mode: (Some(*id) == *native).then_some(match native_mode {
                        NativeMode::Tagged => network::NativeMode::Tagged,
                        NativeMode::Untagged => network::NativeMode::Untagged,
                    }),
                };
                Some(Vlan {
                    trunk: Some(YesNo::Yes),
                    tags: vlans.iter().map(tag).collect(),
                })
            }
            Self::Clear => None,
        }
    }
}

impl fmt::Display for VlanSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(vlan) => write!(f, "--access {vlan}"),
            Self::Trunk {
                vlans,
                native,
                native_mode,
            } => {
                let vlans: Vec<String> = vlans.iter().map(ToString::to_string).collect();
                write!(f, "--trunk {}", vlans.join(","))?;
                match (native, native_mode) {
                    (Some(native), NativeMode::Tagged) => write!(f, " --native {native}"),
                    (Some(native), NativeMode::Untagged) => write!(f, " --native-untagged {native}"),
                    (None, _) => Ok(()),
                }
            }
            Self::Clear => f.write_str("--clear"),
        }
    }
}
