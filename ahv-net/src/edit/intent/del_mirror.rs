use ovsdb_client::vswitch::{Bridge, Mirror};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use super::add_mirror::find_mirror;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Deletes a mirror.
///
/// # Examples
/// ```
/// use ahv_net::edit::DelMirror;
///
/// let intent = DelMirror::new("br0", "m0").if_exists();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelMirror {
    /// The bridge.
    pub bridge: String,
    /// The mirror's name.
    pub name: String,
    /// Whether it may be gone already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub if_exists: bool,
}

impl DelMirror {
    /// The mirror of this name on this bridge goes.
    #[must_use]
    pub fn new(bridge: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            bridge: bridge.into(),
            name: name.into(),
            if_exists: false,
        }
    }

    /// It may be gone already.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Edit for DelMirror {
    fn title(&self) -> String {
        format!("mirror del {} {}", self.bridge, self.name)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let Some(mirror) = find_mirror(rows, bridge, &self.name)? else {
            if self.if_exists {
                return Ok(());
            }
            let mut known = Vec::new();
            for mirror in rows.get(bridge, Bridge::MIRRORS)?.iter() {
                known.push(rows.get(mirror, Mirror::NAME)?.to_string());
            }
            let error = PlanError::NotFound {
                what: format!("mirror {} on bridge {}", self.name, self.bridge),
                hint: match known.as_slice() {
                    [] => "; it has none".to_owned(),
                    known => format!("; it has {}", known.join(", ")),
                },
            };
            return Err(error.or_if_exists());
        };
        rows.unrefer(bridge, Bridge::MIRRORS, mirror)?;
        rows.delete(mirror)
    }
}
