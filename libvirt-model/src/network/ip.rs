//! `<ip>` and `<route>` of a network; an interface's are alike.

use std::net::{IpAddr, Ipv4Addr};

use crate::record::record;
use crate::vocab::YesNo;

use super::Dhcp;

record! {
    /// `<ip>`: an address of the host on a network's bridge.
    #[derive(Default)]
    Ip {
        attributes {
            /// The address.
            address: Option<IpAddr> = "address",
            /// The netmask; either this or `prefix`.
            netmask: Option<Ipv4Addr> = "netmask",
            /// The prefix length; either this or `netmask`.
            prefix: Option<u8> = "prefix",
            /// `ipv4` or `ipv6`; IPv4 when absent.
            family: Option<String> = "family",
            /// Whether names under the network's addresses are answered here only.
            local_ptr: Option<YesNo> = "localPtr",
        }
        children {
            /// The TFTP server.
            tftp: Option<Tftp> = "tftp",
            /// The DHCP server.
            dhcp: Option<Dhcp> = "dhcp",
        }
    }
}

record! {
    /// `<tftp>`.
    #[derive(Default)]
    Tftp {
        attributes {
            /// The directory that is served.
            root: Option<String> = "root",
        }
    }
}

record! {
    /// `<route>`: a static route.
    Route {
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

impl Ip {
    /// The prefix length, from `prefix` or `netmask`; absent when neither is given or the netmask has a hole.
    #[must_use]
    pub fn prefix_length(&self) -> Option<u8> {
        prefix_length(self.prefix, self.netmask)
    }
}

impl Route {
    /// The prefix length, from `prefix` or `netmask`; absent when neither is given or the netmask has a hole.
    #[must_use]
    pub fn prefix_length(&self) -> Option<u8> {
        prefix_length(self.prefix, self.netmask)
    }
}

fn prefix_length(prefix: Option<u8>, netmask: Option<Ipv4Addr>) -> Option<u8> {
    if prefix.is_some() {
        return prefix;
    }
    let bits = u32::from(netmask?);
    let ones = bits.leading_ones();
    (bits.count_ones() == ones)
        .then(|| u8::try_from(ones).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_netmask_with_a_hole_has_no_prefix_length() {
        assert_eq!(
            prefix_length(None, Some(Ipv4Addr::new(255, 255, 254, 0))),
            Some(23)
        );
        assert_eq!(prefix_length(None, Some(Ipv4Addr::new(255, 0, 255, 0))), None);
        assert_eq!(prefix_length(None, Some(Ipv4Addr::UNSPECIFIED)), Some(0));
    }
}
