//! `<ip>` and `<route>` of an interface: what the guest's end (or the host's, in `<source>`) is given.

use std::net::{IpAddr, Ipv4Addr};

use crate::record::record;

record! {
    /// `<ip>`.
    InterfaceIp {
        attributes {
            /// The address.
            address: IpAddr = "address",
            /// `ipv4` or `ipv6`; IPv4 when absent.
            family: Option<String> = "family",
            /// The prefix length.
            prefix: Option<u8> = "prefix",
            /// The other end of a point-to-point link.
            peer: Option<IpAddr> = "peer",
        }
    }
}

record! {
    /// `<route>`.
    InterfaceRoute {
        attributes {
            /// `ipv4` or `ipv6`; IPv4 when absent.
            family: Option<String> = "family",
            /// The destination network.
            address: IpAddr = "address",
            /// Its netmask; either this or `prefix`.
            netmask: Option<Ipv4Addr> = "netmask",
            /// Its prefix length; either this or `netmask`.
            prefix: Option<u8> = "prefix",
            /// The gateway.
            gateway: IpAddr = "gateway",
            /// The metric.
            metric: Option<u32> = "metric",
        }
    }
}
