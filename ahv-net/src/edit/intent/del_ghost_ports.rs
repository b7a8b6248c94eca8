use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Bridge, Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, LinkIs};

/// Deletes the ports whose network devices are gone: those that Open vSwitch shows with "could not open
/// network device (No such device)".
///
/// A port counts when Open vSwitch says of every interface of it that it does not work (an `error`, or
/// `ofport` -1), each is a network device of the system, and the kernel has none of them. Ports behind which
/// a guest's NIC stands are left alone.
///
/// # Examples
/// ```
/// use ahv_net::edit::DelGhostPorts;
///
/// let everywhere = DelGhostPorts::new();
/// let on_one_bridge = DelGhostPorts::new().on("br0");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelGhostPorts {
    /// On which bridge; else on all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<String>,
}

impl DelGhostPorts {
    /// On every bridge.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// On this bridge only.
    #[must_use]
    pub fn on(mut self, bridge: impl Into<String>) -> Self {
        self.bridge = Some(bridge.into());
        self
    }
}

impl Edit for DelGhostPorts {
    fn title(&self) -> String {
        match &self.bridge {
            Some(bridge) => format!("del_port --ghosts --bridge {bridge}"),
            None => "del_port --ghosts".to_owned(),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let bridges = match &self.bridge {
            Some(bridge) => vec![rows.bridge(bridge)?],
            None => rows.bridges()?,
        };
        let mut ports = Vec::new();
        for bridge in bridges {
            ports.extend(rows.get(bridge, Bridge::PORTS)?.iter());
        }
        for port in ports {
            if is_ghost(draft, port)? {
                draft.rows()?.delete_port(port)?;
            }
        }
        Ok(())
    }
}

fn is_ghost(draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<bool, PlanError> {
    let rows = draft.rows()?;
    let name = rows.get(port, Port::NAME)?;
    let mut names = Vec::new();
    for interface in rows.interfaces_of(port)? {
        if !rows.is_broken(interface)? || !rows.is_system(interface)? {
            return Ok(false);
        }
        names.push(rows.get(interface, Interface::NAME)?);
    }
    let known = draft.base.topology().port(&name);
    if let Some(guest) = known.and_then(|port| port.attachment.clone()) {
        draft.note(format!(
            "port {name} does not work, but is left alone, as the NIC {} of {} is to be behind it",
            guest.mac, guest.domain
        ));
        return Ok(false);
    }
    for interface in &names {
        match draft.link(interface) {
            LinkIs::There => {
                draft.note(format!(
                    "port {name} does not work, but is left alone, as the host has a network device {interface}"
                ));
                return Ok(false);
            }
            LinkIs::NotThere => {}
            LinkIs::NotKnown => draft.note(format!(
                "port {name} goes for what Open vSwitch says of it, as the kernel was not read"
            )),
        }
    }
    Ok(true)
}
