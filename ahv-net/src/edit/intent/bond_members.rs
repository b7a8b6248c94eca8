use ovsdb_client::table::RowUuid;
use ovsdb_client::vswitch::{Bridge, Interface, Port, PortVlanMode};

use crate::edit::PlanError;
use crate::edit::draft::Draft;

/// The members that a bond shall have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Members<'i> {
    pub(super) bond: &'i str,
    pub(super) bridge: Option<&'i str>,
    pub(super) wanted: Option<&'i [String]>,
    pub(super) take: bool,
}

impl Members<'_> {
    /// Gives the bond its members, and makes it where it is not there.
    pub(super) fn edit(&self, draft: &mut Draft<'_>) -> Result<RowUuid<Port>, PlanError> {
        self.check()?;
        let rows = draft.rows()?;
        let bridge = self.bridge.map(|bridge| rows.bridge(bridge)).transpose()?;
        let Some(port) = rows.find(Port::NAME, self.bond)? else {
            return self.make(draft, bridge);
        };
        let on = rows.bridge_of(port)?;
        if let (Some(bridge), Some(on)) = (bridge, on)
            && bridge != on
        {
            return Err(PlanError::refused(format!(
                "port {} is on bridge {}, and not on {}",
                self.bond,
                rows.bridge_name(on)?,
                rows.bridge_name(bridge)?
            )));
        }
        self.expect_bondable(draft, port)?;
        let rows = draft.rows()?;
        let before = rows.interfaces_of(port)?;
        let Some(wanted) = self.wanted else {
            return match before.as_slice() {
                [only] => Err(PlanError::refused(format!(
                    "port {} has one interface, {}, and is no bond: name two uplinks at least",
                    self.bond,
                    rows.label(only.get())
                ))),
                _ => Ok(port),
            };
        };
        let mut after = Vec::new();
        for name in wanted {
            let interface = self.member(draft, name, on, Some(port))?;
            after.push(interface);
            if !before.contains(&interface) {
                draft.rows()?.refer(port, Port::INTERFACES, interface)?;
            }
        }
        let rows = draft.rows()?;
        for interface in before {
            if !after.contains(&interface) {
                rows.unrefer(port, Port::INTERFACES, interface)?;
                rows.delete(interface)?;
            }
        }
        Ok(port)
    }

    fn check(&self) -> Result<(), PlanError> {
        let Some(wanted) = self.wanted else { return Ok(()) };
        let mut names: Vec<&String> = wanted.iter().collect();
        names.sort();
        let twice = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b));
        if let Some([twice, _]) = twice {
            return Err(PlanError::refused(format!(
                "{twice} is named twice among the uplinks of {}: name each once",
                self.bond
            )));
        }
        if let [] | [_] = names.as_slice() {
            return Err(PlanError::refused(format!(
                "a bond has two uplinks at least, and {} is to have {}: a single one is a port of its own",
                self.bond,
                names.len()
            )));
        }
        Ok(())
    }

    /// A bridge's own port and a guest's are no uplinks, and cannot become some.
    fn expect_bondable(&self, draft: &mut Draft<'_>, port: RowUuid<Port>) -> Result<(), PlanError> {
        if self.wanted.is_none() {
            return Ok(());
        }
        let rows = draft.rows()?;
        for interface in rows.interfaces_of(port)? {
            if !rows.is_system(interface)? {
                return Err(PlanError::refused(format!(
                    "port {} has an interface of type {}, and can be no bond of network devices",
                    self.bond,
                    rows.get(interface, Interface::TYPE)?
                )));
            }
        }
        match draft.guest_behind(self.bond) {
            Some(guest) => Err(PlanError::refused(format!(
                "port {} is a NIC of {guest}, and can be no bond",
                self.bond
            ))),
            None => Ok(()),
        }
    }

    fn make(
        &self,
        draft: &mut Draft<'_>,
        bridge: Option<RowUuid<Bridge>>,
    ) -> Result<RowUuid<Port>, PlanError> {
        let (Some(bridge), Some(wanted)) = (bridge, self.wanted) else {
            return Err(PlanError::NotFound {
                what: format!("port {}", self.bond),
                hint: "; to make it, name its bridge and two uplinks at least".to_owned(),
            });
        };
        let rows = draft.rows()?;
        if rows.find(Interface::NAME, self.bond)?.is_none() || rows.find_bridge(self.bond)?.is_some() {
            rows.expect_free(self.bond)?;
        } else {
            return Err(PlanError::refused(format!(
                "an interface is called {} already: give the bond another name",
                self.bond
            )));
        }
        let mut folded = Vec::new();
        for name in wanted {
            if let Some(interface) = rows.find(Interface::NAME, name)? {
                folded.extend(rows.port_of(interface)?);
            }
        }
        let heir = self.heir(draft, &folded)?;
        let mut interfaces = Vec::new();
        for name in wanted {
            interfaces.push(self.member(draft, name, Some(bridge), None)?);
        }
        let rows = draft.rows()?;
        let port = rows.add_port_of(bridge, self.bond, &interfaces)?;
        if let Some(heir) = heir {
            if let Some(cvlans) = heir.3 {
                rows.set(port, Port::CVLANS, cvlans)?;
            }
            rows.set(port, Port::TAG, heir.0)?;
            rows.set(port, Port::TRUNKS, heir.1)?;
            rows.set(port, Port::VLAN_MODE, heir.2)?;
        }
        Ok(port)
    }

    /// The VLANs of the ports that become the bond, if all have the same.
    fn heir(&self, draft: &mut Draft<'_>, ports: &[RowUuid<Port>]) -> Result<Option<Vlans>, PlanError> {
        let rows = draft.rows()?;
        let mut found: Option<Vlans> = None;
        for port in ports {
            let mode = rows.get(*port, Port::VLAN_MODE)?;
            // Elsewhere Open vSwitch ignores that column.
            let cvlans = match mode {
                Some(PortVlanMode::Dot1qTunnel) => rows.get_if_supported(*port, Port::CVLANS)?,
                _ => None,
            };
            let vlans = (
                rows.get(*port, Port::TAG)?,
                rows.get(*port, Port::TRUNKS)?,
                mode,
                cvlans,
            );
            if found.as_ref().is_some_and(|found| *found != vlans) {
                return Err(PlanError::refused(format!(
                    "the ports that become {} have different VLANs: give them the same by set_vlan first",
                    self.bond
                )));
            }
            found = Some(vlans);
        }
        Ok(found)
    }

    /// An uplink as an interface that belongs to no port but the bond.
    fn member(
        &self,
        draft: &mut Draft<'_>,
        name: &str,
        bridge: Option<RowUuid<Bridge>>,
        bond: Option<RowUuid<Port>>,
    ) -> Result<RowUuid<Interface>, PlanError> {
        let rows = draft.rows()?;
        let Some(interface) = rows.find(Interface::NAME, name)? else {
            draft.expect_link(name)?;
            return draft.rows()?.add_interface(name);
        };
        let port = rows.port_of(interface)?;
        if port.is_some() && port == bond {
            return Ok(interface);
        }
        if !rows.is_system(interface)? {
            return Err(PlanError::refused(format!(
                "{name} is of type {}, and only network devices can be bonded",
                rows.get(interface, Interface::TYPE)?
            )));
        }
        if let Some(guest) = draft.guest_behind(name) {
            return Err(PlanError::refused(format!(
                "{name} is a NIC of {guest}, and no uplink"
            )));
        }
        let rows = draft.rows()?;
        if let (Some(port), false) = (port, self.take) {
            let on = rows.bridge_of(port)?;
            let alone = rows.interfaces_of(port)?.len() == 1;
            if on != bridge || !alone {
                let whose = rows.label(port.get());
                let on = on.map(|on| rows.bridge_name(on)).transpose()?.unwrap_or_default();
                return Err(PlanError::refused(format!(
                    "{name} is an uplink of port {whose} on bridge {on}: it would be taken from there, which \
                     --take-uplinks allows"
                )));
            }
        }
        rows.take_out(interface)?;
        Ok(interface)
    }
}

type Vlans = (
    Option<i64>,
    ovsdb_client::value::Set<i64>,
    Option<PortVlanMode>,
    Option<ovsdb_client::value::Set<i64>>,
);
