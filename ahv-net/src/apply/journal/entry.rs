use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UnixTime;
use crate::apply::Undo;
use crate::edit::{Change, Plan};

/// What the journal holds of one applied plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Entry {
    /// Names it: eight hexadecimal digits.
    pub id: String,
    /// How far it is.
    pub phase: Phase,
    /// When it was begun.
    pub begun: UnixTime,
    /// When its phase last changed.
    pub changed: UnixTime,
    /// Until when it must be confirmed; `None` where no confirmation was asked for.
    pub confirm_by: Option<UnixTime>,
    /// Who applied it.
    pub who: Who,
    /// Where a process that was not there finds the host.
    pub reach: Reach,
    /// What was to be done. What undoes it follows from it and from the host as it is.
    pub plan: Plan,
    /// The UUIDs that the server gave to rows of the plan, by those that the plan has for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made: BTreeMap<Uuid, Uuid>,
    /// Why it is as it is, in one sentence; `None` where all went as planned.
    pub why: Option<String>,
    /// What the last attempt to undo it came to.
    pub undo: Option<Undo>,
    /// Who left it as it is, and why; `None` where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// That an edit which could not be undone was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Left {
    /// Who left it, and when.
    pub by: Who,
    /// Why, in their words.
    pub why: String,
    /// What was not as before the edit then, a sentence each.
    pub differs: Vec<String>,
}

/// How far an applied plan is.
///
/// ```text
/// Begun ──> Unconfirmed ──> Confirmed ──┐
///   │  └──> Applied ────────────────────┤ revert: Begun again, to be undone
///   │            │                      v
///   └────────────┴──────────> Undone <── …
///   └──> Unsettled (could not be undone yet) ──> Undone, or Left by a person
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Phase {
    /// It is written down, and may be done in part. Unfinished.
    Begun,
    /// It is done, and will be undone unless it is confirmed in time. Unfinished.
    Unconfirmed,
    /// Undoing it failed, or whether a step of it is done is not known. Unfinished.
    Unsettled,
    /// It is done, and no confirmation was asked for.
    Applied,
    /// It is done and confirmed.
    Confirmed,
    /// It is undone, or nothing of it was done.
    Undone,
    /// It could not be undone, and a person left it as it is.
    Left,
}

/// Who applied a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// The user's name, or number where it has none.
    pub user: String,
    /// The process.
    pub pid: u32,
    /// Since when it is at it.
    pub since: UnixTime,
}

/// Where a host is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// The remote of the `Open_vSwitch` database.
    pub ovsdb: Option<String>,
    /// The URI of libvirtd.
    pub libvirt: Option<String>,
}

impl Entry {
    /// Whether more is to become of it, so that no other edit may begin.
    pub fn is_unfinished(&self) -> bool {
        self.phase.is_unfinished()
    }

    /// Whether the time in which it had to be confirmed has passed.
    pub(crate) fn is_overdue(&self, now: UnixTime) -> bool {
        self.confirm_by.is_some_and(|confirm_by| confirm_by <= now)
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        self.plan.steps.iter().map(|step| step.change.clone()).collect()
    }
}

impl Phase {
    /// Whether more is to become of it.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Begun | Self::Unconfirmed | Self::Unsettled)
    }
}

impl Who {
    /// This process.
    pub(crate) fn this() -> Self {
        let uid = nix::unistd::Uid::effective();
        let name = nix::unistd::User::from_uid(uid)
            .ok()
            .flatten()
            .map(|user| user.name);
        Self {
            user: name.unwrap_or_else(|| uid.to_string()),
            pid: std::process::id(),
            since: UnixTime::now(),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {}) since {}", self.user, self.pid, self.since)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begun => "begun and not finished",
            Self::Unconfirmed => "waiting for its confirmation",
            Self::Unsettled => "not undone yet",
            Self::Applied => "applied",
            Self::Confirmed => "confirmed",
            Self::Undone => "undone",
            Self::Left => "left as it is",
        })
    }
}

/// One line: `3f2a9c01 2026-11-23 02:10:34 UTC set_vlan tap345 access 40: confirmed`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {}: {}",
            self.id, self.begun, self.plan.intent, self.phase
        )?;
        if let (Phase::Unconfirmed, Some(confirm_by)) = (self.phase, self.confirm_by) {
            write!(f, " until {confirm_by}")?;
        }
        if let Some(left) = &self.left {
            write!(f, " by {} ({})", left.by.user, left.why)?;
        } else if let Some(why) = &self.why {
            write!(f, " ({why})")?;
        }
        Ok(())
    }
}
