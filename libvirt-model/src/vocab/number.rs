//! Numbers that libvirt writes in hexadecimal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Scalar;

/// A number that is written as `0x` and at least `DIGITS` hexadecimal digits, as the parts of a PCI address.
///
/// It is read from decimal too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hex<const DIGITS: usize>(pub u64);

/// The text is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a number, decimal or hexadecimal with 0x")]
pub struct InvalidNumber {
    /// What was given.
    pub text: String,
}

impl<const DIGITS: usize> fmt::Display for Hex<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:0digits$x}", self.0, digits = DIGITS)
    }
}

impl<const DIGITS: usize> FromStr for Hex<DIGITS> {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse(),
        };
        parsed.map(Self).map_err(|_| InvalidNumber {
            text: text.to_owned(),
        })
    }
}

impl<const DIGITS: usize> Scalar for Hex<DIGITS> {
    fn read(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| "not a number (decimal, or hexadecimal with 0x)".to_owned())
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_and_prints_hexadecimal() {
        assert_eq!("0x1F".parse(), Ok(Hex::<2>(31)));
        assert_eq!("31".parse(), Ok(Hex::<2>(31)));
        assert_eq!(Hex::<4>(31).to_string(), "0x001f");
        assert!("0x".parse::<Hex<2>>().is_err());
    }
}
