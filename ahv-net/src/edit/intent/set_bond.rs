use std::fmt;

use ovsdb_client::vswitch::{Port, PortBondMode, PortLacp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edit;
use super::bond_members::Members;
use super::nullable::nullable;
use crate::check::Fix;
use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// Makes a bond, or changes one: its members, and how they share the load.
///
/// A bond that is there keeps its port, with its VLANs and everything else that is not named; nothing is
/// deleted and made again. An uplink that is a port of its own on the bridge is folded in, and stays the
/// interface that it is; where there is no bond yet, that port's VLANs become the bond's. Rows that are made
/// carry `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::{BondMode, Lacp, LacpTime, SetBond};
///
/// let members = SetBond::new("br0-up").bridge("br0").uplinks(["eth2", "eth3"]).mode(BondMode::ActiveBackup);
/// let lacp = SetBond::new("br0-up")
///     .mode(BondMode::BalanceTcp)
///     .lacp(Lacp::Active)
///     .lacp_time(LacpTime::Fast)
///     .lacp_fallback_ab(true);
/// let pinned = SetBond::new("br0-up").primary("eth2");
///
/// // What is not named stays; what is taken away is named as null.
/// let unpinned = SetBond::new("br0-up").no_primary();
/// assert_eq!(serde_json::to_value(&unpinned)?, serde_json::json!({"port": "br0-up", "primary": null}));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBond {
    /// Name of the bond's port.
    pub port: String,
    /// The bridge; a new bond needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<String>,
    /// All its members, two at least; a new bond needs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uplinks: Option<Vec<String>>,
    /// Whether uplinks may be taken from another bond or bridge, where they are now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub take_uplinks: bool,
    /// Column `Port.bond_mode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<BondMode>,
    /// Column `Port.lacp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp: Option<Lacp>,
    /// `other_config:lacp-fallback-ab`: whether it falls back to active-backup when the switch does not
    /// answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_fallback_ab: Option<bool>,
    /// `other_config:lacp-time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_time: Option<LacpTime>,
    /// `other_config:bond-primary`: the member that is used as long as it works; null pins none.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub primary: Option<Option<String>>,
    /// `other_config:bond-rebalance-interval`, in milliseconds; 0 never rebalances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebalance_interval_ms: Option<u32>,
    /// Column `Port.bond_updelay`, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updelay_ms: Option<u32>,
    /// Column `Port.bond_downdelay`, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downdelay_ms: Option<u32>,
}

/// How a bond shares the load: `Port.bond_mode` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BondMode {
    /// One member at a time.
    ActiveBackup,
    /// By source MAC address and VLAN. The vendor advises against it on AHV.
    BalanceSlb,
    /// By flow, which needs LACP with the switch.
    BalanceTcp,
}

/// Whether LACP is spoken with the switch: `Port.lacp` of ovs-vswitchd.conf.db(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lacp {
    /// It is begun.
    Active,
    /// It is answered.
    Passive,
    /// It is not.
    Off,
}

/// How often LACP's messages come: `other_config:lacp-time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LacpTime {
    /// Every second.
    Fast,
    /// Every 30 seconds.
    Slow,
}

impl SetBond {
    /// A bond by its port's name, with nothing named yet.
    #[must_use]
    pub fn new(port: impl Into<String>) -> Self {
        Self {
            port: port.into(),
            bridge: None,
            uplinks: None,
            take_uplinks: false,
            mode: None,
            lacp: None,
            lacp_fallback_ab: None,
            lacp_time: None,
            primary: None,
            rebalance_interval_ms: None,
            updelay_ms: None,
            downdelay_ms: None,
        }
    }

    /// The bridge.
    #[must_use]
    pub fn bridge(mut self, bridge: impl Into<String>) -> Self {
        self.bridge = Some(bridge.into());
        self
    }

    /// All its members.
    #[must_use]
    pub fn uplinks<U: Into<String>>(mut self, uplinks: impl IntoIterator<Item = U>) -> Self {
        self.uplinks = Some(uplinks.into_iter().map(Into::into).collect());
        self
    }

