//! Ethernet addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Scalar;

/// An Ethernet address, printed in lower case with colons as libvirt and Open vSwitch print it.
///
/// Two addresses that differ in case only are equal; the document keeps how the author wrote it.
///
/// # Examples
/// ```
/// use libvirt_model::vocab::MacAddr;
///
/// let mac: MacAddr = "52:54:00:9C:d8:CD".parse()?;
/// assert_eq!(mac.to_string(), "52:54:00:9c:d8:cd");
/// # Ok::<(), libvirt_model::vocab::InvalidMacAddr>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MacAddr([u8; 6]);

/// The text is not an Ethernet address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a MAC address: write six hexadecimal bytes with colons, such as 52:54:00:12:34:56")]
pub struct InvalidMacAddr {
    /// What was given.
    pub text: String,
}

impl MacAddr {
    /// The address of these bytes, in the order of the wire.
    #[must_use]
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// The bytes, in the order of the wire.
    #[must_use]
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// Whether it addresses a group; libvirt refuses such an address for a NIC.
    #[must_use]
    pub const fn is_multicast(self) -> bool {
        let [first, ..] = self.0;
        first & 1 == 1
    }

    /// Whether every byte is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == [0; 6]
    }

    /// The address of the host's end of a tap: libvirt sets its first byte to `fe`, so that a Linux bridge never takes it as
    /// its own address.
    #[must_use]
    pub const fn tap(self) -> Self {
        let [_, b, c, d, e, f] = self.0;
        Self([0xfe, b, c, d, e, f])
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"00:00:00:00:00:00";
        for (place, byte) in text.chunks_mut(3).zip(self.0) {
            if let [high, low, ..] = place {
                (*high, *low) = (hexadecimal(byte >> 4), hexadecimal(byte & 15));
            }
        }
        formatter.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// The digit of a number below 16.
fn hexadecimal(number: u8) -> u8 {
    if number < 10 {
        b'0' + number
    } else {
        b'a' + (number - 10)
    }
}

impl FromStr for MacAddr {
    type Err = InvalidMacAddr;

    /// Reads six bytes of one or two hexadecimal digits with colons between them, as libvirt does.
    fn from_str(text: &str) -> Result<Self, InvalidMacAddr> {
        bytes_of(text).map(Self).ok_or_else(|| InvalidMacAddr {
            text: text.to_owned(),
        })
    }
}

fn bytes_of(text: &str) -> Option<[u8; 6]> {
    let mut bytes = [0; 6];
    let mut rest = text.as_bytes();
    for (at, byte) in bytes.iter_mut().enumerate() {
        if at > 0 {
            rest = rest.strip_prefix(b":")?;
        }
        (*byte, rest) = digit(rest)?;
        if let Some((low, behind)) = digit(rest) {
            (*byte, rest) = (*byte << 4 | low, behind);
        }
    }
    rest.is_empty().then_some(bytes)
}

/// The hexadecimal digit at the beginning of `text`, and what stands behind it.
fn digit(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.split_first()?;
    let value = match first {
        b'0'..=b'9' => first - b'0',
        b'a'..=b'f' => first - b'a' + 10,
        b'A'..=b'F' => first - b'A' + 10,
        _ => return None,
    };
    Some((value, rest))
}

impl TryFrom<String> for MacAddr {
    type Error = InvalidMacAddr;

    fn try_from(text: String) -> Result<Self, InvalidMacAddr> {
        text.parse()
    }
}

impl From<MacAddr> for String {
    fn from(mac: MacAddr) -> Self {
        mac.to_string()
    }
}

impl Scalar for MacAddr {
    fn read(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| "not a MAC address (six hexadecimal bytes with colons)".to_owned())
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for MacAddr {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MacAddr".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Ethernet address, in lower case with colons",
            "pattern": "^([0-9a-f]{2}:){5}[0-9a-f]{2}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_without_case_and_prints_lower() {
        let upper: MacAddr = "50:6B:8D:AA:BB:0C".parse().unwrap();
        assert_eq!(upper, "50:6b:8d:aa:bb:c".parse().unwrap());
        assert_eq!(upper.to_string(), "50:6b:8d:aa:bb:0c");
        assert_eq!(upper.tap().to_string(), "fe:6b:8d:aa:bb:0c");
    }

    #[test]
    fn refuses_what_is_not_six_bytes() {
        for text in [
            "",
            "52:54:00:9c:d8",
            "52:54:00:9c:d8:cd:00",
            "52-54-00-9c-d8-cd",
            "+2:54:00:9c:d8:cd",
            "5254.009c.d8cd",
            "052:54:00:9c:d8:cd",
            "52::54:00:9c:d8:cd",
            ":52:54:00:9c:d8:cd",
            "52:54:00:9c:d8:cd:",
            "52:54:00:9c:d8:",
            "52:54:00:9c:d8:cg",
            "52:54:00:9c:d8:cd ",
            "52:54:00:9c:d8:\u{ff11}",
        ] {
            assert!(text.parse::<MacAddr>().is_err(), "{text}");
        }
    }
}
