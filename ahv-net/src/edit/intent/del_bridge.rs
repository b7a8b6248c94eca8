use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Bridge, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use super::del_port::note_peers;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, FakeBridge};

/// Deletes a bridge with its ports, mirrors and fake bridges; or a fake bridge with every port of its VLAN.
///
/// Same as `ovs-vsctl del-br NAME`, but that the bridge's rows in table `Flow_Sample_Collector_Set` go too, which would
/// keep its row.
///
/// # Examples
/// ```
/// use ahv_net::edit::DelBridge;
///
/// let intent = DelBridge::new("br1").if_exists();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelBridge {
    /// Its name.
    pub name: String,
    /// Whether it may be gone already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub if_exists: bool,
}

impl DelBridge {
    /// The bridge of this name goes.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
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

impl Edit for DelBridge {
    fn title(&self) -> String {
        format!("del_bridge {}", self.name)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        if let Some(fake) = rows.fake_bridge(&self.name)? {
            return self.edit_fake(draft, fake);
        }
        let bridge = match rows.find_bridge(&self.name)? {
            Some(bridge) => bridge,
            None if self.if_exists => return Ok(()),
            None => rows.bridge(&self.name).map_err(PlanError::or_if_exists)?,
        };
        let ports: Vec<RowUuid<Port>> = rows.get(bridge, Bridge::PORTS)?.iter().collect();
        note_peers(draft, &ports)?;
        draft.rows()?.delete_bridge(bridge)?;
        if draft.is_ahv() {
            draft.equivalent(Fix::manage_ovs(&[
                "--bridge_name",
                &self.name,
                "delete_single_bridge",
            ]));
        }
        Ok(())
    }
}

impl DelBridge {
    /// The ports of its VLAN are its ports, as ovs-vsctl(8) has it, and go with it.
    fn edit_fake(&self, draft: &mut Draft<'_>, fake: FakeBridge) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let parent = rows.bridge_name(fake.parent)?;
        let (mut ports, mut is_parents) = (Vec::new(), false);
        for port in rows.get(fake.parent, Bridge::PORTS)?.iter() {
            if port != fake.port && rows.get(port, Port::TAG)? == fake.vlan && fake.vlan.is_some() {
                match *rows.get(port, Port::NAME)? == *parent {
                    true => is_parents = true,
                    false => ports.push(port),
                }
            }
        }
        if is_parents {
            draft.note(format!(
                "port {parent} is of the same VLAN and stays, as it is bridge {parent}'s own; ovs-vsctl del-br would delete it"
            ));
        }
        note_peers(draft, &ports)?;
        let rows = draft.rows()?;
        for port in ports {
            rows.delete_port(port)?;
        }
        rows.delete_port(fake.port)
    }
}
