use std::fmt;
use std::str::FromStr;

use super::methods::METHODS;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Seeing the host, and planning edits.
    Read,
    /// Editing it, too.
    Edit,
}

impl Scope {
    /// What a method needs; `None` where there is no such method.
    pub fn of_method(method: &str) -> Option<Self> {
        let known = METHODS.iter().find(|known| known.name == method);
        known.map(|known| known.scope)
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "read" => Ok(Self::Read),
            "edit" => Ok(Self::Edit),
            _ => Err(format!("{text:?} is no scope: write read or edit")),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Edit => "edit",
        })
    }
}
