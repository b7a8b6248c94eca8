use std::fmt;
use std::sync::Arc;

use libvirt_model::vocab::VlanId;
use ovsdb_client::vswitch::{Bridge, BridgeFailMode, Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use super::set_mtu::set_mtu;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::{Draft, FakeBridge, LinkIs, said};

/// Makes a bridge, or a fake bridge: a VLAN of a bridge with a name of its own.
///
/// Same as `ovs-vsctl add-br NAME [PARENT VLAN]`. A bridge that is there with just these properties is no
/// change. Rows that are made carry `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::{AddBridge, FailMode};
///
/// let second = AddBridge::new("br1").fail_mode(FailMode::Standalone).mtu_bytes(9000);
/// let vlan10 = AddBridge::new("br0v10").of("br0", 10.try_into()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBridge {
    /// Its name, at most 15 bytes.
    pub name: String,
    /// Whether it may be there with other properties, which are then set as they are named here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_exist: bool,
    /// Column `Bridge.fail_mode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_mode: Option<FailMode>,
    /// Column `Bridge.datapath_type`, such as `netdev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datapath_type: Option<String>,
    /// Column `Interface.mtu_request` of its own interface, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu_bytes: Option<u32>,
    /// Of which bridge it is a VLAN, where it is a fake bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fake: Option<FakeOf>,
}

/// What a fake bridge stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FakeOf {
    /// The bridge.
    pub parent: String,
    /// The VLAN of it.
    #[schemars(with = "u16")]
    pub vlan: VlanId,
}

/// What a bridge does without its OpenFlow controller: `Bridge.fail_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FailMode {
    /// It learns addresses and forwards, as a switch does.
    Standalone,
    /// It keeps to the flows that it has.
    Secure,
}

impl AddBridge {
    /// A bridge with the defaults of Open vSwitch.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            may_exist: false,
            fail_mode: None,
            datapath_type: None,
            mtu_bytes: None,
            fake: None,
        }
    }

    /// It may be there with other properties, which are then set as they are named here.
    #[must_use]
    pub fn may_exist(mut self) -> Self {
        self.may_exist = true;
        self
    }

    /// What it does without its controller.
    #[must_use]
    pub fn fail_mode(mut self, mode: FailMode) -> Self {
        self.fail_mode = Some(mode);
        self
    }

    /// The datapath, such as `netdev`.
    #[must_use]
    pub fn datapath_type(mut self, type_: impl Into<String>) -> Self {
        self.datapath_type = Some(type_.into());
        self
    }

    /// The largest packet of its own interface.
    #[must_use]
    pub fn mtu_bytes(mut self, bytes: u32) -> Self {
        self.mtu_bytes = Some(bytes);
        self
    }

    /// It is a fake bridge: this VLAN of that bridge.
    #[must_use]
    pub fn of(mut self, parent: impl Into<String>, vlan: VlanId) -> Self {
        self.fake = Some(FakeOf {
            parent: parent.into(),
            vlan,
        });
        self
    }
}

impl FailMode {
    pub(crate) fn column(self) -> BridgeFailMode {
        match self {
            Self::Standalone => BridgeFailMode::Standalone,
            Self::Secure => BridgeFailMode::Secure,
        }
    }
}

impl fmt::Display for FailMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column().as_str())
    }
}

impl Edit for AddBridge {
    fn title(&self) -> String {
        match &self.fake {
            Some(FakeOf { parent, vlan }) => {
                format!("add_bridge {} --parent {parent} --vlan {vlan}", self.name)
            }
            None => format!("add_bridge {}", self.name),
        }
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        match &self.fake {
            Some(fake) => self.edit_fake(draft, fake),
            None => self.edit_bridge(draft),
        }
    }
}

/// A bridge's own interface has its name, so no device of the host may have it.
fn expect_no_device(draft: &Draft<'_>, name: &str) -> Result<(), PlanError> {
    match draft.link(name) {
        LinkIs::There => Err(PlanError::refused(format!(
            "the host has a network device {name} already: take another name for the bridge"
        ))),
        LinkIs::NotThere | LinkIs::NotKnown => Ok(()),
    }
}

impl AddBridge {
    fn edit_bridge(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        if let Some(FakeBridge { parent, vlan, .. }) = rows.fake_bridge(&self.name)? {
            let parent = rows.bridge_name(parent)?;
            return Err(PlanError::refused(format!(
                "{} is a fake bridge of {parent} on VLAN {}: delete it first, or take another name",
                self.name,
                said(vlan)
            )));
        }
        let bridge = match rows.find_bridge(&self.name)? {
            Some(bridge) => {
                if !self.may_exist {
                    self.expect_same(draft)?;
                }
                bridge
            }
            None => {
                expect_no_device(draft, &self.name)?;
                draft.rows()?.add_bridge(&self.name)?
            }
        };
        let rows = draft.rows()?;
        if let Some(mode) = self.fail_mode {
            rows.set(bridge, Bridge::FAIL_MODE, Some(mode.column()))?;
        }
        if let Some(type_) = &self.datapath_type {
            rows.set(bridge, Bridge::DATAPATH_TYPE, Arc::<str>::from(type_.as_str()))?;
        }
        if let Some(bytes) = self.mtu_bytes {
            let interface = rows.interface(&self.name)?;
            set_mtu(rows, interface, Some(bytes))?;
        }
        if draft.is_ahv() {
            draft.equivalent(Fix::manage_ovs(&[
                "--bridge_name",
                &self.name,
                "create_single_bridge",
            ]));
        }
        Ok(())
    }

