use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Takes a port off its bridge, with its interfaces.
///
/// Same as `ovs-vsctl del-port [BRIDGE] NAME`.
///
/// # Examples
/// ```
/// use ahv_net::edit::DelPort;
///
/// let intent = DelPort::new("vx7").on("br0").if_exists();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelPort {
    /// Its name.
    pub name: String,
    /// The bridge on which it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<String>,
    /// Whether it may be gone already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub if_exists: bool,
}

impl DelPort {
    /// The port of this name goes.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bridge: None,
            if_exists: false,
        }
    }

    /// It must be on this bridge.
    #[must_use]
    pub fn on(mut self, bridge: impl Into<String>) -> Self {
        self.bridge = Some(bridge.into());
        self
    }

    /// It may be gone already.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Edit for DelPort {
    fn title(&self) -> String {
        match &self.bridge {
            Some(bridge) => format!("del_port {} --bridge {bridge}", self.name),
            None => format!("del_port {}", self.name),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        if let Some(bridge) = &self.bridge {
            rows.bridge(bridge)?;
        }
        let name = &self.name;
        if rows.find_bridge(name)?.is_some() || rows.fake_bridge(name)?.is_some() {
            return Err(PlanError::refused(format!(
                "port {name} is bridge {name}'s own: it goes only with the bridge, by del_bridge {name}"
            )));
        }
        let port = match rows.find(Port::NAME, name)? {
            Some(port) => port,
            None if self.if_exists => return Ok(()),
            None => rows.port(name).map_err(PlanError::or_if_exists)?,
        };
        let on = rows.bridge_of(port)?.map(|bridge| rows.bridge_name(bridge));
        let on = on.transpose()?;
        if let (Some(wanted), Some(on)) = (&self.bridge, &on)
            && wanted != on
        {
            return Err(PlanError::refused(format!(
                "port {name} is on {on}, and not on {wanted}"
            )));
        }
        note_peers(draft, &[port])?;
        if let Some(guest) = draft.guest_behind(name) {
            draft.note(format!(
                "libvirt makes {name} again when {guest} starts: detach_guest takes the NIC away for good"
            ));
        }
        draft.rows()?.delete_port(port)
    }
}

/// Says which patch ports lose their other end.
pub(super) fn note_peers(draft: &mut Draft<'_>, ports: &[RowUuid<Port>]) -> Result<(), PlanError> {
    let rows = draft.rows()?;
    let mut notes = Vec::new();
    for port in ports {
        for interface in rows.interfaces_of(*port)? {
            let options = rows.get(interface, Interface::OPTIONS)?;
            let (Some(peer), "patch") = (options.text("peer"), &*rows.get(interface, Interface::TYPE)?)
            else {
                continue;
            };
            let Some(other) = rows.find(Interface::NAME, peer)? else {
                continue;
            };
            let other = rows.port_of(other)?;
            if other.is_some_and(|other| !ports.contains(&other)) {
                let name = rows.get(interface, Interface::NAME)?;
                notes.push(format!(
                    "patch port {peer} stays without its other end {name}, and leads nowhere: delete it too"
                ));
            }
        }
    }
    for note in notes {
        draft.note(note);
    }
    Ok(())
}
