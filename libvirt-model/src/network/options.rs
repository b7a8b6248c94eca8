//! Elements of one attribute or two.

use crate::record::record;
use crate::vocab::{MacAddr, YesNo};

record! {
    /// `<mtu>`.
    Mtu {
        attributes {
            /// The maximum transmission unit in bytes.
            size: u32 = "size",
        }
    }
}

record! {
    /// `<port>`: options of a bridge port.
    #[derive(Default)]
    PortOptions {
        attributes {
            /// Whether the port reaches no other isolated port.
            isolated: Option<YesNo> = "isolated",
        }
    }
}

record! {
    /// `<domain>` of a network: the DNS domain of its guests.
    NetworkDomain {
        attributes {
            /// The domain.
            name: String = "name",
            /// Whether its names are never forwarded.
            local_only: Option<YesNo> = "localOnly",
            /// Whether it is registered with the host's resolver.
            register: Option<YesNo> = "register",
        }
    }
}

record! {
    /// `<mac>` of a network: the address of its bridge.
    NetworkMac {
        attributes {
            /// The address.
            address: MacAddr = "address",
        }
    }
}

impl Mtu {
    /// Of this many bytes.
    #[must_use]
    pub fn new(bytes: u32) -> Self {
        Self { size: bytes }
    }
}
