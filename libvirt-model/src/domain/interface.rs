//! The view of one `<interface>`.

use crate::record::{part_accessors, read_attribute};
use crate::vocab::{MacAddr, YesNo, open_enum};
use crate::xml::{Document, Element, Error};

use super::{
    Acpi, Address, Alias, Backend, BackendDomain, Bandwidth, Boot, Coalesce, Driver, FilterRef, GuestTarget,
    InterfaceIp, InterfaceRoute, Link, Mac, Model, Mtu, PortForward, PortOptions, Rom, Script, Source,
    Target, Teaming, Tune, VirtualPort, Vlan,
};

/// An `<interface>` of a domain, read on demand.
///
/// An accessor returns an error, with its place in the text, only when the part that it reads makes no sense.
#[derive(Debug, Clone, Copy)]
pub struct Interface<'d> {
    element: Element<'d>,
}

open_enum! {
    /// The types of an interface.
    InterfaceType {
        /// A host bridge, Linux or Open vSwitch.
        Bridge = "bridge",
        /// A libvirt network.
        Network = "network",
        /// User-mode networking.
        User = "user",
        /// A tap that something else connects.
        Ethernet = "ethernet",
        /// A passed-through PCI or USB device.
        Hostdev = "hostdev",
        /// A vhost-user socket, as of DPDK.
        Vhostuser = "vhostuser",
        /// A TCP socket that listens.
        Server = "server",
        /// A TCP socket that connects.
        Client = "client",
        /// macvtap on a host device.
        Direct = "direct",
        /// A vDPA device.
        Vdpa = "vdpa",
        /// A UDP tunnel.
        Udp = "udp",
        /// A multicast group.
        Mcast = "mcast",
        /// A VMware distributed switch.
        Vds = "vds",
        /// A VMware NIC without a network.
        Null = "null",
        /// A VirtualBox internal network.
        Internal = "internal",
    }
}

impl<'d> Interface<'d> {
    pub(super) fn new(element: Element<'d>) -> Self {
        Self { element }
    }

    /// The interface that `document`, a device fragment, holds.
    ///
    /// # Errors
    /// [`ErrorKind::WrongElement`](crate::xml::ErrorKind::WrongElement) when it is of something else.
    pub fn of(document: &'d Document) -> Result<Self, Error> {
        let root = document.root();
        if root.name() == "interface" {
            Ok(Self { element: root })
        } else {
            Err(crate::identity::wrong_element(root, "interface"))
        }
    }

    /// The element itself, for what no accessor covers.
    #[must_use]
    pub fn element(&self) -> Element<'d> {
        self.element
    }

    /// What the NIC is connected to by.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`](crate::xml::ErrorKind::Missing) without the attribute.
    pub fn type_(&self) -> Result<InterfaceType, Error> {
        read_attribute(self.element, "type")?
            .ok_or_else(|| Error::missing(self.element, "the attribute `type`"))
    }

    /// The address of `<mac>`; libvirt makes one up on define.
    ///
    /// # Errors
    /// When it is no MAC address.
    pub fn mac_address(&self) -> Result<Option<MacAddr>, Error> {
        Ok(self.mac()?.map(|mac| mac.address))
    }

    /// For `hostdev`: whether libvirt detaches the device from the host.
    ///
    /// # Errors
    /// When it is neither `yes` nor `no`.
    pub fn managed(&self) -> Result<Option<YesNo>, Error> {
        read_attribute(self.element, "managed")
    }

    /// Whether the host follows the guest's receive filters.
    ///
    /// # Errors
    /// When it is neither `yes` nor `no`.
    pub fn trust_guest_rx_filters(&self) -> Result<Option<YesNo>, Error> {
        read_attribute(self.element, "trustGuestRxFilters")
    }

    /// `<actual>` of libvirt's status files: the interface as it really is, when its type is `network`.
    #[must_use]
    pub fn actual(&self) -> Option<Self> {
        self.element.child("actual").map(Self::new)
    }
}

/// Hands the list of an interface's parts, in the order in which libvirt writes them, to a macro.
macro_rules! interface_parts {
    ($use_parts:ident) => {
        $use_parts! {
                    /// `<mac>`.
                    mac: Option<Mac> = "mac",
                    /// `<source>`.
                    source: Option<Source> = "source",
                    /// `<vlan>`, of the interface itself; what the network adds is see `effective`.
                    vlan: Option<Vlan> = "vlan",
                    /// `<virtualport>`.
                    virtualport: Option<VirtualPort> = "virtualport",
                    /// `<bandwidth>`.
                    bandwidth: Option<Bandwidth> = "bandwidth",
                    /// Every `<ip>`.
                    ips: Vec<InterfaceIp> = "ip",
                    /// Every `<route>`.
                    routes: Vec<InterfaceRoute> = "route",
                    /// Every `<portForward>`.
                    port_forwards: Vec<PortForward> = "portForward",
                    /// `<script>`.
                    script: Option<Script> = "script",
                    /// `<downscript>`.
                    downscript: Option<Script> = "downscript",
                    /// `<backenddomain>`.
                    backenddomain: Option<BackendDomain> = "backenddomain",
                    /// `<target>`.
                    target: Option<Target> = "target",
                    /// `<guest>`.
                    guest: Option<GuestTarget> = "guest",
                    /// `<model>`.
                    model: Option<Model> = "model",
                    /// `<driver>`.
                    driver: Option<Driver> = "driver",
                    /// `<backend>`.
                    backend: Option<Backend> = "backend",
                    /// `<filterref>`.
                    filterref: Option<FilterRef> = "filterref",
                    /// `<boot>`.
                    boot: Option<Boot> = "boot",
                    /// `<tune>`.
                    tune: Option<Tune> = "tune",
                    /// `<link>`.
                    link: Option<Link> = "link",
                    /// `<mtu>`.
                    mtu: Option<Mtu> = "mtu",
                    /// `<coalesce>`.
                    coalesce: Option<Coalesce> = "coalesce",
                    /// `<port>`.
                    port: Option<PortOptions> = "port",
                    /// `<rom>`.
                    rom: Option<Rom> = "rom",
                    /// `<acpi>`.
                    acpi: Option<Acpi> = "acpi",
                    /// `<teaming>`.
                    teaming: Option<Teaming> = "teaming",
                    /// `<alias>`.
                    alias: Option<Alias> = "alias",
                    /// `<address>`.
                    address: Option<Address> = "address",
        }
    };
}

/// Declares the accessors of the parts.
macro_rules! accessors {
    ($($parts:tt)+) => { part_accessors!(Interface; $($parts)+); };
}

interface_parts!(accessors);

pub(super) use interface_parts;
