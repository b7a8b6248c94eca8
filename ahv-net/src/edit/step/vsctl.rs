use std::collections::{BTreeMap, BTreeSet, HashSet};

use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use super::group::Group;
use super::vsctl_words::Words;
use crate::check::Fix;
use crate::edit::change::{ColumnEdit, Columns, RowChange, RowEdit};
use crate::edit::draft::Rows;

/// The `ovs-vsctl` line that does what a group does, in one transaction as it is done here: ovs-vsctl(8).
///
/// What has a command of its own (`add-br`, `add-port`, …) is said by it; everything else by `create`, `set`,
/// `add`, `remove` and `clear`, with rows that are made or moved known by `--id`.
pub(crate) fn commands(group: &Group, rows: &Rows) -> Vec<Fix> {
    let mut writer = Writer {
        group,
        words: Words::new(group, rows),
        said: HashSet::new(),
        passed: BTreeSet::new(),
        lines: Vec::new(),
    };
    writer.delete();
    writer.add_bridges();
    writer.add_ports();
    let made = writer.lines.len();
    writer.create();
    writer.add_to_new_bridges();
    writer.update();
    writer.lines.splice(made..made, writer.words.late_gets());
    let lines = writer.words.gets().into_iter().chain(writer.lines);
    let joined = join(lines);
    if joined.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = joined.iter().map(String::as_str).collect();
    vec![Fix::ovs_vsctl(&words)]
}

pub(super) type Line = Vec<String>;

struct Writer<'g> {
    group: &'g Group,
    words: Words<'g>,
    /// Rows that a command makes or deletes.
    said: HashSet<Uuid>,
    /// Elements that such a command puts into a column of another row, or takes out of it.
    passed: BTreeSet<(Uuid, Uuid)>,
    lines: Vec<Line>,
}

/// The rows to which a column refers.
fn references<'c>(columns: &'c Columns, column: &str) -> impl Iterator<Item = Uuid> + use<'c> {
    let atoms = columns.get(column).map_or(&[][..], Datum::atoms);
    atoms.iter().filter_map(Atom::as_uuid)
}

/// Words as a line.
fn line<const N: usize>(words: [&str; N]) -> Line {
    words.map(str::to_owned).to_vec()
}

