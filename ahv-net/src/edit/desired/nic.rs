use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::edit::PlanError;
use crate::edit::draft::Draft;
use crate::edit::intent::{Edit, SetVlan, VlanSetting};

/// What a guest's NIC shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredNic {
    /// Its hardware address.
    #[schemars(with = "String")]
    pub mac: MacAddr,
    /// Its VLANs.
    pub vlan: VlanSetting,
}

impl DesiredNic {
    pub(super) fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let intent = SetVlan {
            port: self.mac.to_string(),
            vlan: self.vlan.clone(),
        };
        intent.edit(draft)
    }
}
