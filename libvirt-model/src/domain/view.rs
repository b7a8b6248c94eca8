//! The view of a domain document.

use std::borrow::Cow;

use uuid::Uuid;

use crate::identity;
use crate::record::{ChildField, read_attribute};
use crate::vocab::MacAddr;
use crate::xml::{Document, Element, Error};

use super::{Interface, Memory, Os};

/// A `<domain>` document, read on demand.
///
/// # Examples
/// ```
/// use libvirt_model::domain::{Domain, InterfaceType};
/// use libvirt_model::xml::Document;
///
/// let document = Document::parse(
///     "<domain type='kvm'><name>web</name><devices>
///        <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>
///      </devices></domain>",
/// )?;
/// let domain = Domain::of(&document)?;
/// let nic = domain.interfaces().next().unwrap();
/// assert_eq!(nic.type_()?, InterfaceType::Bridge);
/// assert_eq!(nic.source()?.unwrap().bridge.as_deref(), Some("br0"));
/// # Ok::<(), libvirt_model::xml::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Domain<'d> {
    element: Element<'d>,
}

impl<'d> Domain<'d> {
    /// The domain that `document` holds. The root may be libvirt's status wrapper, `<domstatus>`.
    ///
    /// # Errors
    /// [`ErrorKind::WrongElement`](crate::xml::ErrorKind::WrongElement) when the document is of something else.
    pub fn of(document: &'d Document) -> Result<Self, Error> {
        let element = identity::root_of(document, "domain", "domstatus")?;
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
    /// When it is no UUID.
    pub fn uuid(&self) -> Result<Option<Uuid>, Error> {
        identity::uuid(self.element)
    }

    /// The type: `kvm`, `qemu`, `xen`, …
    #[must_use]
    pub fn type_(&self) -> Option<&'d str> {
        self.element.value("type")
    }

    /// The id of a running domain.
    ///
    /// # Errors
    /// When it is no number.
    pub fn id(&self) -> Result<Option<i64>, Error> {
        read_attribute(self.element, "id")
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

    /// The element of `namespace` in `<metadata>`.
    #[must_use]
    pub fn metadata_of(&self, namespace: &str) -> Option<Element<'d>> {
        self.metadata()?
            .children()
            .find(|element| element.namespace() == Some(namespace))
    }

    /// `<os>`.
    ///
    /// # Errors
    /// When a value in it makes no sense.
    pub fn os(&self) -> Result<Option<Os>, Error> {
        ChildField::read(self.element, "os")
    }

    /// `<memory>`: the most memory that the guest can have.
    ///
    /// # Errors
    /// When it is no size.
    pub fn memory(&self) -> Result<Option<Memory>, Error> {
        self.element.child("memory").map(Memory::read).transpose()
    }

    /// `<devices>`.
    #[must_use]
    pub fn devices(&self) -> Option<Element<'d>> {
        self.element.child("devices")
    }

    /// The NICs, in the order of the document.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface<'d>> + use<'d> {
        self.devices()
            .into_iter()
            .flat_map(|devices| devices.children())
            .filter(|device| device.namespace().is_none() && device.name() == "interface")
            .map(Interface::new)
    }

    /// The NICs with this MAC address: libvirt accepts duplicates on define, so there may be several.
    pub fn interfaces_by_mac(&self, mac: MacAddr) -> impl Iterator<Item = Interface<'d>> + use<'d> {
        self.interfaces()
            .filter(move |interface| interface.mac_address().ok().flatten() == Some(mac))
    }

    /// The NIC whose alias is `name`.
    #[must_use]
    pub fn interface_by_alias(&self, name: &str) -> Option<Interface<'d>> {
        self.interfaces()
            .find(|nic| nic.alias().ok().flatten().is_some_and(|alias| alias.name == name))
    }
}
