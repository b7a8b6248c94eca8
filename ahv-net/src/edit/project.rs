use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use libvirt_model::domain::Interface as Nic;
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::Document;
use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use crate::edit::change::{Change, ColumnEdit, FragmentChange, NicChange, RowChange, RowEdit};
use crate::observe::libvirt;
use crate::observe::{
    LibvirtObservation, Observed, ObservedBridge, ObservedInterface, ObservedPort, OvsObservation,
};
use crate::topology::Mirror;

/// The host as it would be observed after these changes, as far as an edit decides that: what Open vSwitch and
/// the kernel will make of a new port is not known before.
pub(crate) fn project<'c>(mut observed: Observed, changes: impl Iterator<Item = &'c Change>) -> Observed {
    let mut rows = Vec::new();
    for change in changes {
        match change {
            Change::Rows(more) => rows.extend(more),
            Change::Nic(nic) => {
                if let Some(libvirt) = &mut observed.libvirt {
                    project_nic(&mut libvirt.said, nic);
                }
            }
            Change::Network(_) => {}
        }
    }
    if let Some(ovsdb) = &mut observed.ovsdb {
        let mut switch = Switch::of(std::mem::take(&mut ovsdb.said));
        for change in rows {
            switch.apply(change);
        }
        ovsdb.said = switch.into_observation();
    }
    observed
}

fn project_nic(said: &mut LibvirtObservation, change: &NicChange) {
    let Some(domain) = said
        .domains
        .iter_mut()
        .find(|domain| domain.uuid == change.domain_uuid)
    else {
        return;
    };
    let shown = match domain.active {
        true => &change.live,
        false => &change.config,
    };
    if let Some(edit) = shown {
        project_fragment(&mut domain.nics, change, edit);
    }
    if let (Some(nics), Some(edit)) = (&mut domain.config_nics, &change.config) {
        project_fragment(nics, change, edit);
    }
}

fn project_fragment(nics: &mut Vec<crate::observe::ObservedNic>, change: &NicChange, edit: &FragmentChange) {
    let after = edit.after.as_ref().and_then(|xml| {
        let document = Document::parse(xml.clone()).ok()?;
        libvirt::nic(&Nic::of(&document).ok()?).ok()
    });
    let place = nics.iter().position(|nic| nic.mac == Some(change.mac));
    match (place, after) {
        (Some(place), Some(after)) => {
            if let Some(nic) = nics.get_mut(place) {
                *nic = after;
            }
        }
        (Some(place), None) => {
            nics.remove(place);
        }
        (None, Some(after)) => nics.push(after),
        (None, None) => {}
    }
}

/// The tree of a switch, taken apart by row.
struct Switch {
    rest: OvsObservation,
    bridges: HashMap<Uuid, (ObservedBridge, Vec<Uuid>, Vec<Uuid>)>,
    ports: HashMap<Uuid, (ObservedPort, Vec<Uuid>)>,
    interfaces: HashMap<Uuid, ObservedInterface>,
    mirrors: HashMap<Uuid, BTreeMap<String, Datum>>,
    order: Vec<Uuid>,
}

impl Switch {
    fn of(mut observation: OvsObservation) -> Self {
        let mut switch = Self {
            rest: OvsObservation::default(),
            bridges: HashMap::new(),
            ports: HashMap::new(),
            interfaces: HashMap::new(),
            mirrors: HashMap::new(),
            order: Vec::new(),
        };
        for mut bridge in std::mem::take(&mut observation.bridges) {
            let mut ports = Vec::new();
            for mut port in std::mem::take(&mut bridge.ports) {
                let mut members = Vec::new();
                for interface in std::mem::take(&mut port.interfaces) {
                    let uuid = interface.uuid.unwrap_or_default();
                    members.push(uuid);
                    switch.interfaces.insert(uuid, interface);
                }
                let uuid = port.uuid.unwrap_or_default();
                ports.push(uuid);
                switch.ports.insert(uuid, (port, members));
            }
            let uuid = bridge.uuid.unwrap_or_default();
            switch.order.push(uuid);
            switch.bridges.insert(uuid, (bridge, ports, Vec::new()));
        }
        switch.rest = observation;
        switch
    }

