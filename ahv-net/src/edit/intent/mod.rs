//! What a caller wants, one file an edit.

mod set_vlan;

pub use set_vlan::{NativeMode, SetVlan, VlanSetting};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PlanError;
use super::draft::Draft;

/// An edit of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intent {
    /// The VLANs of a port.
    SetVlan(SetVlan),
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
            Self::SetVlan(intent) => intent,
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

impl From<SetVlan> for Intent {
    fn from(intent: SetVlan) -> Self {
        Self::SetVlan(intent)
    }
}
