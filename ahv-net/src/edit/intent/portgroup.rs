use libvirt_model::network::Network;
use libvirt_model::vocab::VlanId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Edit, Portgroup, VlanSetting, define_network};
use crate::edit::PlanError;
use crate::edit::draft::{Draft, names, xml_error_of};

/// Makes or changes a portgroup of a libvirt network, as it runs and in its definition.
///
/// NICs that are plugged in already keep the VLAN that they have.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetPortgroup;
///
/// let intent = SetPortgroup::access("VM-Network", "vlan50", 50.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPortgroup {
    /// The network.
    pub network: String,
    /// The portgroup.
    pub portgroup: Portgroup,
}

/// Takes a portgroup out of a libvirt network, as it runs and in its definition.
///
/// # Examples
/// ```
/// use ahv_net::edit::RemovePortgroup;
///
/// let intent = RemovePortgroup::new("VM-Network", "vlan50");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovePortgroup {
    /// The network.
    pub network: String,
    /// The portgroup.
    pub portgroup: String,
}

impl SetPortgroup {
    /// This portgroup.
    #[must_use]
    pub fn new(network: impl Into<String>, portgroup: Portgroup) -> Self {
        Self {
            network: network.into(),
            portgroup,
        }
    }

    /// One with one VLAN, untagged for the guest.
    #[must_use]
    pub fn access(network: impl Into<String>, name: impl Into<String>, vlan: VlanId) -> Self {
        Self::new(network, Portgroup::new(name, VlanSetting::Access(vlan)))
    }
}

impl RemovePortgroup {
    /// The portgroup of this name.
    #[must_use]
    pub fn new(network: impl Into<String>, portgroup: impl Into<String>) -> Self {
        Self {
            network: network.into(),
            portgroup: portgroup.into(),
        }
    }
}

impl Edit for SetPortgroup {
    fn title(&self) -> String {
        let Portgroup { name, vlan, default } = &self.portgroup;
        let default = if *default { " --default" } else { "" };
        format!("set_portgroup {} {name} {vlan}{default}", self.network)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let network = draft.network(&self.network)?;
        let before = draft.networks.len();
        draft.change_network(network, false, |view, edit| {
            define_network::set(view, edit, &self.portgroup, &self.network)
        })?;
        let mut users = draft.users(&self.network)?;
        users.retain(|user| user.portgroup.as_deref() == Some(&self.portgroup.name));
        if !users.is_empty() && draft.networks.len() > before {
            draft.note(format!(
                "{} {} in portgroup {}: a NIC that is plugged in now keeps its VLAN until its guest starts again, or \
                 set_vlan changes it",
                names(&users),
                if users.len() == 1 { "is" } else { "are" },
                self.portgroup.name
            ));
        }
        Ok(())
    }
}

impl Edit for RemovePortgroup {
    fn title(&self) -> String {
        format!("remove_portgroup {} {}", self.network, self.portgroup)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let network = draft.network(&self.network)?;
        let failed = |error| xml_error_of(format!("network {}", self.network), error);
        let has = |view: &Network<'_>| -> Result<bool, PlanError> {
            let groups = view.portgroups().map_err(failed)?;
            Ok(groups.iter().any(|group| group.name == self.portgroup))
        };
        let mut users = draft.users(&self.network)?;
        users.retain(|user| user.portgroup.as_deref() == Some(&self.portgroup));
        if !users.is_empty() {
            return Err(PlanError::refused(format!(
                "portgroup {} of network {} is used by {}: move them first with move_guest",
                self.portgroup,
                self.network,
                names(&users)
            )));
        }
        let before = draft.networks.len();
        draft.change_network(network, false, |view, edit| {
            if has(view)? {
                edit.remove_portgroup(&self.portgroup);
            }
            Ok(())
        })?;
        if draft.networks.len() == before {
            draft.note(format!(
                "network {} has no portgroup {}",
                self.network, self.portgroup
            ));
        }
        Ok(())
    }
}
