//! `<mac>`, `<target>` and `<guest>`: who the NIC is on either side.

use crate::record::record;
use crate::vocab::{MacAddr, YesNo, open_enum};

record! {
    /// `<mac>`.
    Mac {
        attributes {
            /// The address.
            address: MacAddr = "address",
            /// Whether the address was given or made up (VMware).
            type_: Option<MacType> = "type",
            /// Whether the hypervisor checks it (VMware).
            check: Option<YesNo> = "check",
        }
    }
}

open_enum! {
    /// Where a MAC address comes from.
    MacType {
        /// It was made up.
        Generated = "generated",
        /// It was given.
        Static = "static",
    }
}

record! {
    /// `<target>`: the host's end.
    #[derive(Default)]
    Target {
        attributes {
            /// The tap device. Libvirt drops names that it makes itself (`vnet*`, `macvtap*`, `macvlan*`) from persistent XML.
            dev: Option<String> = "dev",
            /// Whether libvirt makes and removes the device.
            managed: Option<YesNo> = "managed",
        }
    }
}

record! {
    /// `<guest>`: the guest's end, for containers.
    #[derive(Default)]
    GuestTarget {
        attributes {
            /// The name that was asked for.
            dev: Option<String> = "dev",
            /// The name that it got.
            actual: Option<String> = "actual",
        }
    }
}

impl Mac {
    /// This address.
    #[must_use]
    pub fn new(address: MacAddr) -> Self {
        Self {
            address,
            type_: None,
            check: None,
        }
    }
}

impl Target {
    /// The tap device of this name.
    #[must_use]
    pub fn dev(name: impl Into<String>) -> Self {
        Self {
            dev: Some(name.into()),
            managed: None,
        }
    }
}
