use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that a source shows and no other explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Unmatched {
    /// What it is.
    pub kind: UnmatchedKind,
    /// Its name: of a port, a link or a bridge, or `DOMAIN/MAC` of a NIC.
    pub name: String,
    /// What was looked for and not found, in one clause.
    pub reason: String,
}

/// What could not be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnmatchedKind {
    /// A port for which there is no role.
    Port,
    /// A running domain's NIC for which there is no port.
    Nic,
    /// A bridge that libvirt names and neither OVSDB nor the kernel has.
    Bridge,
    /// A link that is in no bridge and carries no address.
    Link,
    /// Two sources that say the opposite of each other.
    Contradiction,
    /// A row, element or line that could not be read.
    Damage,
}

impl UnmatchedKind {
    /// The word by which `show` names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Nic => "NIC",
            Self::Bridge => "bridge",
            Self::Link => "link",
            Self::Contradiction => "contradiction",
            Self::Damage => "damage",
        }
    }
}
