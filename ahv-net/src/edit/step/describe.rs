use ovsdb_client::wire::{Atom, Datum};

use super::group::Group;
use super::vsctl;
use crate::edit::change::{Change, ColumnEdit, RowChange, RowEdit, RowId};
use crate::edit::draft::Rows;
use crate::edit::plan::{Difference, Step};

/// A group of row changes as a step.
pub(crate) fn step(group: Group, rows: &Rows) -> Step {
    let leader = group
        .changes
        .iter()
        .find(|change| change.row.uuid == group.leader.uuid);
    let what = match leader.map(|change| &change.edit) {
        Some(RowEdit::Insert(_)) => match owner(&group, rows) {
            Some(owner) => format!("add to {owner}"),
            None => "add".to_owned(),
        },
        Some(RowEdit::Delete(_)) => match owner(&group, rows) {
            Some(owner) => format!("delete from {owner}"),
            None => "delete".to_owned(),
        },
        Some(RowEdit::Update(columns)) => {
            let names: Vec<&str> = columns.keys().map(String::as_str).collect();
            format!("change {}", names.join(", "))
        }
        None => "change".to_owned(),
    };
    let differences = group
        .changes
        .iter()
        .flat_map(|change| differences(change, rows))
        .collect();
    Step {
        object: object(&group.leader),
        what,
        effect: None,
        differences,
        commands: vsctl::commands(&group, rows),
        change: Change::Rows(group.changes),
    }
}

/// A row in people's words: `port tap345`.
pub(crate) fn object(row: &RowId) -> String {
    let table = match row.table.as_str() {
        "Open_vSwitch" => return "the switch".to_owned(),
        "sFlow" => "sFlow".to_owned(),
        other => other.to_lowercase(),
    };
    match &row.name {
        Some(name) => format!("{table} {name}"),
        None => table,
    }
}

/// The bridge, or whatever else, that gains or loses the group's leader.
fn owner(group: &Group, rows: &Rows) -> Option<String> {
    let leader = group.leader.uuid;
    group.changes.iter().find_map(|change| {
        let RowEdit::Update(columns) = &change.edit else {
            return None;
        };
        let names = columns.values().any(|edit| match edit {
            ColumnEdit::Elements { removed, added } => {
                removed.contains(&Atom::Uuid(leader)) || added.contains(&Atom::Uuid(leader))
            }
            ColumnEdit::Replace { before, after } => {
                before.contains(&Atom::Uuid(leader)) || after.contains(&Atom::Uuid(leader))
            }
        });
        let is_root = change.row.table == "Open_vSwitch";
        (names && !is_root && change.row.table != "Mirror").then(|| {
            let name = rows.label(change.row.uuid);
            format!("{} {name}", change.row.table.to_lowercase())
        })
    })
}

fn differences(change: &RowChange, rows: &Rows) -> Vec<Difference> {
    let row = match (&change.row.name, change.row.table.as_str()) {
        (Some(name), table) => format!("{table} {name}"),
        (None, table) => table.to_owned(),
    };
    let value = |datum: &Datum| text(datum, rows);
    let mut found = Vec::new();
    let mut say = |column: &str, before: Option<String>, after: Option<String>| {
        found.push(Difference {
            what: format!("{row} {column}"),
            before,
            after,
        });
    };
    match &change.edit {
        RowEdit::Insert(columns) => {
            for (column, datum) in columns {
                if !goes_without_saying(&change.row, column, datum, rows) {
                    say(column, None, Some(value(datum)));
                }
            }
        }
        RowEdit::Delete(columns) => {
            for (column, datum) in columns {
                if !goes_without_saying(&change.row, column, datum, rows) {
                    say(column, Some(value(datum)), None);
                }
            }
        }
        RowEdit::Update(columns) => {
            for (column, edit) in columns {
                match edit {
                    ColumnEdit::Replace { before, after } => {
                        let there = |datum: &Datum| (!datum.is_empty()).then(|| value(datum));
                        say(column, there(before), there(after));
                    }
                    ColumnEdit::Elements { removed, added } => {
                        let pairs = removed.pairs().iter().map(|(key, _)| key);
                        let new = added.pairs().iter().map(|(key, _)| key);
                        let mut keys: Vec<&Atom> = pairs.chain(new).collect();
                        keys.sort_unstable();
                        keys.dedup();
                        for key in keys {
                            let of = |datum: &Datum| {
                                let found = datum.pairs().iter().find(|(known, _)| known == key);
                                found.map(|(_, value)| plain(value, rows))
                            };
                            say(&format!("{column}:{}", plain(key, rows)), of(removed), of(added));
                        }
                        for atom in removed.atoms() {
                            say(column, Some(plain(atom, rows)), None);
                        }
                        for atom in added.atoms() {
                            say(column, None, Some(plain(atom, rows)));
                        }
                    }
                }
            }
        }
    }
    found
}

/// A row's name, and what has the same name and always belongs to it.
fn goes_without_saying(row: &RowId, column: &str, datum: &Datum, rows: &Rows) -> bool {
    let is_name = |atom: &Atom| Some(plain(atom, rows)) == row.name;
    column == "name" || (matches!(column, "interfaces" | "ports") && datum.one().is_some_and(is_name))
}

/// A value with rows named and not numbered.
pub(crate) fn text(datum: &Datum, rows: &Rows) -> String {
    match datum {
        Datum::One(atom) => plain(atom, rows),
        Datum::Set(atoms) => {
            let mut words: Vec<String> = atoms.iter().map(|atom| plain(atom, rows)).collect();
            if atoms.iter().any(|atom| atom.as_uuid().is_some()) {
                // UUIDs have no order that means anything; names do.
                words.sort();
            }
            let atoms = words;
            format!("[{}]", atoms.join(", "))
        }
        Datum::Map(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}={}", plain(key, rows), plain(value, rows)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

pub(crate) fn plain(atom: &Atom, rows: &Rows) -> String {
    match atom {
        Atom::Uuid(uuid) => rows.label(*uuid),
        Atom::String(text) => text.to_string(),
        other => other.to_string(),
    }
}
