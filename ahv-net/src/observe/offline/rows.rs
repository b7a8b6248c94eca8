//! The rows of an `Open_vSwitch` database, wherever they were written down.

use std::collections::{BTreeMap, BTreeSet};

use libvirt_model::vocab::VlanId;
use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use super::atom::words;
use super::capture::Notes;
use crate::observe::{ObservedBridge, ObservedInterface, ObservedPort, OvsObservation};
use crate::topology::{Mirror, Remote};

/// Rows by table and identity, each as its columns.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) tables: BTreeMap<String, BTreeMap<Uuid, Columns>>,
    pub(super) schema_version: Option<String>,
}

pub(super) type Columns = BTreeMap<String, Datum>;

impl Rows {
    /// The tree of bridges, ports and interfaces. A row that refers to nothing, or to which nothing refers,
    /// is noted, and the rest is there.
    pub(super) fn observation(&self, notes: &mut Notes) -> OvsObservation {
        let roots = self.table("Open_vSwitch");
        let root = roots.and_then(|rows| rows.iter().next());
        if root.is_none() {
            notes.whole("no row of table Open_vSwitch, so every row of table Bridge is shown");
        }
        let mut used = Used::default();
        let bridges: Vec<Uuid> = match root {
            Some((_, root)) => references(root, "bridges"),
            None => self
                .table("Bridge")
                .map_or_else(Vec::new, |rows| rows.keys().copied().collect()),
        };
        let said = OvsObservation {
            uuid: root.map(|(uuid, _)| *uuid),
            ovs_version: root.and_then(|(_, root)| text(root, "ovs_version")),
            schema_version: self.schema_version.clone(),
            external_ids: root.map_or_else(BTreeMap::new, |(_, root)| map(root, "external_ids")),
            bridges: bridges
                .into_iter()
                .filter_map(|uuid| self.bridge(uuid, &mut used, notes))
                .collect(),
            managers: root.map_or_else(Vec::new, |(_, root)| {
                self.remotes(root, "manager_options", "Manager")
            }),
            abridged: false,
            damage: Vec::new(),
        };
        for table in ["Bridge", "Port", "Interface"] {
            for (uuid, row) in self.table(table).into_iter().flatten() {
                if !used.0.contains(&(table, *uuid)) {
                    let name = text(row, "name").unwrap_or_else(|| uuid.to_string());
                    notes.whole(format!("no row refers to the row {name} of table {table}"));
                }
            }
        }
        said
    }

    fn table(&self, name: &str) -> Option<&BTreeMap<Uuid, Columns>> {
        self.tables.get(name)
    }

    /// The row to which another refers. A row is part of one other, so the second reference is damage too;
    /// that also bounds how much a hostile file can make of few rows.
    fn row(&self, table: &'static str, uuid: Uuid, used: &mut Used, notes: &mut Notes) -> Option<&Columns> {
        let Some(row) = self.table(table).and_then(|rows| rows.get(&uuid)) else {
            notes.whole(format!(
                "a row refers to {uuid} of table {table}, which is not there"
            ));
            return None;
        };
        if !used.0.insert((table, uuid)) {
            notes.whole(format!("two rows refer to {uuid} of table {table}"));
            return None;
        }
        Some(row)
    }

    fn bridge(&self, uuid: Uuid, used: &mut Used, notes: &mut Notes) -> Option<ObservedBridge> {
        let row = self.row("Bridge", uuid, used, notes)?;
        Some(ObservedBridge {
            uuid: Some(uuid),
            name: name(row, uuid, "Bridge", notes),
            datapath_type: text(row, "datapath_type"),
            fail_mode: text(row, "fail_mode"),
            stp_enable: boolean(row, "stp_enable"),
            rstp_enable: boolean(row, "rstp_enable"),
            external_ids: map(row, "external_ids"),
            other_config: map(row, "other_config"),
            controllers: self.remotes(row, "controller", "Controller"),
            mirrors: references(row, "mirrors")
                .into_iter()
                .filter_map(|uuid| self.mirror(uuid, used, notes))
                .collect(),
            ports: references(row, "ports")
                .into_iter()
                .filter_map(|uuid| self.port(uuid, used, notes))
                .collect(),
        })
    }

