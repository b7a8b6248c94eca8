//! The view of a network document.

use std::borrow::Cow;

use uuid::Uuid;

use crate::record::{ChildField, read_attribute, read_text};
use crate::vocab::YesNo;
use crate::xml::{Document, Element, Error, ErrorKind};

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
    /// [`ErrorKind::WrongElement`] when the document is of something else.
    pub fn of(document: &'d Document) -> Result<Self, Error> {
        let root = document.root();
        let element = match root.name() {
            "network" => Some(root),
            "networkstatus" => root.child("network"),
            _ => None,
        };
        element
            .map(|element| Self { element })
            .ok_or_else(|| wrong_element(root, "network"))
    }

    /// The element itself, for what no accessor covers.
    #[must_use]
    pub fn element(&self) -> Element<'d> {
        self.element
    }

    /// The name.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`] without one.
    pub fn name(&self) -> Result<Cow<'d, str>, Error> {
        required_name(self.element)
    }

    /// The UUID; libvirt gives one on define.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] when it is no UUID.
    pub fn uuid(&self) -> Result<Option<Uuid>, Error> {
        self.element.child("uuid").map(read_text).transpose()
    }

    /// The title, for people.
    #[must_use]
    pub fn title(&self) -> Option<Cow<'d, str>> {
        self.element.child("title").map(|title| title.text())
    }

    /// The description, for people.
    #[must_use]
    pub fn description(&self) -> Option<Cow<'d, str>> {
        self.element
            .child("description")
            .map(|description| description.text())
    }

    /// `<metadata>`, whose content belongs to applications.
    #[must_use]
    pub fn metadata(&self) -> Option<Element<'d>> {
        self.element.child("metadata")
    }

    /// How many guests are connected; libvirt writes it for a running network.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] when it is no number.
    pub fn connections(&self) -> Result<Option<u32>, Error> {
        read_attribute(self.element, "connections")
    }

    /// Whether guests reach each other by IPv6 without an address of the network's.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] when it is neither `yes` nor `no`.
    pub fn ipv6(&self) -> Result<Option<YesNo>, Error> {
        read_attribute(self.element, "ipv6")
    }

    /// Whether the host follows the guests' receive filters.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] when it is neither `yes` nor `no`.
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

/// Declares accessors that read one part of the document each.
macro_rules! accessors {
    ($($(#[$meta:meta])* $accessor:ident: $type:ty = $name:literal,)+) => {
        impl Network<'_> {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// When a value in it makes no sense; the error says where.
                pub fn $accessor(&self) -> Result<$type, Error> {
                    <$type as ChildField>::read(self.element, $name)
                }
            )+
        }
    };
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

pub(crate) fn wrong_element(found: Element<'_>, expected: &str) -> Error {
    let kind = ErrorKind::WrongElement {
        expected: expected.to_owned(),
        found: found.qualified_name().to_owned(),
    };
    Error::in_document(kind, found.document(), found.span().start)
}

pub(crate) fn required_name(element: Element<'_>) -> Result<Cow<'_, str>, Error> {
    let name = element
        .child("name")
        .ok_or_else(|| Error::missing(element, "a <name>"))?
        .text();
    if name.trim().is_empty() {
        Err(Error::missing(element, "a name in its <name>"))
    } else {
        Ok(name)
    }
}
