use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What becomes of a libvirt network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkChange {
    /// Its name.
    pub name: String,
    /// Its identity; `None` for a network that the plan defines.
    pub uuid: Option<Uuid>,
    /// As it was; `None` where there was no such network.
    pub before: Option<NetworkState>,
    /// As it becomes; `None` where it goes.
    pub after: Option<NetworkState>,
}

/// A network's definition, and whether it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkState {
    /// Its definition.
    pub xml: String,
    /// The document of the running network, of which only the portgroups can change while it runs; `None` where it does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
    /// Whether it is started.
    pub active: bool,
    /// Whether it starts with libvirtd.
    pub autostart: bool,
}

impl NetworkChange {
    /// What undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
    }
}
