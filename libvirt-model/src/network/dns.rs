//! `<dns>`: the name server of a network.

use std::net::IpAddr;

use crate::record::record;
use crate::vocab::YesNo;

record! {
    /// `<dns>`.
    #[derive(Default)]
    Dns {
        attributes {
            /// Whether it runs at all.
            enable: Option<YesNo> = "enable",
            /// Whether names without a domain are forwarded.
            forward_plain_names: Option<YesNo> = "forwardPlainNames",
        }
        children {
            /// Where names are forwarded to.
            forwarders: Vec<DnsForwarder> = "forwarder",
            /// TXT records.
            txts: Vec<DnsTxt> = "txt",
            /// SRV records.
            srvs: Vec<DnsSrv> = "srv",
            /// Addresses with their names.
            hosts: Vec<DnsHost> = "host",
        }
    }
}

record! {
    /// `<forwarder>`.
    #[derive(Default)]
    DnsForwarder {
        attributes {
            /// The server.
            addr: Option<IpAddr> = "addr",
            /// The domain that goes there; all when absent.
            domain: Option<String> = "domain",
        }
    }
}

record! {
    /// `<txt>`.
    DnsTxt {
        attributes {
            /// The name.
            name: String = "name",
            /// Its value.
            value: Option<String> = "value",
        }
    }
}

record! {
    /// `<srv>`.
    DnsSrv {
        attributes {
            /// The service.
            service: String = "service",
            /// `tcp` or `udp`.
            protocol: String = "protocol",
            /// The domain.
            domain: Option<String> = "domain",
            /// The host that serves.
            target: Option<String> = "target",
            /// Its port.
            port: Option<u16> = "port",
            /// The priority.
            priority: Option<u16> = "priority",
            /// The weight.
            weight: Option<u16> = "weight",
        }
    }
}

record! {
    /// `<host>` of a `<dns>`.
    DnsHost {
        attributes {
            /// The address.
            ip: IpAddr = "ip",
        }
        children {
            /// Its names.
            hostnames: Vec<String> = "hostname",
        }
    }
}
