use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, names};

/// Stops a libvirt network that no NIC uses, and takes its definition away.
///
/// # Examples
/// ```
/// use ahv_net::edit::UndefineNetwork;
///
/// let intent = UndefineNetwork::new("guests");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UndefineNetwork {
    /// Its name.
    pub name: String,
}

impl UndefineNetwork {
    /// The network of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Edit for UndefineNetwork {
    fn title(&self) -> String {
        format!("undefine_network {}", self.name)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let Some(network) = draft.documents()?.network(&self.name) else {
            let mut known: Vec<&str> = draft
                .documents()?
                .networks
                .iter()
                .map(|network| network.record.name.as_str())
                .collect();
            known.sort_unstable();
            draft.note(match known.as_slice() {
                [] => "the host has no network".to_owned(),
                known => format!(
                    "the host has no network {}; it has {}",
                    self.name,
                    known.join(", ")
                ),
            });
            return Ok(());
        };
        let users = draft.users(&self.name)?;
        if !users.is_empty() {
            return Err(PlanError::refused(format!(
                "network {} is used by {}: move them first with move_guest",
                self.name,
                names(&users)
            )));
        }
        draft.undefine_network(network)?;
        if draft.is_ahv() {
            draft.equivalent(Fix::acli(&["net.delete", &self.name]));
        }
        Ok(())
    }
}
