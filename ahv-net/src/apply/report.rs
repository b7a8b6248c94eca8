use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::journal::UnixTime;

/// What applying a plan came to, where it succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Whether anything was changed: not where the host was so already.
    pub applied: bool,
    /// By what name the journal knows it; `None` where nothing was changed or no journal is kept.
    pub id: Option<String>,
    /// What was done, in order.
    pub done: Vec<String>,
    /// Until when it must be confirmed, or else is undone, in milliseconds since 1970; `None` where it stays.
    pub confirm_by: Option<UnixTime>,
}

/// What undoing a plan came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Undo {
    /// What was undone.
    pub undone: Vec<String>,
    /// What is no longer as the plan left it, and was left to whoever changed it, a sentence each.
    pub left: Vec<String>,
    /// What could not be undone, and why: the host is neither as before nor as after.
    pub failed: Vec<String>,
    /// What may still come to be done, as its answer was lost.
    #[serde(default)]
    pub unknown: Vec<String>,
}

impl Undo {
    /// Whether the host is as it was before, but for what others changed.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.unknown.is_empty()
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let but = match self.left.is_empty() {
            true => "",
            false => " but for what others changed",
        };
        match (self.undone.as_slice(), self.is_complete()) {
            ([], true) => write!(f, "the host is as before{but}")?,
            (undone, true) => {
                write!(f, "undone, and the host is as before{but}: {}", undone.join("; "))?;
            }
            (undone, false) => {
                if !undone.is_empty() {
                    write!(f, "undone: {}; ", undone.join("; "))?;
                }
                if !self.failed.is_empty() {
                    write!(f, "NOT undone: {}; ", self.failed.join("; "))?;
                }
                if !self.unknown.is_empty() {
                    write!(f, "may still come to be done: {}; ", self.unknown.join("; "))?;
                }
                f.write_str("run recover")?;
            }
        }
        if !self.left.is_empty() {
            write!(f, "; left as others changed it: {}", self.left.join("; "))?;
        }
        Ok(())
    }
}
