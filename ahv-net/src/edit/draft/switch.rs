use std::sync::Arc;

use ovsdb_client::table::{Column, RowUuid, Table};
use ovsdb_client::value::Set;
use ovsdb_client::vswitch::{Bridge, FlowSampleCollectorSet, Interface, Mirror, OpenVSwitch, Port};

use crate::edit::PlanError;
use crate::edit::draft::Rows;

/// What people call the parts of a switch, in terms of rows.
impl Rows {
    /// The bridge of this name.
    ///
    /// # Errors
    /// One that names the bridges that are there.
    pub(crate) fn bridge(&self, name: &str) -> Result<RowUuid<Bridge>, PlanError> {
        match self.find_bridge(name)? {
            Some(bridge) => Ok(bridge),
            None => {
                if let Some(fake) = self.fake_bridge(name)? {
                    return Err(PlanError::refused(format!(
                        "{name} is a fake bridge: name {}, of which it is VLAN {}",
                        self.bridge_name(fake.parent)?,
                        fake.vlan.unwrap_or_default()
                    )));
                }
                let mut known = Vec::new();
                for bridge in self.bridges()? {
                    known.push(self.get(bridge, Bridge::NAME)?.to_string());
                }
                known.sort();
                let hint = match known.as_slice() {
                    [] => "; the host has none: make it with add_bridge".to_owned(),
                    known => format!("; the host has {}", known.join(", ")),
                };
                Err(PlanError::NotFound {
                    what: format!("bridge {name}"),
                    hint,
                })
            }
        }
    }

    /// The bridges of the switch. A row that something else keeps alive is none of them: ovs-vswitchd makes
    /// nothing of it.
    pub(crate) fn bridges(&self) -> Result<Vec<RowUuid<Bridge>>, PlanError> {
        let root = self.root()?;
        Ok(self.get(root, OpenVSwitch::BRIDGES)?.iter().collect())
    }

    /// The bridge of this name, if the switch has it.
    pub(crate) fn find_bridge(&self, name: &str) -> Result<Option<RowUuid<Bridge>>, PlanError> {
        let Some(bridge) = self.find(Bridge::NAME, name)? else {
            return Ok(None);
        };
        let root = self.root()?;
        let is_there = self.get(root, OpenVSwitch::BRIDGES)?.contains(&bridge);
        Ok(is_there.then_some(bridge))
    }

    /// The port of this name.
    ///
    /// # Errors
    /// One that says where an interface of that name is, if there is one.
    pub(crate) fn port(&self, name: &str) -> Result<RowUuid<Port>, PlanError> {
        if let Some(port) = self.find(Port::NAME, name)? {
            return Ok(port);
        }
        let mut hint = "; show lists the ports".to_owned();
        if let Some(interface) = self.find(Interface::NAME, name)?
            && let Some(port) = self.port_of(interface)?
        {
            let port = self.get(port, Port::NAME)?;
            hint = format!("; {name} is an interface of port {port}, so name that port");
        }
        Err(PlanError::NotFound {
            what: format!("port {name}"),
            hint,
        })
    }

    /// The interface of this name.
    ///
    /// # Errors
    /// One that says that it is not there.
    pub(crate) fn interface(&self, name: &str) -> Result<RowUuid<Interface>, PlanError> {
        let found = self.find(Interface::NAME, name)?;
        found.ok_or_else(|| PlanError::NotFound {
            what: format!("interface {name}"),
            hint: "; show lists the interfaces".to_owned(),
        })
    }

    /// The fake bridge of this name: ovs-vswitchd.conf.db(5), `Port.fake_bridge`.
    pub(crate) fn fake_bridge(&self, name: &str) -> Result<Option<FakeBridge>, PlanError> {
        let Some(port) = self.find(Port::NAME, name)? else {
            return Ok(None);
        };
        let (Some(parent), true) = (self.bridge_of(port)?, self.get(port, Port::FAKE_BRIDGE)?) else {
            return Ok(None);
        };
        Ok(Some(FakeBridge {
            port,
            parent,
            vlan: self.get(port, Port::TAG)?,
        }))
    }

    /// The name of a bridge.
    pub(crate) fn bridge_name(&self, bridge: RowUuid<Bridge>) -> Result<String, PlanError> {
        Ok(self.get(bridge, Bridge::NAME)?.to_string())
    }

    /// The bridge on which a port is.
    pub(crate) fn bridge_of(&self, port: RowUuid<Port>) -> Result<Option<RowUuid<Bridge>>, PlanError> {
        for bridge in self.bridges()? {
            if self.get(bridge, Bridge::PORTS)?.contains(&port) {
                return Ok(Some(bridge));
            }
        }
        Ok(None)
    }

    /// The port to which an interface belongs.
    pub(crate) fn port_of(&self, interface: RowUuid<Interface>) -> Result<Option<RowUuid<Port>>, PlanError> {
        for port in self.all::<Port>()? {
            if self.get(port, Port::INTERFACES)?.contains(&interface) {
                return Ok(Some(port));
            }
        }
        Ok(None)
    }

