use std::sync::Arc;

use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Bridge, Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, Rows, kind, said};

/// Joins two bridges by a pair of patch ports.
///
/// Rows that are made carry `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::AddPatch;
///
/// let intent = AddPatch::new(("br0", "br0-to-br1"), ("br1", "br1-to-br0"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPatch {
    /// One end.
    pub a: PatchEnd,
    /// The other.
    pub b: PatchEnd,
}

/// One end of a pair of patch ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchEnd {
    /// The bridge.
    pub bridge: String,
    /// The port on it.
    pub port: String,
}

impl AddPatch {
    /// Each end as its bridge and the name of the port on it.
    #[must_use]
    pub fn new(a: (impl Into<String>, impl Into<String>), b: (impl Into<String>, impl Into<String>)) -> Self {
        Self {
            a: PatchEnd {
                bridge: a.0.into(),
                port: a.1.into(),
            },
            b: PatchEnd {
                bridge: b.0.into(),
                port: b.1.into(),
            },
        }
    }
}

impl Edit for AddPatch {
    fn title(&self) -> String {
        let Self { a, b } = self;
        format!("add_patch {} {} {} {}", a.bridge, a.port, b.bridge, b.port)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let Self { a, b } = self;
        if a.bridge == b.bridge || a.port == b.port {
            return Err(PlanError::refused(
                "a patch joins two bridges by two ports: name two of each".to_owned(),
            ));
        }
        let rows = draft.rows()?;
        let (bridge_a, bridge_b) = (rows.bridge(&a.bridge)?, rows.bridge(&b.bridge)?);
        add_end(rows, bridge_a, a, &b.port)?;
        add_end(rows, bridge_b, b, &a.port)
    }
}

/// Takes both ends of a patch away, as far as they are there.
///
/// # Errors
/// When a port of that name is another's end, or no patch.
pub(crate) fn remove_patch(draft: &mut Draft<'_>, a: &PatchEnd, b: &PatchEnd) -> Result<(), PlanError> {
    let rows = draft.rows()?;
    for (end, peer) in [(a, b), (b, a)] {
        let Some(port) = rows.find(Port::NAME, &end.port)? else {
            continue;
        };
        let interface = rows.interface_of(port)?;
        let type_ = rows.get(interface, Interface::TYPE)?;
        let options = rows.get(interface, Interface::OPTIONS)?;
        let on = rows.bridge_of(port)?;
        let is_it = on.is_some() && on == rows.find_bridge(&end.bridge)?;
        if !is_it || *type_ != *"patch" || options.text("peer") != Some(peer.port.as_str()) {
            let on = on.map(|on| rows.bridge_name(on)).transpose()?;
            return Err(PlanError::refused(format!(
                "port {} is on {}, {} with the peer {}, and no patch from {} to {}: name it under ports to have it absent",
                end.port,
                said(on),
                kind(&type_),
                said(options.text("peer")),
                end.bridge,
                peer.port
            )));
        }
        rows.delete_port(port)?;
    }
    Ok(())
}

fn add_end(rows: &mut Rows, bridge: RowUuid<Bridge>, end: &PatchEnd, peer: &str) -> Result<(), PlanError> {
    let Some(port) = rows.find(Port::NAME, &end.port)? else {
        let (_, interface) = rows.add_port(bridge, &end.port, "patch")?;
        return rows.put(interface, Interface::OPTIONS, "peer", peer);
    };
    if rows.bridge_of(port)? != Some(bridge) {
        return rows.expect_free(&end.port);
    }
    let interface = rows.interface_of(port)?;
    let type_ = rows.get(interface, Interface::TYPE)?;
    let options = rows.get(interface, Interface::OPTIONS)?;
    let found = options.text("peer");
    if type_ == Arc::from("patch") && found == Some(peer) {
        return Ok(());
    }
    Err(PlanError::refused(format!(
        "port {} is on {} already, {} with the peer {}: delete it first",
        end.port,
        end.bridge,
        kind(&type_),
        said(found)
    )))
}
