use std::collections::BTreeMap;
use std::net::IpAddr;

use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nullable::nullable;
use super::{Edit, TunnelEnd, TunnelKey};
use crate::edit::PlanError;
use crate::edit::draft::{Draft, Rows, kind};

/// Changes a VXLAN tunnel. What is not named stays.
///
/// Same as `ovs-vsctl set interface NAME options:remote_ip=…`.
///
/// # Examples
/// ```
/// use ahv_net::edit::SetVxlan;
///
/// let intent = SetVxlan::new("vx7").remote_ip("192.0.2.8".parse()?).key(8.try_into()?);
///
/// // What is not named stays; what is taken away is named as null.
/// let plain = SetVxlan::new("vx7").no_key().no_local_ip().no_dst_port();
/// assert_eq!(
///     serde_json::to_value(&plain)?,
///     serde_json::json!({"name": "vx7", "key": null, "local_ip": null, "dst_port": null})
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetVxlan {
    /// Name of the port.
    pub name: String,
    /// Option `remote_ip`: the other host, or `flow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<TunnelEnd>,
    /// Option `key`: the VXLAN network, or `flow`; null is network 0.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub key: Option<Option<TunnelKey>>,
    /// Option `local_ip`: this host's address, or `flow`; null leaves it to routing.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub local_ip: Option<Option<TunnelEnd>>,
    /// Option `dst_port`: the UDP port; null is 4789.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub dst_port: Option<Option<u16>>,
}

impl SetVxlan {
    /// A tunnel by its port's name, with nothing named yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            remote_ip: None,
            key: None,
            local_ip: None,
            dst_port: None,
        }
    }

    /// The other host.
    #[must_use]
    pub fn remote_ip(mut self, ip: TunnelEnd) -> Self {
        self.remote_ip = Some(ip);
        self
    }

    /// The VXLAN network.
    #[must_use]
    pub fn key(mut self, key: TunnelKey) -> Self {
        self.key = Some(Some(key));
        self
    }

    /// Network 0, without a word of it.
    #[must_use]
    pub fn no_key(mut self) -> Self {
        self.key = Some(None);
        self
    }

    /// This host's address.
    #[must_use]
    pub fn local_ip(mut self, ip: TunnelEnd) -> Self {
        self.local_ip = Some(Some(ip));
        self
    }

    /// This host's address as routing has it.
    #[must_use]
    pub fn no_local_ip(mut self) -> Self {
        self.local_ip = Some(None);
        self
    }

    /// The UDP port, which is not 0.
    #[must_use]
    pub fn dst_port(mut self, port: u16) -> Self {
        self.dst_port = Some(Some(port));
        self
    }

    /// UDP port 4789, without a word of it.
    #[must_use]
    pub fn no_dst_port(mut self) -> Self {
        self.dst_port = Some(None);
        self
    }
}

impl Edit for SetVxlan {
    fn title(&self) -> String {
        let mut title = format!("set_vxlan {}", self.name);
        for (option, value) in options_of(self.remote_ip, self.key, self.local_ip, self.dst_port) {
            let option = option.replace('_', "-");
            match value {
                Some(value) => title.push_str(&format!(" --{option} {value}")),
                None => title.push_str(&format!(" --no-{option}")),
            }
        }
        title
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let rows = draft.rows()?;
        let port = rows.port(&self.name)?;
        let interface = rows.interface_of(port)?;
        let type_ = rows.get(interface, Interface::TYPE)?;
        if *type_ != *"vxlan" {
            return Err(PlanError::refused(format!(
                "port {} is {}, and no VXLAN tunnel",
                self.name,
                kind(&type_)
            )));
        }
        for (option, value) in options_of(self.remote_ip, self.key, self.local_ip, self.dst_port) {
            match value {
                Some(value) => rows.put(interface, Interface::OPTIONS, option, &value)?,
                None => rows.remove_key(interface, Interface::OPTIONS, option)?,
            }
        }
        expect_only_one(rows, interface)
    }
}

/// The options that are named, as the column has them; `None` takes one away.
pub(super) fn options_of(
    remote_ip: Option<TunnelEnd>,
    key: Option<Option<TunnelKey>>,
    local_ip: Option<Option<TunnelEnd>>,
    dst_port: Option<Option<u16>>,
) -> Vec<(&'static str, Option<String>)> {
    let mut options = Vec::new();
    options.extend(remote_ip.map(|ip| ("remote_ip", Some(ip.to_string()))));
    options.extend(key.map(|key| ("key", key.map(|key| key.to_string()))));
    options.extend(local_ip.map(|ip| ("local_ip", ip.map(|ip| ip.to_string()))));
    options.extend(dst_port.map(|port| ("dst_port", port.map(|port| port.to_string()))));
    options
}

/// Refuses a tunnel that Open vSwitch could not open: port 0, ends of two families, or another tunnel's twin.
pub(super) fn expect_only_one(rows: &Rows, interface: RowUuid<Interface>) -> Result<(), PlanError> {
    let name = rows.get(interface, Interface::NAME)?;
    let options = rows.texts(interface, Interface::OPTIONS)?;
    if options.get("dst_port").is_some_and(|port| port == "0") {
        return Err(PlanError::refused(format!(
            "{name} cannot send to UDP port 0: name one from 1 to 65535, such as 4789"
        )));
    }
    let ip = |option: &str| options.get(option).and_then(|ip| ip.parse::<IpAddr>().ok());
    if let (Some(remote), Some(local)) = (ip("remote_ip"), ip("local_ip"))
        && remote.is_ipv4() != local.is_ipv4()
    {
        return Err(PlanError::refused(format!(
            "the ends of {name} are of two families, {local} and {remote}: name two IPv4 or two IPv6 addresses"
        )));
    }
    for port in rows.all::<Port>()? {
        for other in rows.interfaces_of(port)? {
            let is_tunnel = other != interface && *rows.get(other, Interface::TYPE)? == *"vxlan";
            if is_tunnel && identity(&rows.texts(other, Interface::OPTIONS)?) == identity(&options) {
                return Err(PlanError::refused(format!(
                    "tunnel {} has the same ends, key and UDP port already, and Open vSwitch opens only one of \
                     such: change one of them",
                    rows.get(other, Interface::NAME)?
                )));
            }
        }
    }
    Ok(())
}

/// What tells one tunnel from another, with the defaults of ovs-vswitchd.conf.db(5).
fn identity(options: &BTreeMap<String, String>) -> [&str; 4] {
    let option = |name: &str, default| options.get(name).map_or(default, String::as_str);
    [
        option("remote_ip", ""),
        option("local_ip", ""),
        option("key", "0"),
        option("dst_port", "4789"),
    ]
}
