use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What becomes of one NIC of a domain, in the running guest and in its definition.
///
/// The two are apart, as libvirt keeps two documents: the running NIC knows its tap and its alias, and
/// may even be of another type than the definition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NicChange {
    /// Name of the domain.
    pub domain: String,
    /// Its identity.
    pub domain_uuid: Uuid,
    /// The NIC's hardware address, which no change touches.
    #[schemars(with = "String")]
    pub mac: MacAddr,
    /// In the running guest; `None` where it does not run, or nothing changes there.
    pub live: Option<FragmentChange>,
    /// In the definition; `None` where there is none, or nothing changes there.
    pub config: Option<FragmentChange>,
}

/// An `<interface>` before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FragmentChange {
    /// The element as it was; `None` where there was no such NIC.
    pub before: Option<String>,
    /// The element as it becomes; `None` where the NIC goes.
    pub after: Option<String>,
    /// Which of the domain's interfaces it was, counted from 0: where an undo puts it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Whether the NIC has to leave and come back, because libvirt cannot change it as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replug: bool,
}

impl NicChange {
    /// What undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            live: self.live.as_ref().map(FragmentChange::inverse),
            config: self.config.as_ref().map(FragmentChange::inverse),
            ..self.clone()
        }
    }
}

impl FragmentChange {
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
