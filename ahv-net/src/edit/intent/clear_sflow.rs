use ovsdb_client::vswitch::Bridge;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Ends the sampling of a bridge's packets. A bridge without it is no change.
///
/// # Examples
/// ```
/// use ahv_net::edit::ClearSFlow;
///
/// let intent = ClearSFlow::new("br0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearSFlow {
    /// The bridge.
    pub bridge: String,
}

impl ClearSFlow {
    /// Of this bridge.
    #[must_use]
    pub fn new(bridge: impl Into<String>) -> Self {
        Self {
            bridge: bridge.into(),
        }
    }
}

impl Edit for ClearSFlow {
    fn title(&self) -> String {
        format!("clear_sflow {}", self.bridge)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        rows.drop_unshared(bridge, Bridge::SFLOW)
    }
}
