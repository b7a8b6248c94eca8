use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a port is there for.
///
/// A role is given on evidence, never on the prefix of a name; what no evidence explains is
/// [`Role::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// To the physical network: a bond, or one bare NIC.
    Uplink,
    /// The host's own interface on the bridge.
    Host,
    /// The controller VM's NIC on an Open vSwitch bridge: its way to the cluster.
    CvmExternal,
    /// The controller VM's NIC on the Linux bridge that it shares with the host.
    CvmInternal,
    /// A NIC of any other domain.
    Guest,
    /// A VXLAN port of Nutanix's IP address management.
    Ipam,
    /// A patch port to another bridge of the same host, as in the chain br0.local, br.microseg, br.nf,
    /// br0 of later AHV versions.
    Chain,
    /// Where a mirror sends its copies.
    Mirror,
    /// A tunnel to another host.
    Tunnel,
    /// A representor: the host's end of a function of a NIC that switches by itself, which a guest has.
    Representor,
    /// libvirt's device that keeps a bridge's hardware address from changing.
    Placeholder,
    /// No evidence explains it; also a role that a later version gave.
    #[serde(other)]
    Unknown,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uplink => "uplink",
            Self::Host => "host",
            Self::CvmExternal => "CVM external",
            Self::CvmInternal => "CVM internal",
            Self::Guest => "guest",
            Self::Ipam => "IPAM",
            Self::Chain => "chain",
            Self::Mirror => "mirror output",
            Self::Tunnel => "tunnel",
            Self::Representor => "representor",
            Self::Placeholder => "placeholder",
            Self::Unknown => "unknown",
        })
    }
}

/// Why a port has its role, in one clause; for a reader, not for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RoleReason(pub String);

impl fmt::Display for RoleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
