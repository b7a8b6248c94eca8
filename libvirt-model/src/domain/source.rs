//! `<source>` of an interface.

use std::net::IpAddr;

use crate::record::record;
use crate::vocab::{Hex, YesNo};

use super::{InterfaceIp, InterfaceRoute};

record! {
    /// `<source>`: what a NIC is connected to. Which fields count depends on the interface's type.
    #[derive(Default)]
    Source {
        attributes {
            /// `bridge`: the host's bridge. Also the bridge behind a running NIC of type `network`.
            bridge: Option<String> = "bridge",
            /// `network`: the libvirt network.
            network: Option<String> = "network",
            /// `network`: its portgroup.
            portgroup: Option<String> = "portgroup",
            /// `network`: the network port (a UUID) of a running NIC; `vds`: the port on the switch (a number).
            portid: Option<String> = "portid",
            /// `direct`, `vdpa`, `user` (passt): the host's device.
            dev: Option<String> = "dev",
            /// `direct`: the macvtap mode; `vhostuser`: `client` or `server`.
            mode: Option<String> = "mode",
            /// `vhostuser`: `unix`.
            type_: Option<String> = "type",
            /// `vhostuser`: the socket.
            path: Option<String> = "path",
            /// `internal`: the name.
            name: Option<String> = "name",
            /// `server`, `client`, `mcast`, `udp`: the address.
            address: Option<IpAddr> = "address",
            /// `server`, `client`, `mcast`, `udp`: the port.
            port: Option<u16> = "port",
            /// `hostdev`: whether the device may be missing.
            missing: Option<YesNo> = "missing",
            /// `vds`: the switch.
            switchid: Option<String> = "switchid",
            /// `vds`: the portgroup.
            portgroupid: Option<String> = "portgroupid",
            /// `vds`: the connection.
            connectionid: Option<i64> = "connectionid",
        }
        children {
            /// `udp`: the local end.
            local: Option<SourceEndpoint> = "local",
            /// `vhostuser` as a client: how it reconnects.
            reconnect: Option<SourceReconnect> = "reconnect",
            /// `hostdev`: the device.
            device: Option<SourceAddress> = "address",
            /// `hostdev`: the USB vendor.
            vendor: Option<UsbId> = "vendor",
            /// `hostdev`: the USB product.
            product: Option<UsbId> = "product",
            /// `ethernet`: addresses of the host's end.
            ips: Vec<InterfaceIp> = "ip",
            /// `ethernet`: routes of the host's end.
            routes: Vec<InterfaceRoute> = "route",
        }
    }
}

record! {
    /// `<local>` of a `udp` [`Source`].
    SourceEndpoint {
        attributes {
            /// The address.
            address: Option<IpAddr> = "address",
            /// The port.
            port: Option<u16> = "port",
        }
    }
}

record! {
    /// `<reconnect>` of a `vhostuser` [`Source`].
    SourceReconnect {
        attributes {
            /// Whether it reconnects.
            enabled: YesNo = "enabled",
            /// After how many seconds.
            timeout: Option<u32> = "timeout",
        }
    }
}

record! {
    /// `<address>` of a `hostdev` [`Source`]: the host's PCI or USB device.
    #[derive(Default)]
    SourceAddress {
        attributes {
            /// `pci` or `usb`.
            type_: Option<String> = "type",
            /// The PCI domain.
            domain: Option<Hex<4>> = "domain",
            /// The PCI or USB bus.
            bus: Option<Hex<2>> = "bus",
            /// The PCI slot.
            slot: Option<Hex<2>> = "slot",
            /// The PCI function.
            function: Option<Hex<1>> = "function",
            /// The USB device.
            device: Option<Hex<1>> = "device",
        }
    }
}

record! {
    /// `<vendor>` or `<product>` of a USB device.
    UsbId {
        attributes {
            /// The number.
            id: Hex<4> = "id",
        }
    }
}

impl Source {
    /// The bridge of this name.
    #[must_use]
    pub fn bridge(name: impl Into<String>) -> Self {
        Self {
            bridge: Some(name.into()),
            ..Self::default()
        }
    }

    /// The libvirt network of this name, through `portgroup` if one is given.
    #[must_use]
    pub fn network(name: impl Into<String>, portgroup: Option<String>) -> Self {
        Self {
            network: Some(name.into()),
            portgroup,
            ..Self::default()
        }
    }
}
