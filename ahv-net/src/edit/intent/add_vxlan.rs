use ovsdb_client::vswitch::{Interface, Port};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::set_vxlan::{expect_only_one, options_of};
use super::{Edit, TunnelEnd, TunnelKey, VlanSetting};
use crate::edit::PlanError;
use crate::edit::draft::{Draft, kind, said};

/// Adds a VXLAN tunnel to a bridge: a port whose packets go to another host.
///
/// Same as `ovs-vsctl add-port BRIDGE NAME -- set interface NAME type=vxlan options:remote_ip=… options:key=…`.
/// A tunnel that is there with just these properties is no change; [`SetVxlan`](super::SetVxlan) changes one,
/// and [`DelPort`](super::DelPort) deletes it. Rows that are made carry `external_ids:ahv-net-owner=ahv-net`.
///
/// # Examples
/// ```
/// use ahv_net::edit::{AddVxlan, TunnelEnd};
///
/// let intent = AddVxlan::new("br0", "vx7", "192.0.2.7".parse()?).key(7.try_into()?).dst_port(4789);
/// let by_flow = AddVxlan::new("br0", "vxflow", TunnelEnd::Flow).key("flow".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddVxlan {
    /// The bridge.
    pub bridge: String,
    /// Name of the port, at most 15 bytes.
    pub name: String,
    /// Option `remote_ip`: the other host, or `flow`.
    pub remote_ip: TunnelEnd,
    /// Option `key`: the VXLAN network, or `flow`; none is network 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<TunnelKey>,
    /// Option `local_ip`: this host's address, or `flow`; none is left to routing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_ip: Option<TunnelEnd>,
    /// Option `dst_port`: the UDP port; none is 4789.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dst_port: Option<u16>,
    /// Its VLANs; none named is all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<VlanSetting>,
}

impl AddVxlan {
    /// A tunnel of network 0 to that host.
    #[must_use]
    pub fn new(bridge: impl Into<String>, name: impl Into<String>, remote_ip: TunnelEnd) -> Self {
        Self {
            bridge: bridge.into(),
            name: name.into(),
            remote_ip,
            key: None,
            local_ip: None,
            dst_port: None,
            vlan: None,
        }
    }

    /// The VXLAN network.
    #[must_use]
    pub fn key(mut self, key: TunnelKey) -> Self {
        self.key = Some(key);
        self
    }

    /// This host's address.
    #[must_use]
    pub fn local_ip(mut self, ip: TunnelEnd) -> Self {
        self.local_ip = Some(ip);
        self
    }

    /// The UDP port, which is not 0.
    #[must_use]
    pub fn dst_port(mut self, port: u16) -> Self {
        self.dst_port = Some(port);
        self
    }

    /// Its VLANs.
    #[must_use]
    pub fn vlan(mut self, vlan: VlanSetting) -> Self {
        self.vlan = Some(vlan);
        self
    }
}

impl Edit for AddVxlan {
    fn title(&self) -> String {
        let mut title = format!(
            "add_vxlan {} {} --remote-ip {}",
            self.bridge, self.name, self.remote_ip
        );
        for (option, value) in options_of(
            None,
            self.key.map(Some),
            self.local_ip.map(Some),
            self.dst_port.map(Some),
        ) {
            title.push_str(&format!(" --{} {}", option.replace('_', "-"), said(value)));
        }
        title
    }

    fn edit(&self, draft: &mut Draft<'_>) -> Result<(), PlanError> {
        let options = options_of(
            Some(self.remote_ip),
            self.key.map(Some),
            self.local_ip.map(Some),
            self.dst_port.map(Some),
        );
        let rows = draft.rows()?;
        let bridge = rows.bridge(&self.bridge)?;
        let port = match rows.find(Port::NAME, &self.name)? {
            None => {
                let (port, interface) = rows.add_port(bridge, &self.name, "vxlan")?;
                for (option, value) in options {
                    if let Some(value) = value {
                        rows.put(interface, Interface::OPTIONS, option, &value)?;
                    }
                }
                expect_only_one(rows, interface)?;
                port
            }
            Some(port) if rows.bridge_of(port)? == Some(bridge) => {
                let interface = rows.interface_of(port)?;
                let type_ = rows.get(interface, Interface::TYPE)?;
                let found = rows.texts(interface, Interface::OPTIONS)?;
                let wanted = options
                    .into_iter()
                    .filter_map(|(option, value)| Some((option.to_owned(), value?)))
                    .collect();
                if *type_ != *"vxlan" || found != wanted {
                    let found: Vec<String> = found
                        .iter()
                        .map(|(option, value)| format!("{option}={value}"))
                        .collect();
                    let with = match found.is_empty() {
                        true => String::new(),
                        false => format!(" with {}", found.join(" ")),
                    };
                    let instead = match &*type_ {
                        "vxlan" => "set_vxlan changes a tunnel",
                        _ => "delete it first, or take another name",
                    };
                    return Err(PlanError::refused(format!(
                        "port {} is on {} already, {}{with}: {instead}",
                        self.name,
                        self.bridge,
                        kind(&type_),
                    )));
                }
                port
            }
            Some(_) => return rows.expect_free(&self.name),
        };
        match &self.vlan {
            Some(vlan) => vlan.edit(draft, port),
            None => Ok(()),
        }
    }
}
