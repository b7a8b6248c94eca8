//! The words of a tunnel: ovs-vswitchd.conf.db(5), "Tunnel Options".

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Option `remote_ip` or `local_ip`: an address, or what the flow says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum TunnelEnd {
    /// This address.
    Ip(IpAddr),
    /// `flow`: OpenFlow sets it packet by packet.
    Flow,
}

/// Option `key` of a VXLAN tunnel: its network identifier (VNI, RFC 7348 §5), or what the flow says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NumberOrWord", into = "NumberOrWord")]
#[non_exhaustive]
pub enum TunnelKey {
    /// This network.
    Vni(Vni),
    /// `flow`: OpenFlow sets it packet by packet.
    Flow,
}

/// A VXLAN network identifier, of 24 bits: RFC 7348 §5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vni(u32);

/// What a tunnel cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTunnel {
    /// No address of a host.
    #[error("{0} is no address of a host: write an IPv4 or IPv6 address, or flow")]
    End(String),
    /// An address that no single host has.
    #[error("{0} is not the address of one host, and a VXLAN port has one other end")]
    NotAHost(IpAddr),
    /// No network identifier.
    #[error("{0} is no VXLAN key: write a number from 0 to 16777215 (24 bits), or flow")]
    Key(String),
}

impl Vni {
    /// The greatest identifier.
    pub const MAX: u32 = 0xff_ffff;

    /// The network of this number.
    ///
    /// # Errors
    /// Above 24 bits.
    pub fn new(number: u32) -> Result<Self, InvalidTunnel> {
        match number <= Self::MAX {
            true => Ok(Self(number)),
            false => Err(InvalidTunnel::Key(number.to_string())),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl FromStr for TunnelEnd {
    type Err = InvalidTunnel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "flow" {
            return Ok(Self::Flow);
        }
        let ip: IpAddr = text.parse().map_err(|_| InvalidTunnel::End(text.to_owned()))?;
        Self::try_from(ip)
    }
}

impl TryFrom<IpAddr> for TunnelEnd {
    type Error = InvalidTunnel;

    fn try_from(ip: IpAddr) -> Result<Self, Self::Error> {
        let everyone = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
        match ip.is_multicast() || ip.is_unspecified() || everyone {
            true => Err(InvalidTunnel::NotAHost(ip)),
            false => Ok(Self::Ip(ip)),
        }
    }
}

impl TryFrom<String> for TunnelEnd {
    type Error = InvalidTunnel;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TunnelEnd> for String {
    fn from(end: TunnelEnd) -> Self {
        end.to_string()
    }
}

impl fmt::Display for TunnelEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Flow => f.write_str("flow"),
        }
    }
}

impl FromStr for TunnelKey {
    type Err = InvalidTunnel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "flow" {
            return Ok(Self::Flow);
        }
        let number: u32 = text.parse().map_err(|_| InvalidTunnel::Key(text.to_owned()))?;
        Vni::new(number).map(Self::Vni)
    }
}

impl TryFrom<u32> for TunnelKey {
    type Error = InvalidTunnel;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        Vni::new(number).map(Self::Vni)
    }
}

impl fmt::Display for TunnelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vni(vni) => vni.0.fmt(f),
            Self::Flow => f.write_str("flow"),
        }
    }
}

/// A key as JSON has it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum NumberOrWord {
    Number(u64),
    Word(String),
}

impl TryFrom<NumberOrWord> for TunnelKey {
    type Error = InvalidTunnel;

    fn try_from(key: NumberOrWord) -> Result<Self, Self::Error> {
        match key {
            NumberOrWord::Number(number) => number.to_string().parse(),
            NumberOrWord::Word(word) => word.parse(),
        }
    }
}

impl From<TunnelKey> for NumberOrWord {
    fn from(key: TunnelKey) -> Self {
        match key {
            TunnelKey::Vni(vni) => Self::Number(vni.0.into()),
            TunnelKey::Flow => Self::Word(key.to_string()),
        }
    }
}

impl JsonSchema for TunnelKey {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("TunnelKey")
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        NumberOrWord::json_schema(generator)
    }
}

impl JsonSchema for TunnelEnd {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("TunnelEnd")
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_24_bits_or_is_the_flows() {
        let key = |json: &str| serde_json::from_str::<TunnelKey>(json);
        assert_eq!(key("16777215").unwrap(), TunnelKey::Vni(Vni(0xff_ffff)));
        assert_eq!(key("\"7\"").unwrap(), TunnelKey::Vni(Vni(7)));
        assert_eq!(key("\"flow\"").unwrap(), TunnelKey::Flow);
        assert_eq!(serde_json::to_string(&TunnelKey::Vni(Vni(7))).unwrap(), "7");
        for wrong in ["16777216", "\"-1\"", "\"any\"", "4294967296"] {
            let error = key(wrong).unwrap_err().to_string();
            assert!(error.contains("24 bits"), "{error}");
        }
    }

    #[test]
    fn an_end_is_one_host() {
        assert_eq!("flow".parse(), Ok(TunnelEnd::Flow));
        assert!("fd00::7".parse::<TunnelEnd>().is_ok());
        for wrong in [
            "",
            "10.0.0",
            "0.0.0.0",
            "239.1.1.1",
            "255.255.255.255",
            "::",
            "host",
        ] {
            assert!(wrong.parse::<TunnelEnd>().is_err(), "{wrong}");
        }
    }
}