    /// The interfaces of a port, in the order of their names: that of their UUIDs is another on each host.
    pub(crate) fn interfaces_of(&self, port: RowUuid<Port>) -> Result<Vec<RowUuid<Interface>>, PlanError> {
        Ok(self.by_label(&self.get(port, Port::INTERFACES)?))
    }

    /// Rows in the order of their names.
    fn by_label<T: Table>(&self, rows: &Set<RowUuid<T>>) -> Vec<RowUuid<T>> {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_cached_key(|row| self.label(row.get()));
        rows
    }

    /// The only interface of a port that is no bond.
    ///
    /// # Errors
    /// When the port is a bond.
    pub(crate) fn interface_of(&self, port: RowUuid<Port>) -> Result<RowUuid<Interface>, PlanError> {
        match self.interfaces_of(port)?.as_slice() {
            [interface] => Ok(*interface),
            interfaces => {
                let name = self.get(port, Port::NAME)?;
                Err(PlanError::refused(format!(
                    "port {name} is a bond of {} interfaces, and this is for a port with one",
                    interfaces.len()
                )))
            }
        }
    }

    /// Makes a port with one interface of the same name on a bridge.
    ///
    /// # Errors
    /// When a port, interface or bridge has that name.
    pub(crate) fn add_port(
        &mut self,
        bridge: RowUuid<Bridge>,
        name: &str,
        type_: &str,
    ) -> Result<(RowUuid<Port>, RowUuid<Interface>), PlanError> {
        let interface = self.add_interface(name)?;
        if !type_.is_empty() {
            self.set(interface, Interface::TYPE, Arc::<str>::from(type_))?;
        }
        let port = self.add_port_of(bridge, name, &[interface])?;
        Ok((port, interface))
    }

    /// Refuses a name that the switch has already.
    ///
    /// # Errors
    /// One that says who has it.
    pub(crate) fn expect_free(&self, name: &str) -> Result<(), PlanError> {
        check_name(name)?;
        let taken = if self.find_bridge(name)?.is_some() {
            Some(format!("a bridge is called {name} already"))
        } else if let Some(bridge) = self.find(Bridge::NAME, name)? {
            Some(format!(
                "a row in table Bridge is called {name} already, though the switch has no such bridge, as rows in \
                 table Flow_Sample_Collector_Set refer to it: delete those that name {bridge} first"
            ))
        } else if let Some(port) = self.find(Port::NAME, name)? {
            let on = match self.bridge_of(port)? {
                Some(bridge) => format!(" on bridge {}", self.get(bridge, Bridge::NAME)?),
                None => String::new(),
            };
            Some(format!("a port is called {name} already{on}"))
        } else if let Some(interface) = self.find(Interface::NAME, name)? {
            let of = match self.port_of(interface)? {
                Some(port) => format!(" of port {}", self.get(port, Port::NAME)?),
                None => String::new(),
            };
            Some(format!("an interface{of} is called {name} already"))
        } else if self.was_there(name)? {
            // The server checks names when all is done, but nothing could tell the old row from the new one.
            Some(format!(
                "{name} is deleted by this edit, and cannot be made again by it: do it in two"
            ))
        } else {
            None
        };
        taken.map_or(Ok(()), |taken| Err(PlanError::Refused(taken)))
    }

    fn was_there(&self, name: &str) -> Result<bool, PlanError> {
        let snapshot = self.snapshot();
        Ok(snapshot.find(Port::NAME, name)?.is_some() || snapshot.find(Interface::NAME, name)?.is_some())
    }

    /// Takes a port off its bridge, with its interfaces, and out of every mirror.
    pub(crate) fn delete_port(&mut self, port: RowUuid<Port>) -> Result<(), PlanError> {
        for interface in self.interfaces_of(port)? {
            self.delete(interface)?;
        }
        self.delete_port_only(port)
    }

    /// Takes a port off its bridge and out of every mirror; its interfaces are another's by now.
    pub(crate) fn delete_port_only(&mut self, port: RowUuid<Port>) -> Result<(), PlanError> {
        if let Some(bridge) = self.bridge_of(port)? {
            self.unrefer(bridge, Bridge::PORTS, port)?;
        }
        self.forget_in_mirrors(port)?;
        self.delete(port)
    }

    /// References from mirrors are weak: the server would drop them without a word, and an undo could not
    /// bring them back.
    fn forget_in_mirrors(&mut self, port: RowUuid<Port>) -> Result<(), PlanError> {
        for mirror in self.all::<Mirror>()? {
            if self.get(mirror, Mirror::SELECT_SRC_PORT)?.contains(&port) {
                self.unrefer(mirror, Mirror::SELECT_SRC_PORT, port)?;
            }
            if self.get(mirror, Mirror::SELECT_DST_PORT)?.contains(&port) {
                self.unrefer(mirror, Mirror::SELECT_DST_PORT, port)?;
            }
            if self.get(mirror, Mirror::OUTPUT_PORT)? == Some(port) {
                self.set(mirror, Mirror::OUTPUT_PORT, None)?;
            }
        }
        Ok(())
    }

