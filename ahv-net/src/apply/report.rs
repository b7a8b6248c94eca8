use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
}

impl Undo {
    /// Whether the host is as it was before, but for what others changed.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.undone.as_slice(), self.is_complete()) {
            ([], true) => f.write_str("nothing was changed")?,
            (undone, true) => write!(f, "undone: {}", undone.join("; "))?,
            (undone, false) => {
                if !undone.is_empty() {
                    write!(f, "undone: {}; ", undone.join("; "))?;
                }
                write!(f, "NOT undone: {}; run recover", self.failed.join("; "))?;
            }
        }
        if !self.left.is_empty() {
            write!(f, "; left as others changed it: {}", self.left.join("; "))?;
        }
        Ok(())
    }
}
