//! Changing a network in its document, and writing a new one.

use crate::record::{Parts, Record, part_setters};
use crate::xml::{Document, Edit, Element, Error, Fragment};

use super::view::network_parts;
use super::{
    Bandwidth, Bridge, Dns, Forward, ForwardMode, Ip, Mtu, Network, NetworkDomain, NetworkMac, PortGroup,
    PortOptions, Route, VirtualPort, Vlan,
};

/// Changes a network as part of an [`Edit`]; see [`Network::edit`].
///
/// A setter that is not called keeps its part as it is; `None` (or an empty list) removes it. Within a part that is changed,
/// only what differs is touched.
#[derive(Debug)]
pub struct NetworkEdit<'e, 'd> {
    edit: &'e mut Edit<'d>,
    element: Element<'d>,
}

/// Writes a new network.
///
/// # Examples
/// ```
/// use libvirt_model::network::{NetworkBuilder, PortGroup, Vlan};
/// use libvirt_model::vocab::VlanId;
///
/// let group = PortGroup { vlan: Some(Vlan::access(VlanId::new(50)?)), ..PortGroup::new("vlan50") };
/// let network = NetworkBuilder::openvswitch("guests", "br0").portgroups(vec![group]).build();
/// assert_eq!(
///     network.to_string(),
///     "<network>\n  <name>guests</name>\n  <forward mode='bridge'/>\n  <bridge name='br0'/>\n  \
///      <virtualport type='openvswitch'/>\n  <portgroup name='vlan50'>\n    <vlan>\n      <tag id='50'/>\n    </vlan>\n  \
///      </portgroup>\n</network>"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NetworkBuilder {
    parts: Parts,
}

/// Declares the order of the parts, and a setter of the editor and one of the builder for each.
macro_rules! setters {
    ($($(#[$meta:meta])* $part:ident: $type:ty = $name:literal,)+) => {
        /// The names of the parts, in the order in which libvirt writes them.
        const ORDER: &[&str] = &["name", "uuid", "title", "description", "metadata", $($name),+];

        part_setters!(NetworkEdit, NetworkBuilder; $($(#[$meta])* $part: $type = $name,)+);
    };
}

network_parts!(setters);

impl NetworkEdit<'_, '_> {
    /// Puts `group` in the place of the portgroup of its name, or behind the last one.
    pub fn portgroup(&mut self, group: &PortGroup) -> &mut Self {
        let known = self
            .element
            .children_named("portgroup")
            .find(|known| known.value("name") == Some(&group.name));
        let written = group.write("portgroup");
        match known.map(|known| (known, PortGroup::read(known))) {
            Some((known, Ok(old))) => self.edit.update(known, &old.write("portgroup"), &written),
            Some((known, Err(_))) => {
                self.edit.replace(known, written);
            }
            None => {
                self.edit.insert(self.element, written, ORDER);
            }
        }
        self
    }

    /// Removes the portgroup of this name, if there is one.
    pub fn remove_portgroup(&mut self, name: &str) -> &mut Self {
        for known in self
            .element
            .children_named("portgroup")
            .filter(|known| known.value("name") == Some(name))
        {
            self.edit.remove(known);
        }
        self
    }
}

impl<'d> Network<'d> {
    /// Changes this network as part of `edit`.
    pub fn edit<'e>(&self, edit: &'e mut Edit<'d>) -> NetworkEdit<'e, 'd> {
        NetworkEdit {
            edit,
            element: self.element(),
        }
    }
}

impl NetworkBuilder {
    /// A network of this name; isolated, until something else is said.
    pub fn new(name: impl Into<String>) -> Self {
        let fragment = Fragment::new("network").child(Fragment::new("name").text(name));
        Self {
            parts: Parts::of(fragment, ORDER),
        }
    }

    /// A network on an Open vSwitch bridge that exists.
    pub fn openvswitch(name: impl Into<String>, bridge: impl Into<String>) -> Self {
        Self::new(name)
            .forward(Forward {
                mode: Some(ForwardMode::Bridge),
                ..Forward::default()
            })
            .bridge(Bridge {
                name: Some(bridge.into()),
                ..Bridge::default()
            })
            .virtualport(VirtualPort::openvswitch(None))
    }
}
