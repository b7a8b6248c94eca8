//! Changing an interface in its document, and writing a new one.

use crate::record::{Parts, part_setters};
use crate::vocab::{Scalar, YesNo};
use crate::xml::{Document, Edit, Element, Error, Fragment};

use super::interface::interface_parts;
use super::{
    Acpi, Address, Alias, Backend, BackendDomain, Bandwidth, Boot, Coalesce, Driver, FilterRef, GuestTarget,
    Interface, InterfaceIp, InterfaceRoute, InterfaceType, Link, Mac, Model, Mtu, PortForward, PortOptions,
    Rom, Script, Source, Target, Teaming, Tune, VirtualPort, Vlan,
};

/// Changes one interface as part of an [`Edit`]; see [`Interface::edit`].
///
/// A setter that is not called keeps its part as it is; `None` (or an empty list) removes it. Within a part that is changed,
/// only what differs is touched, and whatever it holds beside is kept.
#[derive(Debug)]
pub struct InterfaceEdit<'e, 'd> {
    edit: &'e mut Edit<'d>,
    element: Element<'d>,
}

/// Writes a new interface.
///
/// # Examples
/// ```
/// use libvirt_model::domain::{InterfaceBuilder, Mac, Model, Source, VirtualPort, Vlan};
/// use libvirt_model::vocab::VlanId;
///
/// let nic = InterfaceBuilder::bridge("br0")
///     .mac(Mac::new("52:54:00:00:00:01".parse()?))
///     .virtualport(VirtualPort::openvswitch(None))
///     .vlan(Vlan::access(VlanId::new(32)?))
///     .model(Model::virtio())
///     .build();
/// assert_eq!(
///     nic.to_string(),
///     "<interface type='bridge'>\n  <mac address='52:54:00:00:00:01'/>\n  <source bridge='br0'/>\n  \
///      <vlan>\n    <tag id='32'/>\n  </vlan>\n  <virtualport type='openvswitch'/>\n  <model type='virtio'/>\n</interface>"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct InterfaceBuilder {
    parts: Parts,
}

/// Declares the order of the parts, and a setter of the editor and one of the builder for each.
macro_rules! setters {
    ($($(#[$meta:meta])* $part:ident: $type:ty = $name:literal,)+) => {
        /// The names of the parts, in the order in which libvirt writes them.
        pub(crate) const ORDER: &[&str] = &[$($name),+];

        part_setters!(InterfaceEdit, InterfaceBuilder; $($(#[$meta])* $part: $type = $name,)+);
    };
}

interface_parts!(setters);

impl InterfaceEdit<'_, '_> {
    /// What the NIC is connected to by. The `<source>` has to fit: set it too.
    pub fn type_(&mut self, type_: &InterfaceType) -> &mut Self {
        self.edit.set_attribute(self.element, "type", type_.as_str());
        self
    }

    /// Whether the host follows the guest's receive filters.
    pub fn trust_guest_rx_filters(&mut self, trust: Option<YesNo>) -> &mut Self {
        match trust {
            Some(trust) => self
                .edit
                .set_attribute(self.element, "trustGuestRxFilters", &trust.print()),
            None => self.edit.remove_attribute(self.element, "trustGuestRxFilters"),
        };
        self
    }
}

impl<'d> Interface<'d> {
    /// Changes this interface as part of `edit`.
    ///
    /// # Examples
    /// ```
    /// use libvirt_model::domain::{Domain, Vlan};
    /// use libvirt_model::vocab::VlanId;
    /// use libvirt_model::xml::Document;
    ///
    /// let document = Document::parse(
    ///     "<domain><name>web</name><devices><interface type='bridge'><vlan><tag id='32'/></vlan></interface></devices></domain>",
    /// )?;
    /// let nic = Domain::of(&document)?.interfaces().next().unwrap();
    /// let mut edit = document.edit();
    /// nic.edit(&mut edit).vlan(Vlan::access(VlanId::new(33)?));
    /// assert_eq!(edit.finish()?.as_str(), document.as_str().replace("id='32'", "id='33'"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn edit<'e>(&self, edit: &'e mut Edit<'d>) -> InterfaceEdit<'e, 'd> {
        InterfaceEdit {
            edit,
            element: self.element(),
        }
    }
}

impl InterfaceBuilder {
    /// An interface of this type, which connects to `source`.
    pub fn new(type_: &InterfaceType, source: Option<Source>) -> Self {
        let fragment = Fragment::new("interface").attribute("type", type_.as_str());
        Self {
            parts: Parts::of(fragment, ORDER),
        }
        .source(source)
    }

    /// An interface on a host bridge.
    pub fn bridge(bridge: impl Into<String>) -> Self {
        Self::new(&InterfaceType::Bridge, Some(Source::bridge(bridge)))
    }

    /// An interface on a libvirt network, through `portgroup` if one is given.
    pub fn network(network: impl Into<String>, portgroup: Option<String>) -> Self {
        Self::new(&InterfaceType::Network, Some(Source::network(network, portgroup)))
    }
}
