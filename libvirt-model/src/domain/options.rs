//! The smaller elements of an interface.

use crate::record::record;
use crate::vocab::{OnOff, YesNo, open_enum};

record! {
    /// `<model>`.
    Model {
        attributes {
            /// `virtio`, `e1000`, `rtl8139`, …
            type_: String = "type",
        }
    }
}

record! {
    /// `<link>`.
    Link {
        attributes {
            /// Whether the cable is plugged in, seen from the guest.
            state: LinkState = "state",
        }
    }
}

open_enum! {
    /// The state of a [`Link`].
    LinkState {
        /// Plugged in.
        Up = "up",
        /// Pulled out.
        Down = "down",
    }
}

record! {
    /// `<boot>`: the place of the device in the boot order.
    Boot {
        attributes {
            /// Its place, from 1.
            order: u32 = "order",
            /// How often it is tried.
            loadparm: Option<String> = "loadparm",
        }
    }
}

record! {
    /// `<rom>`.
    #[derive(Default)]
    Rom {
        attributes {
            /// Whether the ROM is visible in the guest's memory map.
            bar: Option<OnOff> = "bar",
            /// The file of the ROM.
            file: Option<String> = "file",
            /// Whether there is a ROM at all.
            enabled: Option<YesNo> = "enabled",
        }
    }
}

record! {
    /// `<acpi>` of a device.
    Acpi {
        attributes {
            /// The ACPI index, which names the device in the guest.
            index: u32 = "index",
        }
    }
}

record! {
    /// `<teaming>`: the pairing of a virtio NIC with a passed-through one.
    #[derive(Default)]
    Teaming {
        attributes {
            /// `persistent` (virtio) or `transient` (hostdev).
            type_: Option<String> = "type",
            /// The alias of the persistent NIC; on the transient one.
            persistent: Option<String> = "persistent",
        }
    }
}

record! {
    /// `<coalesce>`.
    #[derive(Default)]
    Coalesce {
        children {
            /// Of received packets.
            rx: Option<CoalesceRx> = "rx",
        }
    }
}

record! {
    /// `<rx>` of a [`Coalesce`].
    #[derive(Default)]
    CoalesceRx {
        children {
            /// By number of frames.
            frames: Option<CoalesceFrames> = "frames",
        }
    }
}

record! {
    /// `<frames>` of a [`CoalesceRx`].
    #[derive(Default)]
    CoalesceFrames {
        attributes {
            /// How many frames are waited for.
            max: Option<u32> = "max",
        }
    }
}

record! {
    /// `<tune>`.
    #[derive(Default)]
    Tune {
        children {
            /// The send buffer of the tap, in bytes; 0 is without a limit.
            sndbuf: Option<u64> = "sndbuf",
        }
    }
}

record! {
    /// `<script>` or `<downscript>`.
    Script {
        attributes {
            /// The program.
            path: String = "path",
        }
    }
}

record! {
    /// `<backenddomain>`: the Xen domain that serves the NIC.
    BackendDomain {
        attributes {
            /// Its name.
            name: String = "name",
        }
    }
}

impl Model {
    /// `virtio`.
    #[must_use]
    pub fn virtio() -> Self {
        Self {
            type_: "virtio".to_owned(),
        }
    }
}

impl Link {
    /// In this state.
    #[must_use]
    pub fn new(state: LinkState) -> Self {
        Self { state }
    }
}