    fn apply(&mut self, change: &RowChange) {
        let uuid = change.row.uuid;
        let name = change.row.name.clone().unwrap_or_default();
        match (&change.edit, change.row.table.as_str()) {
            (RowEdit::Insert(_), "Bridge") => {
                let bridge = ObservedBridge {
                    uuid: Some(uuid),
                    name,
                    stp_enable: Some(false),
                    ..ObservedBridge::default()
                };
                self.bridges.insert(uuid, (bridge, Vec::new(), Vec::new()));
            }
            (RowEdit::Insert(_), "Port") => {
                let port = ObservedPort {
                    uuid: Some(uuid),
                    name,
                    ..ObservedPort::default()
                };
                self.ports.insert(uuid, (port, Vec::new()));
            }
            (RowEdit::Insert(_), "Interface") => {
                let interface = ObservedInterface {
                    uuid: Some(uuid),
                    name,
                    ..ObservedInterface::default()
                };
                self.interfaces.insert(uuid, interface);
            }
            (RowEdit::Insert(columns), "Mirror") => {
                self.mirrors.insert(uuid, columns.clone());
            }
            (RowEdit::Delete(_), "Mirror") => {
                for (bridge, _, _) in self.bridges.values_mut() {
                    bridge.mirrors.retain(|mirror| mirror.name != name);
                }
            }
            _ => {}
        }
        match &change.edit {
            RowEdit::Insert(columns) => {
                for (column, datum) in columns {
                    let set = Value::Whole(datum);
                    self.set(&change.row.table, uuid, column, &set);
                }
            }
            RowEdit::Update(columns) => {
                for (column, edit) in columns {
                    let value = match edit {
                        ColumnEdit::Replace { after, .. } => Value::Whole(after),
                        ColumnEdit::Elements { removed, added } => Value::Parts { removed, added },
                    };
                    self.set(&change.row.table, uuid, column, &value);
                }
            }
            RowEdit::Delete(_) => {}
        }
    }

