use libvirt_model::vocab::VlanId;
use ovsdb_client::table::RowUuid;
use ovsdb_client::value::Set;
use ovsdb_client::vswitch::{Bridge, Mirror, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, Rows};

/// Copies packets of a bridge to a port, or into a VLAN.
///
/// A mirror of this name on this bridge is changed to just this. Which packets: those of the ports that are
/// named, or of all, and of these only those of the VLANs that are named. Rows that are made carry
/// `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::AddMirror;
///
/// let guest = AddMirror::to_port("br0", "m0", "tap9").ports(["tap345"]);
/// let vlan = AddMirror::to_vlan("br0", "m1", 999.try_into()?).all_ports().vlans([32.try_into()?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMirror {
    /// The bridge.
    pub bridge: String,
    /// The mirror's name.
    pub name: String,
    /// Where the copies go.
    pub output: MirrorOutput,
    /// Column `select_all`: packets of every port.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_ports: bool,
    /// Column `select_src_port`: packets that come in by these ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_ports: Vec<String>,
    /// Column `select_dst_port`: packets that go out by these ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_ports: Vec<String>,
    /// Column `select_vlan`: of these only packets of these VLANs; none named is all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<u16>")]
    pub vlans: Vec<VlanId>,
}

/// Where a mirror's copies go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MirrorOutput {
    /// Column `output_port`: to this port, which then carries nothing else.
    Port(String),
    /// Column `output_vlan`: to every port of this VLAN.
    Vlan(#[schemars(with = "u16")] VlanId),
}

impl AddMirror {
    /// To this port, of which packets is still to be named.
    #[must_use]
    pub fn to_port(bridge: impl Into<String>, name: impl Into<String>, port: impl Into<String>) -> Self {
        Self::new(bridge.into(), name.into(), MirrorOutput::Port(port.into()))
    }

    /// Into this VLAN, of which packets is still to be named.
    #[must_use]
    pub fn to_vlan(bridge: impl Into<String>, name: impl Into<String>, vlan: VlanId) -> Self {
        Self::new(bridge.into(), name.into(), MirrorOutput::Vlan(vlan))
    }

    fn new(bridge: String, name: String, output: MirrorOutput) -> Self {
        Self {
            bridge,
            name,
            output,
            all_ports: false,
            from_ports: Vec::new(),
            to_ports: Vec::new(),
            vlans: Vec::new(),
        }
    }

    /// Packets of every port.
    #[must_use]
    pub fn all_ports(mut self) -> Self {
        self.all_ports = true;
        self
    }

    /// Packets that come in or go out by these ports.
    #[must_use]
    pub fn ports<P: Into<String>>(mut self, ports: impl IntoIterator<Item = P>) -> Self {
        let ports: Vec<String> = ports.into_iter().map(Into::into).collect();
        self.from_ports.extend(ports.iter().cloned());
        self.to_ports.extend(ports);
        self
    }

    /// Packets that come in by these ports.
    #[must_use]
    pub fn from_ports<P: Into<String>>(mut self, ports: impl IntoIterator<Item = P>) -> Self {
        self.from_ports.extend(ports.into_iter().map(Into::into));
        self
    }

    /// Packets that go out by these ports.
    #[must_use]
    pub fn to_ports<P: Into<String>>(mut self, ports: impl IntoIterator<Item = P>) -> Self {
        self.to_ports.extend(ports.into_iter().map(Into::into));
        self
    }

    /// Of these only packets of these VLANs.
    #[must_use]
    pub fn vlans(mut self, vlans: impl IntoIterator<Item = VlanId>) -> Self {
        self.vlans.extend(vlans);
        self
    }
}

