//! VLAN identifiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Scalar;

/// A VLAN identifier, 0 to 4095.
///
/// That is the range of libvirt's `<tag id>` and of the columns `tag` and `trunks` of Open vSwitch's table Port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct VlanId(u16);

/// The number is no VLAN identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a VLAN id: it must be a number from 0 to 4095")]
pub struct InvalidVlanId {
    /// What was given.
    pub given: String,
}

impl VlanId {
    /// The greatest identifier.
    pub const MAX: u16 = 4095;

    /// The identifier of this number.
    ///
    /// # Errors
    /// [`InvalidVlanId`] above 4095.
    pub fn new(id: u16) -> Result<Self, InvalidVlanId> {
        if id <= Self::MAX {
            Ok(Self(id))
        } else {
            Err(InvalidVlanId {
                given: id.to_string(),
            })
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for VlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VlanId {
    type Err = InvalidVlanId;

    fn from_str(text: &str) -> Result<Self, InvalidVlanId> {
        let invalid = || InvalidVlanId {
            given: text.to_owned(),
        };
        text.parse()
            .map_err(|_| invalid())
            .and_then(|id| Self::new(id).map_err(|_| invalid()))
    }
}

impl TryFrom<u16> for VlanId {
    type Error = InvalidVlanId;

    fn try_from(id: u16) -> Result<Self, InvalidVlanId> {
        Self::new(id)
    }
}

impl From<VlanId> for u16 {
    fn from(id: VlanId) -> Self {
        id.0
    }
}

impl Scalar for VlanId {
    fn read(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| "not a VLAN id (0 to 4095)".to_owned())
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for VlanId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "VlanId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "description": "VLAN identifier",
            "minimum": 0,
            "maximum": Self::MAX,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_libvirt_accepts() {
        assert_eq!(VlanId::new(4095).map(VlanId::get), Ok(4095));
        assert!(VlanId::new(4096).is_err());
        assert!("-1".parse::<VlanId>().is_err());
        assert!(serde_json::from_str::<VlanId>("4096").is_err());
    }
}
