//! `<backend>` and `<portForward>`: who moves the packets.

use std::net::IpAddr;

use crate::record::record;
use crate::vocab::YesNo;

record! {
    /// `<backend>`.
    #[derive(Default)]
    Backend {
        attributes {
            /// For type `user`: `passt`; the hypervisor's own when absent.
            type_: Option<String> = "type",
            /// The tap control device.
            tap: Option<String> = "tap",
            /// The vhost control device.
            vhost: Option<String> = "vhost",
            /// passt: the log.
            log_file: Option<String> = "logFile",
            /// passt: the host name it tells the guest.
            hostname: Option<String> = "hostname",
            /// passt: the domain name it tells the guest.
            fqdn: Option<String> = "fqdn",
        }
    }
}

record! {
    /// `<portForward>`: ports of the host that lead to a guest of type `user` with passt.
    PortForward {
        attributes {
            /// `tcp` or `udp`.
            proto: String = "proto",
            /// The host's address.
            address: Option<IpAddr> = "address",
            /// The host's device.
            dev: Option<String> = "dev",
        }
        children {
            /// The ports; all when there are none.
            ranges: Vec<PortForwardRange> = "range",
        }
    }
}

record! {
    /// `<range>` of a [`PortForward`].
    PortForwardRange {
        attributes {
            /// The first port.
            start: u16 = "start",
            /// The last port; `start` when absent.
            end: Option<u16> = "end",
            /// The guest's first port; `start` when absent.
            to: Option<u16> = "to",
            /// Whether the range is left out.
            exclude: Option<YesNo> = "exclude",
        }
    }
}