impl Edit for AddMirror {
    fn title(&self) -> String {
        let mut title = format!("mirror add {} {}", self.bridge, self.name);
        match &self.output {
            MirrorOutput::Port(port) => title.push_str(&format!(" --output-port {port}")),
            MirrorOutput::Vlan(vlan) => title.push_str(&format!(" --output-vlan {vlan}")),
        }
        if self.all_ports {
            title.push_str(" --all");
        }
        for (flag, ports) in [("from", &self.from_ports), ("to", &self.to_ports)] {
            if !ports.is_empty() {
                title.push_str(&format!(" --{flag} {}", ports.join(",")));
            }
        }
        title
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        self.check()?;
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let from = self.rows_of(rows, bridge, &self.from_ports)?;
        let to = self.rows_of(rows, bridge, &self.to_ports)?;
        let output = match &self.output {
            MirrorOutput::Port(port) => Some(self.row_of(rows, bridge, port)?),
            MirrorOutput::Vlan(_) => None,
        };
        let mirror = match find_mirror(rows, bridge, &self.name)? {
            Some(mirror) => mirror,
            None => {
                let mirror = rows.insert::<Mirror>(Some(&self.name))?;
                rows.mark(mirror, Mirror::EXTERNAL_IDS)?;
                rows.refer(bridge, Bridge::MIRRORS, mirror)?;
                mirror
            }
        };
        rows.set(mirror, Mirror::SELECT_ALL, self.all_ports)?;
        rows.set(mirror, Mirror::SELECT_SRC_PORT, from)?;
        rows.set(mirror, Mirror::SELECT_DST_PORT, to)?;
        let vlans: Set<i64> = self.vlans.iter().map(|vlan| i64::from(vlan.get())).collect();
        rows.set(mirror, Mirror::SELECT_VLAN, vlans)?;
        rows.set(mirror, Mirror::OUTPUT_PORT, output)?;
        let vlan = match &self.output {
            MirrorOutput::Vlan(vlan) => Some(i64::from(vlan.get())),
            MirrorOutput::Port(_) => None,
        };
        rows.set(mirror, Mirror::OUTPUT_VLAN, vlan)?;
        if let MirrorOutput::Port(port) = &self.output {
            draft.note(format!(
                "port {port} carries the copies only, as long as mirror {} is there: whatever else it is sent is dropped",
                self.name
            ));
        }
        Ok(())
    }
}

impl AddMirror {
    fn check(&self) -> Result<(), PlanError> {
        let nothing = self.from_ports.is_empty() && self.to_ports.is_empty();
        if nothing && !self.all_ports {
            return Err(PlanError::refused(format!(
                "mirror {} would copy nothing: name its ports, or all of them",
                self.name
            )));
        }
        if !nothing && self.all_ports {
            return Err(PlanError::refused(format!(
                "mirror {} is to copy all ports and also single ones: name one of both",
                self.name
            )));
        }
        if self.name.is_empty() {
            return Err(PlanError::refused("a mirror needs a name".to_owned()));
        }
        if let MirrorOutput::Port(port) = &self.output
            && (self.from_ports.contains(port) || self.to_ports.contains(port))
        {
            return Err(PlanError::refused(format!(
                "port {port} cannot be copied to itself: name another output of mirror {}",
                self.name
            )));
        }
        Ok(())
    }

    fn rows_of(
        &self,
        rows: &Rows,
        bridge: RowUuid<Bridge>,
        names: &[String],
    ) -> Result<Set<RowUuid<Port>>, PlanError> {
        names.iter().map(|name| self.row_of(rows, bridge, name)).collect()
    }

    fn row_of(&self, rows: &Rows, bridge: RowUuid<Bridge>, name: &str) -> Result<RowUuid<Port>, PlanError> {
        let port = rows.port(name)?;
        match rows.bridge_of(port)? {
            Some(on) if on == bridge => Ok(port),
            on => {
                let on = on.map(|on| rows.bridge_name(on)).transpose()?.unwrap_or_default();
                Err(PlanError::refused(format!(
                    "port {name} is on {on}, and a mirror of {} sees only that bridge's ports",
                    self.bridge
                )))
            }
        }
    }
}

/// The mirror of this name on a bridge; two bridges may have mirrors of one name.
pub(super) fn find_mirror(
    rows: &Rows,
    bridge: RowUuid<Bridge>,
    name: &str,
) -> Result<Option<RowUuid<Mirror>>, PlanError> {
    for mirror in rows.get(bridge, Bridge::MIRRORS)?.iter() {
        if *rows.get(mirror, Mirror::NAME)? == *name {
            return Ok(Some(mirror));
        }
    }
    Ok(None)
}
