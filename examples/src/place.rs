use ahv_net::edit::Connection;
use clap::Args;

/// What a guest's NIC is plugged into: a libvirt network, or a bridge of the host.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// A libvirt network.
    #[arg(long, value_name = "NETWORK", required_unless_present = "bridge")]
    network: Option<String>,
    /// A portgroup of that network.
    #[arg(long, value_name = "PORTGROUP", requires = "network")]
    portgroup: Option<String>,
    /// A bridge of the host.
    #[arg(long, value_name = "BRIDGE", conflicts_with_all = ["network", "portgroup"])]
    bridge: Option<String>,
}

impl Place {
    /// As an intent names it.
    #[must_use]
    pub fn connection(self) -> Connection {
        match (self.bridge, self.network) {
            (Some(bridge), _) => Connection::Bridge(bridge),
            (None, network) => Connection::Network {
                // The command line has one of them.
                name: network.unwrap_or_default(),
                portgroup: self.portgroup,
            },
        }
    }
}
