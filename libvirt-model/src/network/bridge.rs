//! `<bridge>` of a network.

use crate::record::record;
use crate::vocab::{OnOff, open_enum};

record! {
    /// `<bridge>`: the host's bridge behind a network.
    #[derive(Default)]
    Bridge {
        attributes {
            /// Its name. Libvirt chooses `virbrN` for its own networks when it is absent.
            name: Option<String> = "name",
            /// The firewalld zone.
            zone: Option<String> = "zone",
            /// Whether the spanning tree protocol runs.
            stp: Option<OnOff> = "stp",
            /// The forward delay in seconds.
            delay: Option<u64> = "delay",
            /// Who manages the forwarding database.
            mac_table_manager: Option<MacTableManager> = "macTableManager",
        }
    }
}

open_enum! {
    /// Who manages the forwarding database of a Linux bridge.
    MacTableManager {
        /// The kernel, by learning.
        Kernel = "kernel",
        /// Libvirt, from the MAC addresses of the guests.
        Libvirt = "libvirt",
    }
}
