use std::collections::BTreeMap;

use ovsdb_client::vswitch::Bridge;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nullable::nullable;
use super::{Edit, FailMode};
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Changes how a bridge works. What is not named stays.
///
/// # Examples
/// ```
/// use ahv_net::edit::{FailMode, SetBridge};
///
/// let intent = SetBridge::new("br1").fail_mode(FailMode::Secure).stp(true).other_config("stp-priority", "0x7000");
///
/// // What is not named stays; what is taken away is named as null.
/// let back = SetBridge::new("br1").no_fail_mode().no_other_config("stp-priority");
/// assert_eq!(
///     serde_json::to_value(&back)?,
///     serde_json::json!({"name": "br1", "fail_mode": null, "other_config": {"stp-priority": null}})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBridge {
    /// Its name.
    pub name: String,
    /// Column `Bridge.fail_mode`; null clears it.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub fail_mode: Option<Option<FailMode>>,
    /// Column `Bridge.stp_enable`: the spanning tree protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stp: Option<bool>,
    /// Column `Bridge.rstp_enable`: the rapid spanning tree protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rstp: Option<bool>,
    /// Pairs of column `Bridge.other_config`; null takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_config: BTreeMap<String, Option<String>>,
}

impl SetBridge {
    /// Nothing named yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fail_mode: None,
            stp: None,
            rstp: None,
            other_config: BTreeMap::new(),
        }
    }

    /// What it does without its controller.
    #[must_use]
    pub fn fail_mode(mut self, mode: FailMode) -> Self {
        self.fail_mode = Some(Some(mode));
        self
    }

    /// Open vSwitch's default for what it does without its controller, which is `standalone`.
    #[must_use]
    pub fn no_fail_mode(mut self) -> Self {
        self.fail_mode = Some(None);
        self
    }

    /// Whether it runs the spanning tree protocol.
    #[must_use]
    pub fn stp(mut self, on: bool) -> Self {
        self.stp = Some(on);
        self
    }

    /// Whether it runs the rapid spanning tree protocol.
    #[must_use]
    pub fn rstp(mut self, on: bool) -> Self {
        self.rstp = Some(on);
        self
    }

    /// A pair of `other_config`.
    #[must_use]
    pub fn other_config(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.other_config.insert(key.into(), Some(value.into()));
        self
    }

    /// A pair of `other_config` goes.
    #[must_use]
    pub fn no_other_config(mut self, key: impl Into<String>) -> Self {
        self.other_config.insert(key.into(), None);
        self
    }
}

impl Edit for SetBridge {
    fn title(&self) -> String {
        format!("set_bridge {}", self.name)
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        if let Some(fake) = rows.fake_bridge(&self.name)? {
            return Err(PlanError::refused(format!(
                "{} is a fake bridge, which works as its parent does: name {}",
                self.name,
                rows.bridge_name(fake.parent)?
            )));
        }
        let bridge = rows.bridge(&self.name)?;
        if let Some(mode) = self.fail_mode {
            rows.set(bridge, Bridge::FAIL_MODE, mode.map(FailMode::column))?;
        }
        if let Some(stp) = self.stp {
            rows.set(bridge, Bridge::STP_ENABLE, stp)?;
        }
        if let Some(rstp) = self.rstp {
            rows.set(bridge, Bridge::RSTP_ENABLE, rstp)?;
        }
        let rstp = rows.get_if_supported(bridge, Bridge::RSTP_ENABLE)?;
        if rows.get(bridge, Bridge::STP_ENABLE)? && rstp == Some(true) {
            return Err(PlanError::refused(format!(
                "bridge {} cannot run STP and RSTP at once: switch one of them off",
                self.name
            )));
        }
        for (key, value) in &self.other_config {
            match value {
                Some(value) => rows.put(bridge, Bridge::OTHER_CONFIG, key, value)?,
                None => rows.remove_key(bridge, Bridge::OTHER_CONFIG, key)?,
            }
        }
        Ok(())
    }
}
