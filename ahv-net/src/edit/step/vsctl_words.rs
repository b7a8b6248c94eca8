use std::collections::{BTreeMap, HashMap};

use ovsdb_client::table::{RowUuid, Table};
use ovsdb_client::vswitch::{Bridge, FlowSampleCollectorSet, Interface, Mirror, Port};
use ovsdb_client::wire::Atom;
use uuid::Uuid;

use super::group::Group;
use super::vsctl::Line;
use crate::edit::change::{Columns, RowEdit, RowId};
use crate::edit::draft::Rows;

/// Values and rows as ovs-vsctl(8) reads them.
pub(super) struct Words<'g> {
    rows: &'g Rows,
    /// The rows that the line makes, by the `@name` that it gives them.
    made: HashMap<Uuid, String>,
    /// The rows that are there and that the line names in a value: how to get each one's `@name`.
    named: BTreeMap<String, Line>,
    /// The rows that a command makes that gives them no `@name`.
    commanded: HashMap<Uuid, RowId>,
    /// How to get the `@name` of those that the line names in a value.
    late: BTreeMap<String, Line>,
}

impl<'g> Words<'g> {
    pub(super) fn new(group: &Group, rows: &'g Rows) -> Self {
        let mut words = Self {
            rows,
            made: HashMap::new(),
            named: BTreeMap::new(),
            commanded: HashMap::new(),
            late: BTreeMap::new(),
        };
        for change in &group.changes {
            if let RowEdit::Insert(_) = change.edit {
                let id = words.new_id(&change.row);
                words.made.insert(change.row.uuid, id);
            }
        }
        words
    }

    fn new_id(&self, row: &RowId) -> String {
        let id = at(&row.table, row.name.as_deref().unwrap_or_default());
        let taken = |id: &String| self.made.values().any(|known| known == id);
        match taken(&id) {
            false => id,
            true => format!("{id}-{}", self.made.len()),
        }
    }

    /// The name of a row that the line makes.
    pub(super) fn id(&self, row: &RowId) -> String {
        let known = self.made.get(&row.uuid).cloned();
        known.unwrap_or_else(|| at(&row.table, row.name.as_deref().unwrap_or_default()))
    }

    /// The commands that give names to the rows that are there.
    pub(super) fn gets(&self) -> Vec<Line> {
        self.named.values().cloned().collect()
    }

    /// The same for rows that the line makes by `add-port` and its like, which come before.
    pub(super) fn late_gets(&self) -> Vec<Line> {
        self.late.values().cloned().collect()
    }

    /// A command makes this row, and gives it no name of the line's.
    pub(super) fn made_by_command(&mut self, row: &RowId) {
        self.commanded.insert(row.uuid, row.clone());
    }

    /// A row as a command's record.
    pub(super) fn record(&self, row: &RowId) -> String {
        if row.table == "Open_vSwitch" {
            return ".".to_owned();
        }
        // Mirrors of two bridges may have one name.
        let name = row
            .name
            .clone()
            .filter(|_| row.table != "Mirror" || self.is_only_mirror(row));
        name.or_else(|| self.bridge_with(row))
            .unwrap_or_else(|| row.uuid.to_string())
    }

    /// A sample collector as a command's record: by its number, which another bridge's may have too.
    pub(super) fn collector(&self, row: &RowId, columns: &Columns) -> String {
        let id = columns
            .get("id")
            .and_then(|id| id.one()?.as_integer())
            .unwrap_or_default();
        let has_it = |row: &FlowSampleCollectorSet| row.id().is_ok_and(|found| found == id);
        let rows = self.rows.snapshot().rows::<FlowSampleCollectorSet>();
        match rows.is_ok_and(|rows| rows.filter(has_it).count() == 1) {
            true => id.to_string(),
            false => row.uuid.to_string(),
        }
    }

    fn is_only_mirror(&self, row: &RowId) -> bool {
        let named = |mirror: &Mirror| {
            mirror
                .name()
                .is_ok_and(|name| Some(&*name) == row.name.as_deref())
        };
        let mirrors = self.rows.snapshot().rows::<Mirror>();
        mirrors.is_ok_and(|mirrors| mirrors.filter(named).count() == 1)
    }

