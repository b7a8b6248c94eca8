use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, list, macs};

/// Unplugs a NIC from a guest, live and in its definition.
///
/// # Examples
/// ```
/// use ahv_net::edit::DetachGuest;
///
/// let intent = DetachGuest::new("guest-vlan32").mac("50:6b:8d:00:00:20".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetachGuest {
    /// Name or UUID of the domain.
    pub domain: String,
    /// The NIC's hardware address; `None` is the domain's only NIC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub mac: Option<MacAddr>,
}

impl DetachGuest {
    /// The domain's only NIC.
    #[must_use]
    pub fn new(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            mac: None,
        }
    }

    /// The NIC of this hardware address.
    #[must_use]
    pub fn mac(mut self, mac: MacAddr) -> Self {
        self.mac = Some(mac);
        self
    }
}

impl Edit for DetachGuest {
    fn title(&self) -> String {
        match self.mac {
            Some(mac) => format!("detach_guest {} {mac}", self.domain),
            None => format!("detach_guest {}", self.domain),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let domain = draft.domain(&self.domain)?;
        let name = &domain.record.name;
        let there = macs(domain);
        // What is gone already is no change; a slip of the finger is seen in the note.
        let gone = match self.mac {
            Some(mac) => !there.contains(&mac),
            None => there.is_empty(),
        };
        if gone {
            if let Some(mac) = self.mac
                && let Some(other) = draft.domains_with(mac)?.first()
            {
                return Err(PlanError::NotFound {
                    what: format!("NIC {mac} in {name}"),
                    hint: format!("; that NIC is of {}", other.record.name),
                });
            }
            draft.note(match there.as_slice() {
                [] => format!("{name} has no NIC"),
                there => format!("{name} has no such NIC; it has {}", list(there)),
            });
            return Ok(());
        }
        let mac = draft.nic(domain, self.mac)?;
        draft.detach_nic(domain, mac)?;
        draft.note_lost_with_port(mac);
        if draft.is_ahv() {
            draft.equivalent(Fix::acli(&["vm.nic_delete", name, &mac.to_string()]));
        }
        Ok(())
    }
}
