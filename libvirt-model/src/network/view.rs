//! The view of a network document.

use std::borrow::Cow;

use uuid::Uuid;

use crate::identity;
use crate::record::{part_accessors, read_attribute};
use crate::vocab::YesNo;
use crate::xml::{Document, Element, Error};

use super::{
    Bandwidth, Bridge, Dns, Forward, Ip, Mtu, NetworkDomain, NetworkMac, PortGroup, PortOptions, Route,
    VirtualPort, Vlan,
};

/// A `<network>` document, read on demand.
///
/// An accessor returns an error, with its place in the text, only when the part that it reads makes no sense; the rest of
/// the document stays readable.
///
/// # Examples
/// ```
/// use libvirt_model::network::{ForwardMode, Network};
/// use libvirt_model::xml::Document;
///
/// let document = Document::parse(
///     "<network><name>VM-Network</name><forward mode='bridge'/><bridge name='br0'/>
///      <virtualport type='openvswitch'/></network>",
/// )?;
/// let network = Network::of(&document)?;
/// assert_eq!(network.name()?, "VM-Network");
/// assert_eq!(network.bridge()?.unwrap().name.as_deref(), Some("br0"));
/// assert!(network.virtualport()?.unwrap().is_openvswitch());
/// # Ok::<(), libvirt_model::xml::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Network<'d> {
    element: Element<'d>,
}

impl<'d> Network<'d> {
    /// The network that `document` holds. The root may be libvirt's status wrapper, `<networkstatus>`.
    ///
    /// # Errors
    /// [`ErrorKind::WrongElement`](crate::xml::ErrorKind::WrongElement) when the document is of something else.
    pub fn of(document: &'d Document) -> Result<Self, Error> {
        let element = identity::root_of(document, "network", "networkstatus")?;
        Ok(Self { element })
    }

    /// The element itself, for what no accessor covers.
    #[must_use]
    pub fn element(&self) -> Element<'d> {
        self.element
    }

    /// The name.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`](crate::xml::ErrorKind::Missing) without one.
    pub fn name(&self) -> Result<Cow<'d, str>, Error> {
        identity::name(self.element)
    }

    /// The UUID; libvirt gives one on define.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::xml::ErrorKind::Value) when it is no UUID.
    pub fn uuid(&self) -> Result<Option<Uuid>, Error> {
        identity::uuid(self.element)
    }

    /// The title, for people.
    #[must_use]
    pub fn title(&self) -> Option<Cow<'d, str>> {
        identity::text(self.element, "title")
    }

    /// The description, for people.
    #[must_use]
    pub fn description(&self) -> Option<Cow<'d, str>> {
        identity::text(self.element, "description")
    }

    /// `<metadata>`, whose content belongs to applications.
    #[must_use]
    pub fn metadata(&self) -> Option<Element<'d>> {
        self.element.child("metadata")
    }

    /// How many guests are connected; libvirt writes it for a running network.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::xml::ErrorKind::Value) when it is no number.
    pub fn connections(&self) -> Result<Option<u32>, Error> {
        read_attribute(self.element, "connections")
    }

    /// Whether guests reach each other by IPv6 without an address of the network's.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::xml::ErrorKind::Value) when it is neither `yes` nor `no`.
    pub fn ipv6(&self) -> Result<Option<YesNo>, Error> {
        read_attribute(self.element, "ipv6")
    }

    /// Whether the host follows the guests' receive filters.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::xml::ErrorKind::Value) when it is neither `yes` nor `no`.
    pub fn trust_guest_rx_filters(&self) -> Result<Option<YesNo>, Error> {
        read_attribute(self.element, "trustGuestRxFilters")
    }
}

/// Hands the list of a network's parts, in the order in which libvirt writes them, to a macro.
macro_rules! network_parts {
    ($use_parts:ident) => {
        $use_parts! {
            /// `<forward>`; absent for an isolated network.
            forward: Option<Forward> = "forward",
            /// `<bridge>`.
            bridge: Option<Bridge> = "bridge",
            /// `<mtu>`.
            mtu: Option<Mtu> = "mtu",
            /// `<mac>`.
            mac: Option<NetworkMac> = "mac",
            /// `<domain>`.
            domain: Option<NetworkDomain> = "domain",
            /// `<dns>`.
            dns: Option<Dns> = "dns",
            /// `<vlan>`, for every NIC that neither has its own nor one from its portgroup.
            vlan: Option<Vlan> = "vlan",
            /// `<bandwidth>`, of the network as a whole.
            bandwidth: Option<Bandwidth> = "bandwidth",
            /// `<port>`.
            port: Option<PortOptions> = "port",
            /// Every `<ip>`.
            ips: Vec<Ip> = "ip",
            /// Every `<route>`.
            routes: Vec<Route> = "route",
            /// `<virtualport>`, for every NIC of the network.
            virtualport: Option<VirtualPort> = "virtualport",
            /// Every `<portgroup>`.
            portgroups: Vec<PortGroup> = "portgroup",
        }
    };
}

/// Declares the accessors of the parts.
macro_rules! accessors {
    ($($parts:tt)+) => { part_accessors!(Network; $($parts)+); };
}

network_parts!(accessors);

pub(super) use network_parts;

impl Network<'_> {
    /// The portgroup that holds for a NIC that asks for `name`, or for none: then the one marked as the default.
    ///
    /// # Errors
    /// When a portgroup makes no sense.
    pub fn portgroup(&self, name: Option<&str>) -> Result<Option<PortGroup>, Error> {
        let mut groups = self.portgroups()?.into_iter();
        Ok(match name {
            Some(name) => groups.find(|group| group.name == name),
            None => groups.find(PortGroup::is_default),
        })
    }
}
