use std::collections::BTreeMap;
use std::sync::Arc;

use ovsdb_client::vswitch::{Interface, OpenVSwitch, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Edit, VlanSetting};
use crate::edit::PlanError;
use crate::edit::draft::{Draft, kind, said};

/// Adds a port with one interface of the same name to a bridge.
///
/// Same as `ovs-vsctl add-port BRIDGE NAME`. A port that is there with just these properties is no change.
/// Rows that are made carry `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::{AddPort, VlanSetting};
///
/// let nic = AddPort::new("br1", "eth4");
/// let internal = AddPort::new("br0", "storage0").type_("internal").vlan(VlanSetting::Access(40.try_into()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPort {
    /// The bridge.
    pub bridge: String,
    /// Name of the port and of its interface, at most 15 bytes.
    pub name: String,
    /// Column `Interface.type`, such as `internal`; none is a network device of the system.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// Its VLANs; none named means those that it has, and all of them on a new port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
    /// Column `Interface.options`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Whether it may be there with other properties, which are then set as they are named here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_exist: bool,
}

impl AddPort {
    /// A network device of the system, on every VLAN.
    #[must_use]
    pub fn new(bridge: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            bridge: bridge.into(),
            name: name.into(),
            type_: None,
            vlan: None,
            options: BTreeMap::new(),
            may_exist: false,
        }
    }

    /// What kind of interface it is, such as `internal`.
    #[must_use]
    pub fn type_(mut self, type_: impl Into<String>) -> Self {
        self.type_ = Some(type_.into());
        self
    }

    /// Its VLANs.
    #[must_use]
    pub fn vlan(mut self, vlan: VlanSetting) -> Self {
        self.vlan = Some(vlan);
        self
    }

    /// An option of its interface, by its name in ovs-vswitchd.conf.db(5).
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), value.into());
        self
    }

    /// It may be there with other properties, which are then set as they are named here.
    #[must_use]
    pub fn may_exist(mut self) -> Self {
        self.may_exist = true;
        self
    }
}

impl Edit for AddPort {
    fn title(&self) -> String {
        format!("add_port {} {}", self.bridge, self.name)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let name = &self.name;
        let type_ = self.type_.as_deref().unwrap_or_default();
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let Some(port) = rows.find(Port::NAME, name)? else {
            rows.expect_free(name)?;
            expect_type(draft, type_)?;
            if matches!(type_, "" | "system") {
                draft.expect_link(name)?;
            }
            let rows = draft.rows()?;
            let (port, interface) = rows.add_port(bridge, name, type_)?;
            for (key, value) in &self.options {
                rows.put(interface, Interface::OPTIONS, key, value)?;
            }
            return match &self.vlan {
                Some(vlan) => vlan.edit(draft, port),
                None => Ok(()),
            };
        };
        if rows.bridge_of(port)? != Some(bridge) {
            return rows.expect_free(name);
        }
        let interface = rows.interface_of(port)?;
        let found = rows.get(interface, Interface::TYPE)?;
        if *found != *type_ && self.type_.is_some() {
            return Err(PlanError::refused(format!(
                "port {name} is there already, {} and not {}: delete it first",
                kind(&found),
                kind(type_)
            )));
        }
        let options = rows.texts(interface, Interface::OPTIONS)?;
        for (key, value) in &self.options {
            let found = options.get(key);
            if found != Some(value) && !self.may_exist {
                return Err(PlanError::refused(format!(
                    "port {name} is on {} already, and its option {key} is {} and not {value}: allow that it \
                     may exist, and it is changed",
                    self.bridge,
                    said(found)
                )));
            }
            rows.put(interface, Interface::OPTIONS, key, value)?;
        }
        match &self.vlan {
            Some(vlan) => {
                let columns = |rows: &crate::edit::draft::Rows| -> Result<_, PlanError> {
                    Ok((
                        rows.get(port, Port::TAG)?,
                        rows.get(port, Port::TRUNKS)?,
                        rows.get(port, Port::VLAN_MODE)?,
                        rows.get_if_supported(port, Port::CVLANS)?,
                    ))
                };
                let before = columns(draft.rows()?)?;
                vlan.edit(draft, port)?;
                if before != columns(draft.rows()?)? && !self.may_exist {
                    return Err(PlanError::refused(format!(
                        "port {name} is on {} already, with other VLANs: set_vlan {name} {vlan} changes them",
                        self.bridge
                    )));
                }
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Refuses a type that this Open vSwitch does not have, where it says which ones it has.
fn expect_type(draft: &mut Draft<'_>, type_: &str) -> Result<(), PlanError> {
    let rows = draft.rows()?;
    let root = rows.root()?;
    let known = rows
        .get_if_supported(root, OpenVSwitch::IFACE_TYPES)?
        .unwrap_or_default();
    if type_.is_empty() || known.is_empty() || known.contains(&Arc::from(type_)) {
        return Ok(());
    }
    let known: Vec<String> = known.iter().map(|type_| type_.to_string()).collect();
    Err(PlanError::refused(format!(
        "this Open vSwitch has no interface type {type_}: it has {}",
        known.join(", ")
    )))
}