    /// Makes a bridge with its own port and interface.
    ///
    /// # Errors
    /// When the name is taken.
    pub(crate) fn add_bridge(&mut self, name: &str) -> Result<RowUuid<Bridge>, PlanError> {
        let root = self.root()?;
        let interface = self.add_interface(name)?;
        self.set(interface, Interface::TYPE, Arc::<str>::from("internal"))?;
        let bridge = self.insert::<Bridge>(Some(name))?;
        self.mark(bridge, Bridge::EXTERNAL_IDS)?;
        self.add_port_of(bridge, name, &[interface])?;
        self.refer(root, OpenVSwitch::BRIDGES, bridge)?;
        Ok(bridge)
    }

    /// Takes a bridge away, with its ports and mirrors, everything else that it owns, and the sample collectors
    /// that would keep its row alive.
    pub(crate) fn delete_bridge(&mut self, bridge: RowUuid<Bridge>) -> Result<(), PlanError> {
        let root = self.root()?;
        let ports = self.by_label(&self.get(bridge, Bridge::PORTS)?);
        self.unrefer(root, OpenVSwitch::BRIDGES, bridge)?;
        for mirror in self.by_label(&self.get(bridge, Bridge::MIRRORS)?) {
            self.delete(mirror)?;
        }
        for port in ports {
            for interface in self.interfaces_of(port)? {
                self.delete(interface)?;
            }
            self.forget_in_mirrors(port)?;
            self.delete(port)?;
        }
        let collectors = self.collectors_of(bridge)?;
        self.delete(bridge)?;
        for collector in &collectors {
            self.delete(*collector)?;
        }
        self.delete_owned(bridge)?;
        for collector in collectors {
            self.delete_owned(collector)?;
        }
        Ok(())
    }

    /// The rows by which a bridge's samples go to collectors. ovs-vsctl(8) `del-br` leaves them, and with them a bridge
    /// that nobody sees and whose name nobody can have.
    fn collectors_of(
        &self,
        bridge: RowUuid<Bridge>,
    ) -> Result<Vec<RowUuid<FlowSampleCollectorSet>>, PlanError> {
        let all = match self.all::<FlowSampleCollectorSet>() {
            Err(error) if error.is_unsupported() => return Ok(Vec::new()),
            all => all?,
        };
        let mut collectors = Vec::new();
        for collector in all {
            if self.get(collector, FlowSampleCollectorSet::BRIDGE)? == bridge {
                collectors.push(collector);
            }
        }
        Ok(collectors)
    }

    /// Takes the row to which a column of a bridge refers from it, and deletes the row where no other bridge has it.
    pub(crate) fn drop_unshared<T: Table>(
        &mut self,
        bridge: RowUuid<Bridge>,
        column: Column<Bridge, Option<RowUuid<T>>>,
    ) -> Result<(), PlanError> {
        let Some(Some(row)) = self.get_if_supported(bridge, column)? else {
            return Ok(());
        };
        let is_alone = self.users(column, row)? == 1;
        self.set(bridge, column, None)?;
        match is_alone {
            true => self.delete(row),
            false => Ok(()),
        }
    }

    /// How many bridges have this row in a column.
    pub(crate) fn users<T: Table>(
        &self,
        column: Column<Bridge, Option<RowUuid<T>>>,
        row: RowUuid<T>,
    ) -> Result<usize, PlanError> {
        let mut users = 0;
        for bridge in self.all::<Bridge>()? {
            users += usize::from(self.get(bridge, column)? == Some(row));
        }
        Ok(users)
    }
}

/// A port that stands for a bridge of its own, on one VLAN of its parent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FakeBridge {
    pub(crate) port: RowUuid<Port>,
    pub(crate) parent: RowUuid<Bridge>,
    pub(crate) vlan: Option<i64>,
}

/// The longest name of a network device: `IFNAMSIZ` less the final zero.
const NAME_BYTES: usize = 15;

/// Refuses a name that no network device can have.
///
/// # Errors
/// One that says what is wrong with it.
pub(crate) fn check_name(name: &str) -> Result<(), PlanError> {
    let wrong = if name.is_empty() {
        Some("a name has a character at least".to_owned())
    } else if name.len() > NAME_BYTES {
        Some(format!(
            "{name} is longer than the {NAME_BYTES} bytes that Linux allows a network device"
        ))
    } else if name
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '/' || c == ':')
    {
        Some(format!(
            "{name:?} holds a character that Linux does not allow in the name of a network device"
        ))
    } else if name == "." || name == ".." {
        Some(format!("{name} is no name for a network device"))
    } else {
        None
    };
    wrong.map_or(Ok(()), |wrong| Err(PlanError::Refused(wrong)))
}
