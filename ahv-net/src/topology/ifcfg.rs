use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Address;

/// An `ifcfg-*` file: what the host's network scripts were told to make of a device.
///
/// It says what will be after the next start of the network, which need not be what is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Ifcfg {
    /// Where it was read.
    pub file: String,
    /// `DEVICE`, without which `NAME`, and without that what follows `ifcfg-` in the file's name.
    pub device: String,
    /// `TYPE`: `OVSBridge`, `OVSIntPort`, `OVSBond`, …
    #[serde(rename = "type")]
    pub type_: Option<String>,
    /// `IPADDR` with `PREFIX` or `NETMASK`.
    pub address: Option<Address>,
    /// `GATEWAY`.
    pub gateway: Option<IpAddr>,
    /// `OVS_BRIDGE`: the bridge that the device is a port of.
    pub ovs_bridge: Option<String>,
    /// `OVSREQUIRES`: the devices that must be up before it.
    pub ovs_requires: Vec<String>,
    /// `BOND_IFACES`: the members of an `OVSBond`.
    pub bond_ifaces: Vec<String>,
    /// Every variable as it is written, unknown ones included.
    pub variables: BTreeMap<String, String>,
}
