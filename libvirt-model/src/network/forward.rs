//! `<forward>`: how a network reaches beyond the host.

use std::net::Ipv4Addr;

use crate::record::record;
use crate::vocab::{Hex, YesNo, open_enum};

record! {
    /// `<forward>`. A network without it is isolated.
    #[derive(Default)]
    Forward {
        attributes {
            /// The mode; `nat` when absent.
            mode: Option<ForwardMode> = "mode",
            /// The only device to forward through.
            dev: Option<String> = "dev",
            /// For `hostdev`: whether libvirt detaches the devices from the host.
            managed: Option<YesNo> = "managed",
        }
        children {
            /// What NAT does.
            nat: Option<Nat> = "nat",
            /// The pool of host interfaces, for the modes on top of macvtap.
            interfaces: Vec<ForwardInterface> = "interface",
            /// The pool of PCI devices, for `hostdev`.
            addresses: Vec<ForwardAddress> = "address",
            /// The device whose virtual functions make the pool.
            pf: Option<PhysicalFunction> = "pf",
            /// The driver that the pool's devices are bound to.
            driver: Option<ForwardDriver> = "driver",
        }
    }
}

open_enum! {
    /// The modes of a `<forward>`.
    ForwardMode {
        /// Address translation.
        Nat = "nat",
        /// Routing.
        Route = "route",
        /// Routing without any firewall rule of libvirt.
        Open = "open",
        /// A bridge that someone else made: Linux or Open vSwitch.
        Bridge = "bridge",
        /// One host interface for one guest.
        Passthrough = "passthrough",
        /// Guests of one host interface do not reach each other.
        Private = "private",
        /// All traffic passes the external switch.
        Vepa = "vepa",
        /// PCI devices handed to guests.
        Hostdev = "hostdev",
    }
}

record! {
    /// `<nat>`.
    #[derive(Default)]
    Nat {
        attributes {
            /// Whether IPv6 is translated too.
            ipv6: Option<YesNo> = "ipv6",
        }
        children {
            /// The source addresses.
            address: Option<AddressRange> = "address",
            /// The source ports.
            port: Option<PortRange> = "port",
        }
    }
}

record! {
    /// A range of addresses, both ends in it.
    AddressRange {
        attributes {
            /// The first.
            start: Ipv4Addr = "start",
            /// The last.
            end: Ipv4Addr = "end",
        }
    }
}

record! {
    /// A range of ports, both ends in it.
    PortRange {
        attributes {
            /// The first.
            start: u16 = "start",
            /// The last.
            end: u16 = "end",
        }
    }
}

record! {
    /// `<interface>` of a [`Forward`].
    ForwardInterface {
        attributes {
            /// The host interface.
            dev: String = "dev",
            /// How many guests use it; written by libvirt.
            connections: Option<u32> = "connections",
        }
    }
}

record! {
    /// `<address type='pci'>` of a [`Forward`].
    ForwardAddress {
        attributes {
            /// `pci`.
            type_: Option<String> = "type",
            /// The PCI domain.
            domain: Option<Hex<4>> = "domain",
            /// The PCI bus.
            bus: Option<Hex<2>> = "bus",
            /// The PCI slot.
            slot: Option<Hex<2>> = "slot",
            /// The PCI function.
            function: Option<Hex<1>> = "function",
            /// How many guests use it; written by libvirt.
            connections: Option<u32> = "connections",
        }
    }
}

record! {
    /// `<pf>` of a [`Forward`].
    PhysicalFunction {
        attributes {
            /// The host interface.
            dev: String = "dev",
        }
    }
}

record! {
    /// `<driver>` of a [`Forward`].
    #[derive(Default)]
    ForwardDriver {
        attributes {
            /// `vfio` or `kvm`.
            name: Option<String> = "name",
            /// A kernel module of the vendor's.
            model: Option<String> = "model",
        }
    }
}
