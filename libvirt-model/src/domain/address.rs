//! `<address>` and `<alias>`: where the guest finds the device, and what libvirt calls it.

use crate::record::record;
use crate::vocab::Hex;

record! {
    /// `<address>` of a device.
    #[derive(Default)]
    Address {
        attributes {
            /// `pci`, `ccw`, `virtio-mmio`, `usb`, `spapr-vio`, `unassigned`, …
            type_: Option<String> = "type",
            /// PCI: the domain.
            domain: Option<Hex<4>> = "domain",
            /// PCI, USB: the bus.
            bus: Option<Hex<2>> = "bus",
            /// PCI: the slot.
            slot: Option<Hex<2>> = "slot",
            /// PCI: the function.
            function: Option<Hex<1>> = "function",
            /// PCI: whether other functions share the slot.
            multifunction: Option<String> = "multifunction",
            /// CCW: the channel subsystem.
            cssid: Option<Hex<1>> = "cssid",
            /// CCW: the subchannel set.
            ssid: Option<Hex<1>> = "ssid",
            /// CCW: the device.
            devno: Option<Hex<4>> = "devno",
            /// spapr-vio: the register.
            reg: Option<Hex<1>> = "reg",
            /// USB: the port.
            port: Option<String> = "port",
        }
    }
}

record! {
    /// `<alias>`: libvirt's name for the device, such as `net0`, or one of yours that starts with `ua-`.
    Alias {
        attributes {
            /// The name.
            name: String = "name",
        }
    }
}
