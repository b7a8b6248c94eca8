use std::fmt;
use std::net::IpAddr;

use libvirt_model::vocab::MacAddr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network device of the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Link {
    /// Its name.
    pub name: String,
    /// The kernel's number for it.
    pub index: u32,
    /// Driver kind (`IFLA_INFO_KIND`): `bridge`, `tun`, `vlan`, `veth`, `openvswitch`, …; `None` for
    /// a device without one, which a physical NIC is.
    pub kind: Option<String>,
    /// Whether this is the loopback device.
    pub loopback: bool,
    /// Its hardware address; `None` where it has none.
    pub mac: Option<MacAddr>,
    /// Its largest packet, in bytes.
    pub mtu_bytes: Option<u32>,
    /// Whether it was switched on (`IFF_UP`); `None` where the source does not say.
    pub admin_up: Option<bool>,
    /// Whether it has carrier (`IFF_LOWER_UP`); `None` where the source does not say.
    pub link_up: Option<bool>,
    /// Name of the bridge or bond that it is a member of.
    pub master: Option<String>,
    /// Name of the device below it, of a VLAN device.
    pub parent: Option<String>,
    /// Name of the other end, of a veth whose other end is in the same network namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// VLAN of a VLAN device.
    pub vlan_id: Option<u16>,
    /// The kernel's name for the port of the NIC's own switch (`IFLA_PHYS_PORT_NAME`), such as `p0` of a wire and
    /// `pf0vf3` of a representor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phys_port_name: Option<String>,
    /// Whether a Linux bridge runs the spanning tree protocol.
    pub stp: Option<bool>,
    /// Its addresses.
    pub addresses: Vec<Address>,
}

impl Link {
    /// A link of which no more than the name is known.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            index: 0,
            kind: None,
            loopback: name == "lo",
            mac: None,
            mtu_bytes: None,
            admin_up: None,
            link_up: None,
            master: None,
            parent: None,
            peer: None,
            vlan_id: None,
            phys_port_name: None,
            stp: None,
            addresses: Vec::new(),
        }
    }
}

/// An address of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Length of the network's prefix, in bits.
    pub prefix_len: u8,
}

impl Address {
    /// An address within a network of this prefix length.
    pub fn new(ip: IpAddr, prefix_len: u8) -> Self {
        Self { ip, prefix_len }
    }

    /// Whether it holds on its own link only: 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291).
    pub fn is_link_local(&self) -> bool {
        match self.ip {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        }
    }

    /// Whether `ip` is of the network that this address lies in.
    pub fn network_contains(&self, ip: IpAddr) -> bool {
        fn prefix(ip: IpAddr, len: u8) -> Option<u128> {
            let (bits, width) = match ip {
                IpAddr::V4(ip) => (u128::from(ip.to_bits()), 32u32),
                IpAddr::V6(ip) => (ip.to_bits(), 128u32),
            };
            let shift = width.checked_sub(u32::from(len))?;
            Some(bits.checked_shr(shift).unwrap_or(0))
        }
        self.ip.is_ipv4() == ip.is_ipv4()
            && prefix(self.ip, self.prefix_len).is_some_and(|ours| prefix(ip, self.prefix_len) == Some(ours))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.prefix_len)
    }
}

/// A route of the kernel's main table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Route {
    /// Where to, `10.59.30.0/23`; `None` is the default route.
    pub destination: Option<Address>,
    /// Whether it is of IPv6, which the default route's destination does not tell.
    pub ipv6: bool,
    /// By way of which router; `None` where the network is on the link.
    pub gateway: Option<IpAddr>,
    /// Out of which link.
    pub interface: Option<String>,
    /// Its priority; the lowest is taken first.
    pub metric: Option<u32>,
    /// The kernel's word for what sets it apart from a unicast route, such as `blackhole`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub type_: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_own_addresses_and_no_others() {
        let host = Address::new("192.168.5.1".parse().unwrap(), 24);
        assert!(host.network_contains("192.168.5.254".parse().unwrap()));
        assert!(!host.network_contains("192.168.6.1".parse().unwrap()));
        assert!(!host.network_contains("fe80::1".parse().unwrap()));
        let everything = Address::new("0.0.0.0".parse().unwrap(), 0);
        assert!(everything.network_contains("203.0.113.9".parse().unwrap()));
        let nonsense = Address::new("10.0.0.1".parse().unwrap(), 64);
        assert!(!nonsense.network_contains("10.0.0.1".parse().unwrap()));
    }
}