    /// ovs-vsctl(8) finds the rows that only one bridge can have by that bridge's name.
    fn bridge_with(&self, row: &RowId) -> Option<String> {
        let snapshot = self.rows.snapshot();
        let mut bridges = snapshot.rows::<Bridge>().ok()?;
        let has = |bridge: &Bridge| match row.table.as_str() {
            "sFlow" => bridge
                .sflow()
                .is_ok_and(|sflow| sflow.map(RowUuid::get) == Some(row.uuid)),
            "NetFlow" => bridge
                .netflow()
                .is_ok_and(|netflow| netflow.map(RowUuid::get) == Some(row.uuid)),
            _ => false,
        };
        let name = bridges.find(has)?.name().ok()?;
        Some(name.to_string())
    }

    /// An atom: a string is quoted where it would be read as something else, a row is named.
    pub(super) fn word(&mut self, atom: &Atom) -> String {
        match atom {
            Atom::String(text) => quoted(text),
            Atom::Uuid(uuid) => self.row(*uuid),
            other => other.to_string(),
        }
    }

    fn row(&mut self, uuid: Uuid) -> String {
        if let Some(id) = self.made.get(&uuid).cloned() {
            if let Some(RowId {
                table,
                name: Some(name),
                ..
            }) = self.commanded.get(&uuid)
            {
                let get = [&format!("--id={id}"), "get", table, name];
                self.late.insert(id.clone(), get.map(str::to_owned).to_vec());
            }
            return id;
        }
        let Some((table, name)) = self.known(uuid) else {
            return uuid.to_string();
        };
        let id = at(&table, &name);
        let get = vec![format!("--id={id}"), "get".to_owned(), table, name];
        self.named.insert(id.clone(), get);
        id
    }

    /// Table and name of a row that is there by the time of this line, and whose name no other has.
    fn known(&self, uuid: Uuid) -> Option<(String, String)> {
        let snapshot = self.rows.snapshot();
        let row = |table: &str, name: Option<std::sync::Arc<str>>| {
            name.map(|name| RowId {
                table: table.to_owned(),
                name: Some(name.to_string()),
                uuid,
            })
        };
        let bridge = snapshot
            .row(RowUuid::<Bridge>::new(uuid))
            .and_then(|row| row.name().ok());
        let port = snapshot
            .row(RowUuid::<Port>::new(uuid))
            .and_then(|row| row.name().ok());
        let interface = snapshot
            .row(RowUuid::<Interface>::new(uuid))
            .and_then(|row| row.name().ok());
        let mirror = snapshot
            .row(RowUuid::<Mirror>::new(uuid))
            .and_then(|row| row.name().ok());
        let there = row(Bridge::TABLE, bridge)
            .or_else(|| row(Port::TABLE, port))
            .or_else(|| row(Interface::TABLE, interface))
            .or_else(|| row(Mirror::TABLE, mirror).filter(|row| self.is_only_mirror(row)));
        // What an earlier line makes has its name by now.
        let made = || {
            let changes = self.rows.changes().into_iter();
            changes
                .map(|change| change.row)
                .find(|row| row.uuid == uuid && row.is_planned())
        };
        let row = there.or_else(made)?;
        Some((row.table, row.name?))
    }
}

/// The wire name of a table, where `NAME` is taken by the column of that name.
trait Named {
    const TABLE: &'static str;
}

impl<T: Table> Named for T {
    const TABLE: &'static str = <T as Table>::NAME;
}

/// `@port-bond0`: a name that ovs-vsctl reads as one word.
fn at(table: &str, name: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() || "-_.".contains(c) {
        true => c,
        false => '_',
    };
    let name: String = name.chars().map(plain).collect();
    let table = table.to_lowercase();
    match name.is_empty() {
        true => format!("@{table}"),
        false => format!("@{table}-{name}"),
    }
}

/// ovs-vsctl reads a word up to one of `:=, []{}!<>"`; and one that begins with `-` as an option.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+%".contains(c);
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
