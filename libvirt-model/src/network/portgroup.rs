//! `<portgroup>`: a named class of connections to a network.

use crate::record::record;
use crate::vocab::YesNo;

use super::{Bandwidth, VirtualPort, Vlan};

record! {
    /// `<portgroup>`.
    PortGroup {
        attributes {
            /// The name that a domain's `<source portgroup>` uses.
            name: String = "name",
            /// Whether it holds for a NIC that names none.
            default: Option<YesNo> = "default",
            /// Whether the host follows the guest's receive filters.
            trust_guest_rx_filters: Option<YesNo> = "trustGuestRxFilters",
        }
        children {
            /// The virtual port.
            virtualport: Option<VirtualPort> = "virtualport",
            /// The rate limits.
            bandwidth: Option<Bandwidth> = "bandwidth",
            /// The VLANs.
            vlan: Option<Vlan> = "vlan",
        }
    }
}

impl PortGroup {
    /// A portgroup of this name, with nothing in it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            default: None,
            trust_guest_rx_filters: None,
            virtualport: None,
            bandwidth: None,
            vlan: None,
        }
    }

    /// Whether it holds for a NIC that names no portgroup.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.default == Some(YesNo::Yes)
    }
}
