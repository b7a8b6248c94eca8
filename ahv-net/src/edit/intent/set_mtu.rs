use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, Rows};

/// The least packet that every IPv4 host must take: RFC 791 §3.2. `mtu_request` begins there.
const LEAST: u32 = 68;
/// The largest that the kernel lets a device have.
const MOST: u32 = 65535;

/// Asks for the largest packet of a port's interfaces, or of one interface.
///
/// Column `Interface.mtu_request`, of schema 7.14.0 (Open vSwitch 2.6) and later. Same as `ovs-vsctl set
/// interface NAME mtu_request=N`. Of a bond every member is set.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetMtu;
///
/// let jumbo = SetMtu::new("br0-up", 9000);
/// let default = SetMtu::clear("br0-up");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMtu {
    /// Name of the port, or of an interface.
    pub name: String,
    /// The largest packet in bytes, at least 68; `None` leaves it to Open vSwitch.
    pub mtu_bytes: Option<u32>,
}

impl SetMtu {
    /// Packets of this many bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, mtu_bytes: u32) -> Self {
        Self {
            name: name.into(),
            mtu_bytes: Some(mtu_bytes),
        }
    }

    /// Whatever Open vSwitch gives it.
    #[must_use]
    pub fn clear(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            mtu_bytes: None,
        }
    }
}

impl Edit for SetMtu {
    fn title(&self) -> String {
        match self.mtu_bytes {
            Some(bytes) => format!("mtu {} {bytes}", self.name),
            None => format!("mtu {} --clear", self.name),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let interfaces = match rows.find(Port::NAME, &self.name)? {
            Some(port) => rows.interfaces_of(port)?,
            None => vec![rows.interface(&self.name)?],
        };
        for interface in interfaces {
            set_mtu(rows, interface, self.mtu_bytes)?;
        }
        if let Some(bytes) = self.mtu_bytes {
            for note in effects(draft, &self.name, bytes)? {
                draft.note(note);
            }
        }
        Ok(())
    }
}

/// Asks for a largest packet.
pub(super) fn set_mtu(
    rows: &mut Rows,
    interface: RowUuid<Interface>,
    bytes: Option<u32>,
) -> Result<(), PlanError> {
    if let Some(bytes) = bytes.filter(|bytes| !(LEAST..=MOST).contains(bytes)) {
        return Err(PlanError::refused(format!(
            "an MTU of {bytes} bytes is not possible: name one from {LEAST} to {MOST}"
        )));
    }
    rows.set(interface, Interface::MTU_REQUEST, bytes.map(i64::from))
}

/// What a device's MTU does to its bridge, and what else has to follow.
fn effects(draft: &mut Draft<'_>, name: &str, bytes: u32) -> Result<Vec<String>, PlanError> {
    let topology = draft.base.topology();
    let mut notes = Vec::new();
    let on = topology.bridges.iter().find_map(|bridge| {
        let found = bridge
            .ports
            .iter()
            .find(|port| port.name == name || port.interfaces.iter().any(|interface| interface.name == name));
        found.map(|port| (bridge, port))
    });
    let Some((bridge, port)) = on else {
        return Ok(notes);
    };
    if port.role == crate::topology::Role::Uplink && bytes > 1500 {
        notes.push(format!(
            "packets of {bytes} bytes leave {} only if the physical switch takes them too",
            port.name
        ));
    }
    if let Some(attachment) = &port.attachment {
        notes.push(format!(
            "libvirt gives {} the MTU of its network again when {} starts",
            port.name, attachment.domain
        ));
    }
    let is_device = |type_: &str| matches!(type_, "" | "system");
    let lowest = bridge
        .ports
        .iter()
        .filter(|other| other.name != port.name)
        .flat_map(|port| &port.interfaces)
        .filter(|interface| is_device(&interface.type_) && interface.name != name)
        .filter_map(|interface| Some((interface.mtu_bytes?, interface.name.clone())))
        .min();
    let (bridge, local) = (bridge.name.clone(), port.name == bridge.name);
    let rows = draft.rows()?;
    let asked = match rows.find_bridge(&bridge)? {
        Some(_) => rows
            .find(Interface::NAME, &bridge)?
            .map(|interface| rows.get(interface, Interface::MTU_REQUEST))
            .transpose()?
            .flatten(),
        None => None,
    };
    match lowest {
        Some((lowest, by)) if lowest < bytes && !local && asked.is_none() => notes.push(format!(
            "bridge {bridge} itself keeps to its lowest port: {lowest} bytes, by {by}"
        )),
        Some((lowest, by)) if lowest < bytes && local => notes.push(format!(
            "{by} on {bridge} takes {lowest} bytes only: larger packets of the host to it are dropped"
        )),
        _ => {}
    }
    Ok(notes)
}