    /// Whoever wants a new bridge and names another's would change it without knowing.
    fn expect_same(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.name)?;
        let mut odd = Vec::new();
        let mut compare = |what: &str, wanted: Option<String>, found: Option<String>| {
            if wanted.is_some() && wanted != found {
                odd.push(format!("its {what} is {} and not {}", said(found), said(wanted)));
            }
        };
        let mode = rows.get(bridge, Bridge::FAIL_MODE)?;
        compare(
            "fail_mode",
            self.fail_mode.map(|mode| mode.to_string()),
            mode.map(|mode| mode.to_string()),
        );
        let type_ = rows.get(bridge, Bridge::DATAPATH_TYPE)?.to_string();
        compare("datapath_type", self.datapath_type.clone(), Some(type_));
        if let Some(bytes) = self.mtu_bytes {
            let interface = rows.interface(&self.name)?;
            let found = rows.get(interface, Interface::MTU_REQUEST)?;
            compare(
                "mtu_request",
                Some(bytes.to_string()),
                found.map(|mtu| mtu.to_string()),
            );
        }
        self.refuse_if(&odd)
    }

    fn refuse_if(&self, odd: &[String]) -> Result<(), PlanError> {
        match odd.is_empty() {
            true => Ok(()),
            false => Err(PlanError::refused(format!(
                "bridge {} is there already, and {}: with --may-exist it is changed to what is named",
                self.name,
                odd.join(" and ")
            ))),
        }
    }

    fn edit_fake(&self, draft: &mut Draft<'_>, fake: &FakeOf) -> Result<(), PlanError> {
        if self.fail_mode.is_some() || self.datapath_type.is_some() {
            return Err(PlanError::refused(format!(
                "{} is to be a fake bridge, which has no fail_mode and datapath_type of its own: they are those of {}",
                self.name, fake.parent
            )));
        }
        let rows = draft.rows()?;
        if let Some(above) = rows.fake_bridge(&fake.parent)? {
            return Err(PlanError::refused(format!(
                "{} is a fake bridge itself: name {}, which it is a VLAN of",
                fake.parent,
                rows.bridge_name(above.parent)?
            )));
        }
        let parent = rows.bridge(&fake.parent)?;
        let vlan = i64::from(fake.vlan.get());
        let other = self.other_of_that_vlan(draft, fake)?;
        let rows = draft.rows()?;
        match rows.fake_bridge(&self.name)? {
            Some(found) if found.parent == parent && found.vlan == Some(vlan) => {}
            Some(found) => {
                return Err(PlanError::refused(format!(
                    "fake bridge {} is there already, of {} on VLAN {}: delete it first",
                    self.name,
                    rows.bridge_name(found.parent)?,
                    said(found.vlan)
                )));
            }
            None => {
                if let Some(other) = other {
                    return Err(PlanError::refused(format!(
                        "VLAN {vlan} of {} has a fake bridge already, {other}: use that one",
                        fake.parent
                    )));
                }
                let (port, _) = rows.add_port(parent, &self.name, "internal")?;
                rows.set(port, Port::FAKE_BRIDGE, true)?;
                rows.set(port, Port::TAG, Some(vlan))?;
            }
        }
        if let Some(bytes) = self.mtu_bytes {
            let interface = rows.interface(&self.name)?;
            set_mtu(rows, interface, Some(bytes))?;
        }
        Ok(())
    }

    /// ovs-vsctl refuses a second fake bridge on one VLAN, as a port can be on one of them only.
    fn other_of_that_vlan(&self, draft: &mut Draft<'_>, fake: &FakeOf) -> Result<Option<String>, PlanError> {
        let rows = draft.rows()?;
        let parent = rows.bridge(&fake.parent)?;
        for port in rows.get(parent, Bridge::PORTS)?.iter() {
            let is_it = rows.get(port, Port::FAKE_BRIDGE)?
                && rows.get(port, Port::TAG)? == Some(i64::from(fake.vlan.get()));
            let name = rows.get(port, Port::NAME)?;
            if is_it && *name != *self.name {
                return Ok(Some(name.to_string()));
            }
        }
        Ok(None)
    }
}
