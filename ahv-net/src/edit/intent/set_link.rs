use libvirt_model::domain::{Link, LinkState};
use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, xml_error};

/// Pulls the virtual cable of a guest's NIC, or plugs it in again: live and in the definition.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetLink;
///
/// let pulled = SetLink::down("guest-vlan32").mac("50:6b:8d:00:00:20".parse()?);
/// let back = SetLink::up("guest-vlan32");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetLink {
    /// Name or UUID of the domain.
    pub domain: String,
    /// The NIC's hardware address; `None` is the domain's only NIC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub mac: Option<MacAddr>,
    /// Whether the guest has carrier.
    pub up: bool,
}

impl SetLink {
    /// The guest has carrier.
    #[must_use]
    pub fn up(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            mac: None,
            up: true,
        }
    }

    /// The guest has no carrier.
    #[must_use]
    pub fn down(domain: impl Into<String>) -> Self {
        Self {
            up: false,
            ..Self::up(domain)
        }
    }

    /// The NIC of this hardware address.
    #[must_use]
    pub fn mac(mut self, mac: MacAddr) -> Self {
        self.mac = Some(mac);
        self
    }

    fn state(&self) -> &'static str {
        match self.up {
            true => "up",
            false => "down",
        }
    }
}

impl Edit for SetLink {
    fn title(&self) -> String {
        match self.mac {
            Some(mac) => format!("set_link {} {mac} {}", self.domain, self.state()),
            None => format!("set_link {} {}", self.domain, self.state()),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let domain = draft.domain(&self.domain)?;
        let mac = draft.nic(domain, self.mac)?;
        let name = &domain.record.name;
        draft.change_nic(domain, mac, |_, _, nic, edit| {
            let link = nic.link().map_err(|error| xml_error(name, error))?;
            let is_up = link.is_none_or(|link| link.state == LinkState::Up);
            if is_up != self.up {
                edit.link(Link::new(match self.up {
                    true => LinkState::Up,
                    false => LinkState::Down,
                }));
            }
            Ok(())
        })?;
        if draft.is_ahv() {
            let connected = format!("connected={}", self.up);
            draft.equivalent(Fix::acli(&["vm.nic_update", name, &mac.to_string(), &connected]));
        }
        Ok(())
    }
}
