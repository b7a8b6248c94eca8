//! `<dhcp>`: the DHCP server of a network's `<ip>`.

use std::net::IpAddr;

use crate::record::record;
use crate::vocab::MacAddr;

record! {
    /// `<dhcp>`.
    #[derive(Default)]
    Dhcp {
        children {
            /// The addresses that are handed out.
            ranges: Vec<DhcpRange> = "range",
            /// The reservations.
            hosts: Vec<DhcpHost> = "host",
            /// Network boot.
            bootp: Option<Bootp> = "bootp",
        }
    }
}

record! {
    /// `<range>`.
    DhcpRange {
        attributes {
            /// The first address.
            start: IpAddr = "start",
            /// The last address.
            end: IpAddr = "end",
        }
        children {
            /// How long an address is lent.
            lease: Option<Lease> = "lease",
        }
    }
}

record! {
    /// `<host>` of a `<dhcp>`: an address reserved for one client.
    DhcpHost {
        attributes {
            /// The client's MAC address (IPv4).
            mac: Option<MacAddr> = "mac",
            /// The client's DUID (IPv6).
            id: Option<String> = "id",
            /// The client's name.
            name: Option<String> = "name",
            /// The address.
            ip: IpAddr = "ip",
        }
        children {
            /// How long the address is lent.
            lease: Option<Lease> = "lease",
        }
    }
}

record! {
    /// `<lease>`.
    Lease {
        attributes {
            /// How long, in `unit`s; 0 is for ever.
            expiry: u64 = "expiry",
            /// `seconds`, `minutes` or `hours`; minutes when absent.
            unit: Option<String> = "unit",
        }
    }
}

record! {
    /// `<bootp>`.
    #[derive(Default)]
    Bootp {
        attributes {
            /// The boot image.
            file: Option<String> = "file",
            /// The server that has it, by address or name.
            server: Option<String> = "server",
        }
    }
}