    /// Uplinks may be taken from another bond or bridge.
    #[must_use]
    pub fn take_uplinks(mut self) -> Self {
        self.take_uplinks = true;
        self
    }

    /// How they share the load.
    #[must_use]
    pub fn mode(mut self, mode: BondMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Whether LACP is spoken.
    #[must_use]
    pub fn lacp(mut self, lacp: Lacp) -> Self {
        self.lacp = Some(lacp);
        self
    }

    /// Whether it falls back to active-backup when the switch does not answer.
    #[must_use]
    pub fn lacp_fallback_ab(mut self, on: bool) -> Self {
        self.lacp_fallback_ab = Some(on);
        self
    }

    /// How often LACP's messages come.
    #[must_use]
    pub fn lacp_time(mut self, time: LacpTime) -> Self {
        self.lacp_time = Some(time);
        self
    }

    /// The member that is used as long as it works.
    #[must_use]
    pub fn primary(mut self, uplink: impl Into<String>) -> Self {
        self.primary = Some(Some(uplink.into()));
        self
    }

    /// No member is preferred.
    #[must_use]
    pub fn no_primary(mut self) -> Self {
        self.primary = Some(None);
        self
    }

    /// How often the load is shared anew, in milliseconds; 0 never.
    #[must_use]
    pub fn rebalance_interval_ms(mut self, milliseconds: u32) -> Self {
        self.rebalance_interval_ms = Some(milliseconds);
        self
    }

    /// How long a member must be up before it is used, in milliseconds.
    #[must_use]
    pub fn updelay_ms(mut self, milliseconds: u32) -> Self {
        self.updelay_ms = Some(milliseconds);
        self
    }

    /// How long a member must be down before it is given up, in milliseconds.
    #[must_use]
    pub fn downdelay_ms(mut self, milliseconds: u32) -> Self {
        self.downdelay_ms = Some(milliseconds);
        self
    }
}

impl fmt::Display for BondMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column().as_str())
    }
}

impl BondMode {
    fn column(self) -> PortBondMode {
        match self {
            Self::ActiveBackup => PortBondMode::ActiveBackup,
            Self::BalanceSlb => PortBondMode::BalanceSlb,
            Self::BalanceTcp => PortBondMode::BalanceTcp,
        }
    }
}

impl fmt::Display for Lacp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column().as_str())
    }
}

impl Lacp {
    fn column(self) -> PortLacp {
        match self {
            Self::Active => PortLacp::Active,
            Self::Passive => PortLacp::Passive,
            Self::Off => PortLacp::Off,
        }
    }
}

impl fmt::Display for LacpTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fast => "fast",
            Self::Slow => "slow",
        })
    }
}

impl Edit for SetBond {
    fn title(&self) -> String {
        let mut title = format!("set_bond {}", self.port);
        let mut say = |flag: &str, value: Option<String>| {
            if let Some(value) = value {
                title.push_str(&format!(" --{flag} {value}"));
            }
        };
        say("bridge", self.bridge.clone());
        say("uplinks", self.uplinks.as_ref().map(|uplinks| uplinks.join(",")));
        say("mode", self.mode.map(|mode| mode.to_string()));
        say("lacp", self.lacp.map(|lacp| lacp.to_string()));
        say("lacp-fallback-ab", self.lacp_fallback_ab.map(|on| on.to_string()));
        say("lacp-time", self.lacp_time.map(|time| time.to_string()));
        say("primary", self.primary.clone().flatten());
        say(
            "rebalance-interval",
            self.rebalance_interval_ms.map(|ms| ms.to_string()),
        );
        say("updelay", self.updelay_ms.map(|ms| ms.to_string()));
        say("downdelay", self.downdelay_ms.map(|ms| ms.to_string()));
        if self.primary == Some(None) {
            title.push_str(" --no-primary");
        }
        title
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let members = Members {
            bond: &self.port,
            bridge: self.bridge.as_deref(),
            wanted: self.uplinks.as_deref(),
            take: self.take_uplinks,
        };
        let port = members.edit(draft)?;
        let rows = draft.rows()?;
        // An empty column is its default, and stays so where that is wanted.
        if let Some(mode) = self.mode.map(BondMode::column) {
            let is_so = rows.get(port, Port::BOND_MODE)?.is_none() && mode == PortBondMode::ActiveBackup;
            if !is_so {
                rows.set(port, Port::BOND_MODE, Some(mode))?;
            }
        }
        if let Some(lacp) = self.lacp.map(Lacp::column) {
            let is_so = rows.get(port, Port::LACP)?.is_none() && lacp == PortLacp::Off;
            if !is_so {
                rows.set(port, Port::LACP, Some(lacp))?;
            }
        }
        if let Some(delay) = self.updelay_ms {
            rows.set(port, Port::BOND_UPDELAY, i64::from(delay))?;
        }
        if let Some(delay) = self.downdelay_ms {
            rows.set(port, Port::BOND_DOWNDELAY, i64::from(delay))?;
        }
        let mut pairs = Vec::new();
        pairs.extend(
            self.lacp_fallback_ab
                .map(|on| ("lacp-fallback-ab", on.to_string())),
        );
        pairs.extend(self.lacp_time.map(|time| ("lacp-time", time.to_string())));
        pairs.extend(
            self.rebalance_interval_ms
                .map(|ms| ("bond-rebalance-interval", ms.to_string())),
        );
        for (key, value) in pairs {
            rows.put(port, Port::OTHER_CONFIG, key, &value)?;
        }
        self.set_primary(draft, port)?;
        self.equivalent(draft)
    }
}

