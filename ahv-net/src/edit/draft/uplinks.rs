use std::collections::BTreeMap;
use std::sync::Arc;

use ovsdb_client::table::{Column, RowUuid, Table};
use ovsdb_client::value::Map;
use ovsdb_client::vswitch::{Bridge, Interface, Port};

use crate::edit::PlanError;
use crate::edit::draft::{Draft, Rows};
use crate::topology::DomainRole;

/// The pair of `external_ids` that marks what this crate made.
pub(crate) const OWNER: (&str, &str) = ("ahv-net-owner", "ahv-net");

/// Whether the kernel has a network device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkIs {
    There,
    NotThere,
    /// The kernel was not read.
    NotKnown,
}

impl Draft<'_> {
    /// Whether this is a Nutanix host: it has a controller VM.
    pub(crate) fn is_ahv(&self) -> bool {
        let domains = &self.base.topology().domains;
        domains.iter().any(|domain| domain.role == DomainRole::Cvm)
    }

    /// Whether the kernel has a network device of this name.
    pub(crate) fn link(&self, name: &str) -> LinkIs {
        match self.base.links() {
            None => LinkIs::NotKnown,
            Some(links) if links.iter().any(|link| link.name == name) => LinkIs::There,
            Some(_) => LinkIs::NotThere,
        }
    }

    /// Refuses a network device that the kernel does not have: Open vSwitch would keep it as an orphan that
    /// it cannot open.
    ///
    /// # Errors
    /// One that names the devices that nothing uses.
    pub(crate) fn expect_link(&mut self, name: &str) -> Result<(), PlanError> {
        match self.link(name) {
            LinkIs::There => Ok(()),
            LinkIs::NotKnown => {
                self.note(format!(
                    "whether the host has a network device {name} is not known, as its kernel was not read"
                ));
                Ok(())
            }
            LinkIs::NotThere => {
                let free: Vec<&str> = self.free_nics();
                Err(PlanError::NotFound {
                    what: format!("network device {name} on this host"),
                    hint: match free.as_slice() {
                        [] => "; ip link lists them".to_owned(),
                        free => format!("; on no bridge yet are {}", free.join(", ")),
                    },
                })
            }
        }
    }

    /// The guest whose NIC is behind a port.
    pub(crate) fn guest_behind(&self, port: &str) -> Option<String> {
        let port = self.base.topology().port(port)?;
        Some(port.attachment.as_ref()?.domain.clone())
    }

    /// Physical NICs that no bridge and no bond has.
    fn free_nics(&self) -> Vec<&str> {
        let topology = self.base.topology();
        let used = |name: &str| {
            topology
                .bridges
                .iter()
                .flat_map(|bridge| &bridge.ports)
                .flat_map(|port| &port.interfaces)
                .any(|interface| interface.name == name)
        };
        topology
            .links
            .iter()
            .filter(|link| link.kind.is_none() && !link.loopback && link.master.is_none())
            .map(|link| link.name.as_str())
            .filter(|name| !used(name))
            .collect()
    }
}

/// Interfaces that go from one port to another, and stay the rows that they are.
impl Rows {
    /// Marks a row as made by this crate, in a table that has `external_ids`.
    pub(crate) fn mark<T: Table>(
        &mut self,
        row: RowUuid<T>,
        external_ids: Column<T, Map<Arc<str>, Arc<str>>>,
    ) -> Result<(), PlanError> {
        match self.get_if_supported(row, external_ids)? {
            Some(_) => self.put(row, external_ids, OWNER.0, OWNER.1),
            None => Ok(()),
        }
    }

    /// Makes the row of a network device.
    pub(crate) fn add_interface(&mut self, name: &str) -> Result<RowUuid<Interface>, PlanError> {
        self.expect_free(name)?;
        let interface = self.insert::<Interface>(Some(name))?;
        self.mark(interface, Interface::EXTERNAL_IDS)?;
        Ok(interface)
    }

    /// Makes a port of interfaces that are there.
    pub(crate) fn add_port_of(
        &mut self,
        bridge: RowUuid<Bridge>,
        name: &str,
        interfaces: &[RowUuid<Interface>],
    ) -> Result<RowUuid<Port>, PlanError> {
        let port = self.insert::<Port>(Some(name))?;
        for interface in interfaces {
            self.refer(port, Port::INTERFACES, *interface)?;
        }
        self.mark(port, Port::EXTERNAL_IDS)?;
        self.refer(bridge, Bridge::PORTS, port)?;
        Ok(port)
    }

    /// Takes an interface out of its port. A port that has none left goes, as it cannot be without.
    pub(crate) fn take_out(&mut self, interface: RowUuid<Interface>) -> Result<(), PlanError> {
        let Some(port) = self.port_of(interface)? else {
            return Ok(());
        };
        if self.interfaces_of(port)?.as_slice() == [interface] {
            return self.delete_port_only(port);
        }
        self.unrefer(port, Port::INTERFACES, interface)
    }

    /// Whether Open vSwitch could not make an interface work, as far as it says.
    pub(crate) fn is_broken(&self, interface: RowUuid<Interface>) -> Result<bool, PlanError> {
        let error = self.get_if_supported(interface, Interface::ERROR)?.flatten();
        Ok(error.is_some() || self.get(interface, Interface::OFPORT)? == Some(-1))
    }

    /// Whether an interface is a network device of the system, which the kernel may or may not have.
    pub(crate) fn is_system(&self, interface: RowUuid<Interface>) -> Result<bool, PlanError> {
        Ok(matches!(&*self.get(interface, Interface::TYPE)?, "" | "system"))
    }

    /// The pairs of a map as texts, without the mark of this crate.
    pub(crate) fn texts<T: Table>(
        &self,
        row: RowUuid<T>,
        column: Column<T, Map<Arc<str>, Arc<str>>>,
    ) -> Result<BTreeMap<String, String>, PlanError> {
        let map = self.get(row, column)?;
        Ok(map
            .texts()
            .filter(|pair| *pair != OWNER)
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect())
    }
}

/// What kind of interface a type names, as a sentence has it.
pub(crate) fn kind(type_: &str) -> String {
    match type_ {
        "" | "system" => "a network device of the system".to_owned(),
        other => format!("of type {other}"),
    }
}

/// A value as a sentence has it: `none` where there is none.
pub(crate) fn said<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