    fn port(&self, uuid: Uuid, used: &mut Used, notes: &mut Notes) -> Option<ObservedPort> {
        let row = self.row("Port", uuid, used, notes)?;
        let name = name(row, uuid, "Port", notes);
        let mut vlan = |column: &str| -> Vec<VlanId> {
            let mut ids = Vec::new();
            for atom in row.get(column).map_or(&[][..], Datum::atoms) {
                match vlan_id(atom) {
                    Some(id) => ids.push(id),
                    None => notes.whole(format!("{column} of port {name} has {}, no VLAN", words(atom))),
                }
            }
            ids
        };
        let (tag, trunks) = (vlan("tag").into_iter().next(), vlan("trunks"));
        Some(ObservedPort {
            uuid: Some(uuid),
            tag,
            trunks,
            vlan_mode: text(row, "vlan_mode"),
            bond_mode: text(row, "bond_mode"),
            lacp: text(row, "lacp"),
            fake_bridge: boolean(row, "fake_bridge").unwrap_or_default(),
            bond_active_slave: text(row, "bond_active_slave"),
            lacp_status: None,
            external_ids: map(row, "external_ids"),
            other_config: map(row, "other_config"),
            interfaces: references(row, "interfaces")
                .into_iter()
                .filter_map(|uuid| self.interface(uuid, used, notes))
                .collect(),
            name,
        })
    }

    fn remotes(&self, row: &Columns, column: &str, table: &str) -> Vec<Remote> {
        let rows = references(row, column).into_iter();
        rows.filter_map(|uuid| self.table(table)?.get(&uuid))
            .map(|row| Remote {
                target: text(row, "target").unwrap_or_default(),
                is_connected: boolean(row, "is_connected"),
            })
            .collect()
    }

    fn mirror(&self, uuid: Uuid, used: &mut Used, notes: &mut Notes) -> Option<Mirror> {
        let row = self.row("Mirror", uuid, used, notes)?;
        // Mirrors refer to ports weakly: one that is gone is no damage.
        let ports = |column: &str| -> Vec<String> {
            let ports = references(row, column).into_iter();
            let rows = ports.filter_map(|uuid| self.table("Port")?.get(&uuid));
            rows.filter_map(|row| text(row, "name")).collect()
        };
        let vlans = |column: &str| -> Vec<VlanId> {
            let atoms = row.get(column).map_or(&[][..], Datum::atoms);
            atoms.iter().filter_map(vlan_id).collect()
        };
        Some(Mirror {
            name: name(row, uuid, "Mirror", notes),
            select_all: boolean(row, "select_all").unwrap_or_default(),
            select_src_ports: ports("select_src_port"),
            select_dst_ports: ports("select_dst_port"),
            select_vlans: vlans("select_vlan"),
            output_port: ports("output_port").into_iter().next(),
            output_vlan: vlans("output_vlan").into_iter().next(),
        })
    }

    fn interface(&self, uuid: Uuid, used: &mut Used, notes: &mut Notes) -> Option<ObservedInterface> {
        let row = self.row("Interface", uuid, used, notes)?;
        let up = |column: &str| text(row, column).map(|state| state == "up");
        Some(ObservedInterface {
            uuid: Some(uuid),
            name: name(row, uuid, "Interface", notes),
            type_: text(row, "type").unwrap_or_default(),
            options: map(row, "options"),
            external_ids: map(row, "external_ids").into(),
            status: map(row, "status"),
            ofport: integer(row, "ofport"),
            error: text(row, "error"),
            mac_in_use: text(row, "mac_in_use").and_then(|mac| mac.parse().ok()),
            mtu_bytes: integer(row, "mtu").and_then(|mtu| mtu.try_into().ok()),
            admin_up: up("admin_state"),
            link_up: up("link_state"),
            lacp_current: boolean(row, "lacp_current"),
        })
    }
}