impl<'g> Writer<'g> {
    fn inserted(&self, table: &'g str) -> impl Iterator<Item = (&'g RowChange, &'g Columns)> + use<'g> {
        let group: &'g Group = self.group;
        group.changes.iter().filter_map(move |change| match &change.edit {
            RowEdit::Insert(columns) if change.row.table == table => Some((change, columns)),
            _ => None,
        })
    }

    fn deleted(&self, uuid: Uuid) -> bool {
        self.group
            .changes
            .iter()
            .any(|change| change.row.uuid == uuid && matches!(change.edit, RowEdit::Delete(_)))
    }

    /// Whether a port goes with all its interfaces, as a command of ovs-vsctl deletes it.
    fn goes_whole(&self, port: Uuid) -> bool {
        let found = self.group.changes.iter().find(|change| change.row.uuid == port);
        match found.map(|change| &change.edit) {
            Some(RowEdit::Delete(columns)) => references(columns, "interfaces").all(|row| self.deleted(row)),
            _ => false,
        }
    }

    /// `del-br` and `del-port`; whatever else goes does so with the last reference to it, but for sample collectors,
    /// to which nothing refers.
    fn delete(&mut self) {
        let group = self.group;
        let deletes = || {
            group.changes.iter().filter_map(|change| match &change.edit {
                RowEdit::Delete(columns) => Some((&change.row, columns)),
                _ => None,
            })
        };
        for (row, columns) in deletes().filter(|(row, _)| row.table == "Flow_Sample_Collector_Set") {
            let record = self.words.collector(row, columns);
            self.lines
                .push(line(["destroy", "Flow_Sample_Collector_Set", &record]));
        }
        let mut with_bridge = HashSet::new();
        for (row, columns) in deletes().filter(|(row, _)| row.table == "Bridge") {
            with_bridge.extend(references(columns, "ports"));
            // What is another's by then is not to go with this one.
            if references(columns, "ports").all(|port| self.goes_whole(port)) {
                self.lines
                    .push(line(["del-br", row.name.as_deref().unwrap_or_default()]));
                self.pass(row.uuid);
            }
        }
        for (row, columns) in deletes().filter(|(row, _)| row.table == "Port") {
            let name = row.name.as_deref().unwrap_or_default();
            let is_fake = columns.get("fake_bridge") == Some(&Datum::One(Atom::Boolean(true)));
            let command = match is_fake {
                true => "del-br",
                false => "del-port",
            };
            if !with_bridge.contains(&row.uuid) && self.goes_whole(row.uuid) {
                self.lines.push(line([command, name]));
                self.pass(row.uuid);
            }
        }
    }

    /// A command took this row in or out, wherever it stands.
    fn pass(&mut self, row: Uuid) {
        self.said.insert(row);
        for change in &self.group.changes {
            if change.row.uuid == row {
                self.words.made_by_command(&change.row);
            }
            self.passed.insert((change.row.uuid, row));
        }
    }

    fn add_bridges(&mut self) {
        for (change, columns) in self.inserted("Bridge") {
            let Some(name) = change.row.name.as_deref() else {
                continue;
            };
            let local = self
                .inserted("Port")
                .find(|(port, _)| port.row.name.as_deref() == Some(name));
            let Some((port, port_columns)) = local else {
                continue;
            };
            self.lines.push(line(["add-br", name]));
            self.pass(change.row.uuid);
            self.pass(port.row.uuid);
            self.set("Bridge", name, columns, &["name", "ports", "mirrors"]);
            self.set("Port", name, port_columns, &["name", "interfaces"]);
            self.set_interface(name, &["name", "type"]);
        }
    }

    /// What a bridge that `add-br` made is to own, where no command of its own puts it there.
    fn add_to_new_bridges(&mut self) {
        for (change, columns) in self.inserted("Bridge") {
            let Some(name) = change.row.name.as_deref() else {
                continue;
            };
            for column in ["ports", "mirrors"] {
                let owned: Vec<Uuid> = references(columns, column)
                    .filter(|row| !self.said.contains(row))
                    .collect();
                if !owned.is_empty() {
                    let mut add = line(["add", "Bridge", name, column]);
                    add.extend(owned.into_iter().map(|row| self.words.word(&Atom::Uuid(row))));
                    self.lines.push(add);
                }
            }
        }
    }

    fn set_interface(&mut self, name: &str, without: &[&str]) {
        let found = self
            .inserted("Interface")
            .find(|(change, _)| change.row.name.as_deref() == Some(name));
        if let Some((change, columns)) = found {
            self.pass(change.row.uuid);
            self.set("Interface", name, columns, without);
        }
    }

    /// `add-port`, `add-bond`, and `add-br` for a fake bridge, where all interfaces are new.
    fn add_ports(&mut self) {
        for (change, columns) in self.inserted("Port") {
            let Some(name) = change.row.name.as_deref() else {
                continue;
            };
            if self.said.contains(&change.row.uuid) {
                continue;
            }
            let Some(bridge) = self.bridge_of(change.row.uuid) else {
                continue;
            };
            let owned: Vec<Uuid> = references(columns, "interfaces").collect();
            let new: Vec<&str> = self
                .inserted("Interface")
                .filter(|(interface, _)| owned.contains(&interface.row.uuid))
                .filter_map(|(interface, _)| interface.row.name.as_deref())
                .collect();
            if new.len() != owned.len() {
                continue;
            }
            let is_fake = columns.get("fake_bridge") == Some(&Datum::One(Atom::Boolean(true)));
            let tag = columns.get("tag").and_then(|tag| tag.one()?.as_integer());
            match (new.as_slice(), is_fake, tag) {
                ([only], true, Some(tag)) if *only == name => {
                    self.lines.push(line(["add-br", name, &bridge, &tag.to_string()]));
                    self.set(
                        "Port",
                        name,
                        columns,
                        &["name", "interfaces", "fake_bridge", "tag"],
                    );
                    self.set_interface(name, &["name", "type"]);
                }
                ([only], false, _) if *only == name => {
                    let mut add = line(["add-port", &bridge, name]);
                    add.extend(self.assignments(columns, &["name", "interfaces"]));
                    self.lines.push(add);
                    self.set_interface(name, &["name"]);
                }
                ([_, _, ..], false, _) => {
                    let mut add = line(["add-bond", &bridge, name]);
                    add.extend(new.iter().map(|name| (*name).to_owned()));
                    add.extend(self.assignments(columns, &["name", "interfaces"]));
                    self.lines.push(add);
                    for name in new {
                        self.set_interface(name, &["name"]);
                    }
                }
                _ => continue,
            }
            self.pass(change.row.uuid);
        }
    }

    /// The bridge that gains a port, or is made with it.
    fn bridge_of(&self, port: Uuid) -> Option<String> {
        let atom = Atom::Uuid(port);
        let found = self.group.changes.iter().find(|change| {
            change.row.table == "Bridge"
                && match &change.edit {
                    RowEdit::Insert(columns) => {
                        columns.get("ports").is_some_and(|ports| ports.contains(&atom))
                    }
                    RowEdit::Update(columns) => columns.get("ports").is_some_and(
                        |edit| matches!(edit, ColumnEdit::Elements { added, .. } if added.contains(&atom)),
                    ),
                    RowEdit::Delete(_) => false,
                }
        });
        found?.row.name.clone()
    }

    /// Whatever is made that no command of its own makes.
    fn create(&mut self) {
        for change in &self.group.changes {
            let RowEdit::Insert(columns) = &change.edit else {
                continue;
            };
            if self.said.contains(&change.row.uuid) {
                continue;
            }
            let mut create = vec![
                format!("--id={}", self.words.id(&change.row)),
                "create".to_owned(),
                change.row.table.clone(),
            ];
            if let (Some(name), None) = (&change.row.name, columns.get("name")) {
                create.push(format!("name={}", self.words.word(&Atom::from(name.as_str()))));
            }
            create.extend(self.assignments(columns, &[]));
            self.lines.push(create);
        }
    }

    fn update(&mut self) {
        for change in &self.group.changes {
            if let RowEdit::Update(columns) = &change.edit {
                self.update_row(change, columns);
            }
        }
    }

    fn update_row(&mut self, change: &RowChange, columns: &BTreeMap<String, ColumnEdit>) {
        let row = self.words.record(&change.row);
        let verb = |verb: &str| line([verb, &change.row.table, &row]);
        let mut sets = verb("set");
        let mut lines = Vec::new();
        for (column, edit) in columns {
            match edit {
                ColumnEdit::Replace { before, after } if after.is_empty() => {
                    // A weak reference goes by itself with the row that it names.
                    let gone = before
                        .atoms()
                        .iter()
                        .filter_map(Atom::as_uuid)
                        .any(|row| self.deleted(row));
                    if !(gone && change.row.table == "Mirror") {
                        let mut clear = verb("clear");
                        clear.push(column.clone());
                        lines.push(clear);
                    }
                }
                ColumnEdit::Replace { after, .. } => sets.push(self.assignment(column, after)),
                ColumnEdit::Elements { removed, added } => {
                    for (key, value) in added.pairs() {
                        sets.push(self.pair(column, key, value));
                    }
                    let new: Vec<&Atom> = added
                        .atoms()
                        .iter()
                        .filter(|atom| !self.is_passed(change, atom))
                        .collect();
                    if !new.is_empty() {
                        let mut add = verb("add");
                        add.push(column.clone());
                        add.extend(new.into_iter().map(|atom| self.words.word(atom)));
                        // Before anything is removed: a set may have to hold one at any time.
                        lines.insert(0, add);
                    }
                    let keys = removed.pairs().iter().map(|(key, _)| key);
                    let gone: Vec<&Atom> = keys
                        .filter(|key| !added.pairs().iter().any(|(known, _)| known == *key))
                        .chain(
                            removed
                                .atoms()
                                .iter()
                                .filter(|atom| !self.is_passed(change, atom)),
                        )
                        .collect();
                    if !gone.is_empty() {
                        let mut remove = verb("remove");
                        remove.push(column.clone());
                        remove.extend(gone.into_iter().map(|atom| self.words.word(atom)));
                        lines.push(remove);
                    }
                }
            }
        }
        if sets.len() > 3 {
            self.lines.push(sets);
        }
        self.lines.append(&mut lines);
    }

    /// Whether a command of its own puts an element where it shall be; or its deletion takes it away.
    fn is_passed(&self, change: &RowChange, atom: &Atom) -> bool {
        let Some(uuid) = atom.as_uuid() else { return false };
        self.passed.contains(&(change.row.uuid, uuid))
    }

    fn set(&mut self, table: &str, name: &str, columns: &Columns, without: &[&str]) {
        let values = self.assignments(columns, without);
        if !values.is_empty() {
            let mut set = line(["set", table, name]);
            set.extend(values);
            self.lines.push(set);
        }
    }

    /// `column=value`, and of a map one `column:key=value` a pair, as people write it.
    fn assignments(&mut self, columns: &Columns, without: &[&str]) -> Vec<String> {
        let mut words = Vec::new();
        for (column, datum) in columns {
            if without.contains(&column.as_str()) {
                continue;
            }
            match datum.pairs() {
                [] => words.push(self.assignment(column, datum)),
                pairs => words.extend(pairs.iter().map(|(key, value)| self.pair(column, key, value))),
            }
        }
        words
    }

    fn pair(&mut self, column: &str, key: &Atom, value: &Atom) -> String {
        format!("{column}:{}={}", self.words.word(key), self.words.word(value))
    }

    fn assignment(&mut self, column: &str, datum: &Datum) -> String {
        let words: Vec<String> = datum.atoms().iter().map(|atom| self.words.word(atom)).collect();
        match (words.is_empty(), datum) {
            (false, _) => format!("{column}={}", words.join(",")),
            (true, Datum::Map(_)) => format!("{column}={{}}"),
            (true, _) => format!("{column}=[]"),
        }
    }
}

fn join(lines: impl Iterator<Item = Line>) -> Vec<String> {
    let mut joined = Vec::new();
    for line in lines {
        // An option before the first command would be taken for one of ovs-vsctl itself.
        let is_option = line.first().is_some_and(|word| word.starts_with("--"));
        if !joined.is_empty() || is_option {
            joined.push("--".to_owned());
        }
        joined.extend(line);
    }
    joined
}