impl SetBond {
    fn set_primary(
        &self,
        draft: &mut Draft<'_>,
        port: ovsdb_client::table::RowUuid<Port>,
    ) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        match &self.primary {
            Some(None) => return rows.remove_key(port, Port::OTHER_CONFIG, "bond-primary"),
            Some(Some(primary)) => rows.put(port, Port::OTHER_CONFIG, "bond-primary", primary)?,
            None => {}
        }
        let pinned = rows.get(port, Port::OTHER_CONFIG)?;
        let Some(pinned) = pinned.text("bond-primary") else {
            return Ok(());
        };
        let mut members: Vec<String> = Vec::new();
        for interface in rows.interfaces_of(port)? {
            members.push(rows.label(interface.get()));
        }
        members.sort();
        if members.iter().any(|member| member == pinned) {
            return Ok(());
        }
        Err(PlanError::refused(format!(
            "{pinned} cannot be the primary of {}, as it is no member: name one of {}, or --no-primary",
            self.port,
            members.join(", ")
        )))
    }

    /// What does it on a Nutanix host: everything at once, as it forgets what it is not told.
    fn equivalent(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        // It cannot say the rest, and makes the bond anew.
        let says_it = self.uplinks.is_some() || self.mode.is_some() || self.lacp.is_some();
        if !draft.is_ahv() || !says_it {
            return Ok(());
        }
        let rows = draft.rows()?;
        let port = rows.port(&self.port)?;
        let bridge = rows.bridge_of(port)?.map(|bridge| rows.bridge_name(bridge));
        let bridge = bridge.transpose()?.unwrap_or_default();
        let mut members = Vec::new();
        for interface in rows.interfaces_of(port)? {
            members.push(rows.label(interface.get()));
        }
        members.sort();
        let mode = rows
            .get(port, Port::BOND_MODE)?
            .unwrap_or(PortBondMode::ActiveBackup);
        let lacp = rows.get(port, Port::LACP)?.filter(|lacp| *lacp != PortLacp::Off);
        let other = rows.get(port, Port::OTHER_CONFIG)?;
        let members = members.join(",");
        let mut words = vec![
            "--bridge_name",
            &bridge,
            "--interfaces",
            &members,
            "--bond_name",
            &self.port,
        ];
        words.extend(["--bond_mode", mode.as_str()]);
        if lacp.is_some() {
            words.extend(["--lacp_mode", other.text("lacp-time").unwrap_or("slow")]);
            words.extend([
                "--lacp_fallback",
                other.text("lacp-fallback-ab").unwrap_or("false"),
            ]);
        }
        words.push("update_uplinks");
        draft.equivalent(Fix::manage_ovs(&words));
        Ok(())
    }
}