/// The rows to which another refers.
#[derive(Default)]
struct Used(BTreeSet<(&'static str, Uuid)>);

fn name(row: &Columns, uuid: Uuid, table: &str, notes: &mut Notes) -> String {
    text(row, "name").unwrap_or_else(|| {
        notes.whole(format!("the row {uuid} of table {table} has no name"));
        uuid.to_string()
    })
}

fn text(row: &Columns, column: &str) -> Option<String> {
    row.get(column)?.atoms().first().map(words)
}

fn integer(row: &Columns, column: &str) -> Option<i64> {
    row.get(column)?.atoms().first()?.as_integer()
}

fn boolean(row: &Columns, column: &str) -> Option<bool> {
    row.get(column)?.atoms().first()?.as_bool()
}

fn map(row: &Columns, column: &str) -> BTreeMap<String, String> {
    let pairs = row.get(column).map_or(&[][..], Datum::pairs);
    pairs
        .iter()
        .map(|(key, value)| (words(key), words(value)))
        .collect()
}

fn references(row: &Columns, column: &str) -> Vec<Uuid> {
    let atoms = row.get(column).map_or(&[][..], Datum::atoms);
    atoms.iter().filter_map(Atom::as_uuid).collect()
}

fn vlan_id(atom: &Atom) -> Option<VlanId> {
    VlanId::new(atom.as_integer()?.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uuid(number: u128) -> Datum {
        Datum::One(Atom::Uuid(Uuid::from_u128(number)))
    }

    /// A table, the number of a row, and its columns.
    type Row<'r> = (&'r str, u128, &'r [(&'r str, Datum)]);

    fn rows(rows: &[Row<'_>]) -> Rows {
        let mut all = Rows::default();
        for (table, id, columns) in rows {
            let columns = columns
                .iter()
                .map(|(name, datum)| ((*name).to_owned(), datum.clone()))
                .collect();
            all.tables
                .entry((*table).to_owned())
                .or_default()
                .insert(Uuid::from_u128(*id), columns);
        }
        all
    }

    fn string(text: &str) -> Datum {
        Datum::One(Atom::from(text))
    }

    #[test]
    fn what_refers_to_nothing_is_noted_and_the_rest_is_shown() {
        let rows = rows(&[
            ("Open_vSwitch", 1, &[("bridges", uuid(2))]),
            (
                "Bridge",
                2,
                &[
                    ("name", string("br0")),
                    (
                        "ports",
                        Datum::set([3, 4].map(|id| Atom::Uuid(Uuid::from_u128(id)))),
                    ),
                ],
            ),
            (
                "Port",
                3,
                &[
                    ("name", string("a")),
                    ("interfaces", uuid(3)),
                    ("tag", Datum::One(Atom::Integer(5000))),
                ],
            ),
            ("Port", 5, &[("name", string("lost"))]),
        ]);
        let mut notes = Notes::of("conf.db");
        let said = rows.observation(&mut notes);
        assert_eq!(said.bridges[0].ports.len(), 1);
        let said: Vec<String> = notes.sentences();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said[0].contains("tag of port a has 5000"));
        assert!(said[1].contains("00000003 of table Interface, which is not there"));
        assert!(said[3].contains("no row refers to the row lost of table Port"));
    }

    #[test]
    fn a_row_that_two_refer_to_is_shown_once() {
        let rows = rows(&[
            (
                "Open_vSwitch",
                1,
                &[(
                    "bridges",
                    Datum::set([2, 3].map(|id| Atom::Uuid(Uuid::from_u128(id)))),
                )],
            ),
            ("Bridge", 2, &[("name", string("br0")), ("ports", uuid(4))]),
            ("Bridge", 3, &[("name", string("br1")), ("ports", uuid(4))]),
            ("Port", 4, &[("name", string("a"))]),
        ]);
        let mut notes = Notes::of("conf.db");
        let said = rows.observation(&mut notes);
        assert_eq!((said.bridges[0].ports.len(), said.bridges[1].ports.len()), (1, 0));
        assert_eq!(notes.sentences().len(), 1);
    }
}
