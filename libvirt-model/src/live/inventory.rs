//! What a host has beside domains and networks, and typed parameters.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::MacAddr;

/// An interface of the host, as libvirt's interface driver knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostInterface {
    /// Its name.
    pub name: String,
    /// Its address.
    pub mac: Option<MacAddr>,
    /// Its document, `<interface>`.
    pub xml: String,
}

/// A packet filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NwFilter {
    /// The name that `<filterref>` uses.
    pub name: String,
    /// Its identity.
    pub uuid: Uuid,
    /// Its document, `<filter>`.
    pub xml: String,
}

/// A filter that is in force on a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NwFilterBinding {
    /// The tap.
    pub port: String,
    /// The filter.
    pub filter: String,
}

/// A named value, such as `inbound.average` of an interface or `net.0.rx.bytes` of the statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// The value.
    pub value: ParameterValue,
}

/// The value of a [`Parameter`]: `virTypedParameterType`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// `int`
    Int(i32),
    /// `unsigned int`
    UInt(u32),
    /// `long long`
    LongLong(i64),
    /// `unsigned long long`
    ULongLong(u64),
    /// `double`
    Double(f64),
    /// `boolean`
    Boolean(bool),
    /// `string`
    Text(String),
}
