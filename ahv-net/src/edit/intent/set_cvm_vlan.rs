use libvirt_model::vocab::{MacAddr, VlanId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Edit, VlanSetting};
use crate::check::{Fix, Tool};
use crate::edit::PlanError;
use crate::edit::draft::{Draft, fragments, macs};
use crate::topology::{DomainRole, Role};

/// Puts the controller VM's external NIC on a VLAN, live and in its definition.
///
/// It is the NIC that is a port of Open vSwitch; the internal one, on the host's own network, is left alone.
/// Where the host's management is on the same bridge, it has to move to the same VLAN too.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetCvmVlan;
///
/// let tagged = SetCvmVlan::access(10.try_into()?);
/// let untagged = SetCvmVlan::clear();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCvmVlan {
    /// The VLAN; `None` is untagged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u16>")]
    pub vlan: Option<VlanId>,
}

impl SetCvmVlan {
    /// On this VLAN. As in Nutanix's own command, VLAN 0 is untagged.
    #[must_use]
    pub fn access(vlan: VlanId) -> Self {
        Self {
            vlan: (vlan.get() != 0).then_some(vlan),
        }
    }

    /// Untagged.
    #[must_use]
    pub fn clear() -> Self {
        Self { vlan: None }
    }

    fn number(&self) -> u16 {
        self.vlan.map_or(0, VlanId::get)
    }
}

impl Edit for SetCvmVlan {
    fn title(&self) -> String {
        format!("set_cvm_vlan {}", self.number())
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let mac = external_nic(draft)?;
        let setting = match self.vlan {
            Some(vlan) => VlanSetting::Access(vlan),
            None => VlanSetting::Clear,
        };
        setting.edit_nic(draft, mac)?;
        draft.equivalent(Fix {
            tool: Tool::Acli,
            command: format!("change_cvm_vlan {}", self.number()),
        });
        Ok(())
    }
}

/// The one NIC of the one controller VM that is a port of Open vSwitch.
fn external_nic(draft: &Draft<'_>) -> Result<MacAddr, PlanError> {
    draft.documents()?;
    let topology = draft.base.topology();
    let cvms: Vec<_> = topology
        .domains
        .iter()
        .filter(|domain| domain.role == DomainRole::Cvm)
        .collect();
    let cvm = match cvms.as_slice() {
        [cvm] => cvm,
        [] => {
            return Err(PlanError::NotFound {
                what: "controller VM on this host".to_owned(),
                hint: ": its name would end in -CVM; for another guest use set_vlan".to_owned(),
            });
        }
        several => {
            let names: Vec<&str> = several.iter().map(|cvm| cvm.name.as_str()).collect();
            return Err(PlanError::Ambiguous(format!(
                "there are several controller VMs ({}): use set_vlan with the NIC's address",
                names.join(", ")
            )));
        }
    };
    let ports = topology.ports().filter(|port| port.role == Role::CvmExternal);
    let mut external: Vec<MacAddr> = ports
        .filter_map(|port| port.attachment.as_ref())
        .filter(|attachment| attachment.domain_uuid == cvm.uuid)
        .map(|attachment| attachment.mac)
        .collect();
    if external.is_empty() {
        // It is off, and then no port of its is there.
        let domain = draft.domain(&cvm.uuid.to_string())?;
        for mac in macs(domain) {
            let found = fragments(domain, mac)?;
            if let Some(config) = &found.config
                && super::set_vlan::is_plugged_by_libvirt(
                    draft,
                    config,
                    libvirt_model::live::Definition::Config,
                )?
            {
                external.push(mac);
            }
        }
    }
    match external.as_slice() {
        [only] => Ok(*only),
        [] => Err(PlanError::not_found(format!(
            "NIC of {} on an Open vSwitch bridge",
            cvm.name
        ))),
        several => Err(PlanError::Ambiguous(format!(
            "{} has {} NICs on Open vSwitch ({}): use set_vlan with the address of one",
            cvm.name,
            several.len(),
            crate::edit::draft::list(several)
        ))),
    }
}
