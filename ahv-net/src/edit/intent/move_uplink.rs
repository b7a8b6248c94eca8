use ovsdb_client::vswitch::{Bridge, Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Moves an uplink to another bridge, as a port of its own: so is a bond split.
///
/// The interface stays the row that it is, and so does its port where it has one to itself. A bond that
/// it leaves keeps its port, with the members that stay.
///
/// # Examples
/// ```
/// use ahv_net::edit::MoveUplink;
///
/// let intent = MoveUplink::new("eth3", "br1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveUplink {
    /// Name of the network device.
    pub uplink: String,
    /// The bridge to which it goes.
    pub bridge: String,
}

impl MoveUplink {
    /// This network device goes to that bridge.
    #[must_use]
    pub fn new(uplink: impl Into<String>, bridge: impl Into<String>) -> Self {
        Self {
            uplink: uplink.into(),
            bridge: bridge.into(),
        }
    }
}

impl Edit for MoveUplink {
    fn title(&self) -> String {
        format!("move_uplink {} {}", self.uplink, self.bridge)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let name = &self.uplink;
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let interface = rows.interface(name)?;
        if !rows.is_system(interface)? {
            return Err(PlanError::refused(format!(
                "{name} is of type {}, and no uplink",
                rows.get(interface, Interface::TYPE)?
            )));
        }
        let Some(port) = rows.port_of(interface)? else {
            return Err(PlanError::not_found(format!("port of interface {name}")));
        };
        let from = rows.bridge_of(port)?;
        if from == Some(bridge) {
            return Ok(());
        }
        if let Some(guest) = draft.guest_behind(name) {
            return Err(PlanError::refused(format!(
                "{name} is a NIC of {guest}, and no uplink: move_guest moves it"
            )));
        }
        let rows = draft.rows()?;
        if rows.interfaces_of(port)?.len() == 1 {
            if let Some(from) = from {
                rows.unrefer(from, Bridge::PORTS, port)?;
            }
            return rows.refer(bridge, Bridge::PORTS, port);
        }
        let pinned = rows.get(port, Port::OTHER_CONFIG)?;
        if pinned.text("bond-primary") == Some(name) {
            return Err(PlanError::refused(format!(
                "{name} is the primary of {}: pin another one by set_bond first, or none",
                rows.label(port.get())
            )));
        }
        if rows.find(Port::NAME, name)?.is_some() {
            return rows.expect_free(name);
        }
        rows.take_out(interface)?;
        rows.add_port_of(bridge, name, &[interface])?;
        Ok(())
    }
}