    fn set(&mut self, table: &str, uuid: Uuid, column: &str, value: &Value<'_>) {
        match table {
            "Open_vSwitch" if column == "bridges" => value.rows(&mut self.order),
            "Bridge" => {
                let Some((bridge, ports, mirrors)) = self.bridges.get_mut(&uuid) else {
                    return;
                };
                match column {
                    "ports" => value.rows(ports),
                    "mirrors" => value.rows(mirrors),
                    "fail_mode" => bridge.fail_mode = value.text(),
                    "datapath_type" => bridge.datapath_type = value.text(),
                    "stp_enable" => bridge.stp_enable = value.flag(),
                    "rstp_enable" => bridge.rstp_enable = value.flag(),
                    "external_ids" => value.map(&mut bridge.external_ids),
                    "other_config" => value.map(&mut bridge.other_config),
                    _ => {}
                }
            }
            "Port" => {
                let Some((port, members)) = self.ports.get_mut(&uuid) else {
                    return;
                };
                match column {
                    "interfaces" => value.rows(members),
                    "tag" => port.tag = value.vlans().first().copied(),
                    "trunks" => port.trunks = value.vlans(),
                    "vlan_mode" => port.vlan_mode = value.text(),
                    "bond_mode" => port.bond_mode = value.text(),
                    "lacp" => port.lacp = value.text(),
                    "fake_bridge" => port.fake_bridge = value.flag() == Some(true),
                    "external_ids" => value.map(&mut port.external_ids),
                    "other_config" => value.map(&mut port.other_config),
                    _ => {}
                }
            }
            "Interface" => {
                let Some(interface) = self.interfaces.get_mut(&uuid) else {
                    return;
                };
                match column {
                    "type" => interface.type_ = value.text().unwrap_or_default(),
                    "options" => value.map(&mut interface.options),
                    "external_ids" => value.map(Arc::make_mut(&mut interface.external_ids)),
                    "mtu_request" => {
                        if let Some(bytes) = value.number().and_then(|bytes| u32::try_from(bytes).ok()) {
                            interface.mtu_bytes = Some(bytes);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn into_observation(mut self) -> OvsObservation {
        let names: HashMap<Uuid, String> = self
            .ports
            .iter()
            .map(|(uuid, (port, _))| (*uuid, port.name.clone()))
            .collect();
        let mut observation = self.rest;
        for uuid in self.order {
            let Some((mut bridge, ports, mirrors)) = self.bridges.remove(&uuid) else {
                continue;
            };
            for uuid in ports {
                if let Some((mut port, members)) = self.ports.remove(&uuid) {
                    let members = members
                        .into_iter()
                        .filter_map(|uuid| self.interfaces.remove(&uuid));
                    port.interfaces = members.collect();
                    bridge.ports.push(port);
                }
            }
            for uuid in mirrors {
                bridge
                    .mirrors
                    .extend(self.mirrors.get(&uuid).map(|columns| mirror(columns, &names)));
            }
            observation.bridges.push(bridge);
        }
        observation
    }
}

fn mirror(columns: &BTreeMap<String, Datum>, names: &HashMap<Uuid, String>) -> Mirror {
    let value = |column: &str| columns.get(column).map(Value::Whole);
    let ports = |column: &str| -> Vec<String> {
        let atoms = columns.get(column).map_or(&[][..], Datum::atoms);
        atoms
            .iter()
            .filter_map(|atom| names.get(&atom.as_uuid()?).cloned())
            .collect()
    };
    Mirror {
        name: value("name").and_then(|value| value.text()).unwrap_or_default(),
        select_all: value("select_all").and_then(|value| value.flag()) == Some(true),
        select_src_ports: ports("select_src_port"),
        select_dst_ports: ports("select_dst_port"),
        select_vlans: value("select_vlan")
            .map(|value| value.vlans())
            .unwrap_or_default(),
        output_port: ports("output_port").into_iter().next(),
        output_vlan: value("output_vlan").and_then(|value| value.vlans().first().copied()),
    }
}

/// What becomes of a column.
enum Value<'d> {
    Whole(&'d Datum),
    Parts { removed: &'d Datum, added: &'d Datum },
}

impl Value<'_> {
    fn one(&self) -> Option<&Atom> {
        match self {
            Self::Whole(datum) => datum.one(),
            Self::Parts { .. } => None,
        }
    }

    fn text(&self) -> Option<String> {
        self.one()?.as_str().map(str::to_owned)
    }

    fn flag(&self) -> Option<bool> {
        self.one()?.as_bool()
    }

    fn number(&self) -> Option<i64> {
        self.one()?.as_integer()
    }

    fn vlans(&self) -> Vec<VlanId> {
        let Self::Whole(datum) = self else {
            return Vec::new();
        };
        let numbers = datum.atoms().iter().filter_map(Atom::as_integer);
        numbers
            .filter_map(|number| VlanId::new(u16::try_from(number).ok()?).ok())
            .collect()
    }

    fn rows(&self, rows: &mut Vec<Uuid>) {
        let uuids = |datum: &Datum| -> Vec<Uuid> { datum.atoms().iter().filter_map(Atom::as_uuid).collect() };
        match self {
            Self::Whole(datum) => *rows = uuids(datum),
            Self::Parts { removed, added } => {
                let removed = uuids(removed);
                rows.retain(|row| !removed.contains(row));
                rows.extend(uuids(added));
            }
        }
    }

    fn map(&self, map: &mut BTreeMap<String, String>) {
        let pairs = |datum: &Datum| -> Vec<(String, String)> {
            datum
                .pairs()
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.as_str()?.to_owned())))
                .collect()
        };
        match self {
            Self::Whole(datum) => *map = pairs(datum).into_iter().collect(),
            Self::Parts { removed, added } => {
                for (key, _) in pairs(removed) {
                    map.remove(&key);
                }
                map.extend(pairs(added));
            }
        }
    }
}
