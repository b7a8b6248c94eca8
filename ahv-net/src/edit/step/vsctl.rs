use ovsdb_client::wire::{Atom, Datum};

use super::describe::plain;
use super::group::Group;
use crate::check::Fix;
use crate::edit::change::{ColumnEdit, Columns, RowChange, RowEdit};
use crate::edit::draft::Rows;

/// The `ovs-vsctl` line that does what a group does: ovs-vsctl(8).
pub(crate) fn commands(group: &Group, rows: &Rows) -> Vec<Fix> {
    let leader = group
        .changes
        .iter()
        .find(|change| change.row.uuid == group.leader.uuid);
    let Some(leader) = leader else { return Vec::new() };
    let name = leader.row.name.clone().unwrap_or_default();
    let words = match (&leader.edit, leader.row.table.as_str()) {
        (RowEdit::Insert(columns), "Port") => add_port(&name, columns, group, rows),
        (RowEdit::Delete(_), "Port") => {
            let bridge = parent(group, "Bridge");
            let words = ["del-port".to_owned()].into_iter().chain(bridge).chain([name]);
            vec![words.collect()]
        }
        (RowEdit::Insert(columns), "Bridge") => {
            let mut lines = vec![vec!["add-br".to_owned(), name.clone()]];
            lines.extend(set("Bridge", &name, columns, &["name", "ports"], rows));
            for change in others(group) {
                if let (RowEdit::Insert(columns), Some(other)) = (&change.edit, &change.row.name) {
                    match change.row.table.as_str() {
                        "Port" if *other != name => {
                            lines.push(vec!["add-port".to_owned(), name.clone(), other.clone()]);
                            lines.extend(set("Port", other, columns, &["name", "interfaces"], rows));
                        }
                        "Port" => lines.extend(set("Port", other, columns, &["name", "interfaces"], rows)),
                        "Interface" => {
                            let internal = *other == name;
                            let skip: &[&str] = if internal { &["name", "type"] } else { &["name"] };
                            lines.extend(set("Interface", other, columns, skip, rows));
                        }
                        _ => {}
                    }
                }
            }
            lines
        }
        (RowEdit::Delete(_), "Bridge") => vec![vec!["del-br".to_owned(), name]],
        (RowEdit::Insert(columns), "Mirror" | "sFlow" | "NetFlow" | "IPFIX" | "Controller") => {
            let table = leader.row.table.clone();
            let mut create = vec!["--id=@new".to_owned(), "create".to_owned(), table.clone()];
            create.extend(
                columns
                    .iter()
                    .map(|(column, datum)| assignment(column, datum, rows)),
            );
            let column = match table.as_str() {
                "Mirror" => "mirrors".to_owned(),
                other => other.to_lowercase(),
            };
            let mut lines = vec![create];
            if let Some(bridge) = parent(group, "Bridge") {
                let verb = if table == "Mirror" { "add" } else { "set" };
                let mut attach = vec![verb.to_owned(), "Bridge".to_owned(), bridge];
                match verb {
                    "add" => attach.extend([column, "@new".to_owned()]),
                    _ => attach.push(format!("{column}=@new")),
                }
                lines.push(attach);
            }
            lines
        }
        (RowEdit::Delete(_), "Mirror") => match parent(group, "Bridge") {
            Some(bridge) => vec![
                ["--id=@gone", "get", "Mirror", &name].map(str::to_owned).to_vec(),
                ["remove", "Bridge", &bridge, "mirrors", "@gone"]
                    .map(str::to_owned)
                    .to_vec(),
            ],
            None => Vec::new(),
        },
        (RowEdit::Delete(_), table) => match parent(group, "Bridge") {
            Some(bridge) => vec![vec![
                "clear".to_owned(),
                "Bridge".to_owned(),
                bridge,
                table.to_lowercase(),
            ]],
            None => Vec::new(),
        },
        (RowEdit::Update(_), _) => group
            .changes
            .iter()
            .flat_map(|change| match &change.edit {
                RowEdit::Update(_) => update(change, rows),
                _ => Vec::new(),
            })
            .collect(),
        (RowEdit::Insert(_), _) => Vec::new(),
    };
    let joined = join(words);
    if joined.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = joined.iter().map(String::as_str).collect();
    vec![Fix::ovs_vsctl(&words)]
}

type Line = Vec<String>;

fn join(lines: Vec<Line>) -> Vec<String> {
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

fn others(group: &Group) -> impl Iterator<Item = &RowChange> {
    group
        .changes
        .iter()
        .filter(|change| change.row.uuid != group.leader.uuid)
}

/// The row of this table that gains or loses the leader.
fn parent(group: &Group, table: &str) -> Option<String> {
    others(group)
        .find(|change| change.row.table == table && matches!(change.edit, RowEdit::Update(_)))
        .and_then(|change| change.row.name.clone())
}

fn add_port(name: &str, columns: &Columns, group: &Group, rows: &Rows) -> Vec<Line> {
    let interfaces: Vec<(&String, &Columns)> = others(group)
        .filter_map(|change| match (&change.edit, &change.row.name) {
            (RowEdit::Insert(columns), Some(name)) if change.row.table == "Interface" => {
                Some((name, columns))
            }
            _ => None,
        })
        .collect();
    let bridge = parent(group, "Bridge").unwrap_or_default();
    let mut first = match interfaces.as_slice() {
        [_] | [] => vec!["add-port".to_owned(), bridge, name.to_owned()],
        members => {
            let mut line = vec!["add-bond".to_owned(), bridge, name.to_owned()];
            line.extend(members.iter().map(|(name, _)| (*name).clone()));
            line
        }
    };
    first.extend(
        columns
            .iter()
            .filter(|(column, _)| !matches!(column.as_str(), "name" | "interfaces"))
            .map(|(column, datum)| assignment(column, datum, rows)),
    );
    let mut lines = vec![first];
    for (name, columns) in interfaces {
        lines.extend(set("Interface", name, columns, &["name"], rows));
    }
    lines
}

fn set(table: &str, name: &str, columns: &Columns, without: &[&str], rows: &Rows) -> Option<Line> {
    let values: Vec<String> = columns
        .iter()
        .filter(|(column, _)| !without.contains(&column.as_str()))
        .map(|(column, datum)| assignment(column, datum, rows))
        .collect();
    (!values.is_empty()).then(|| {
        let mut line = vec!["set".to_owned(), table.to_owned(), name.to_owned()];
        line.extend(values);
        line
    })
}

fn update(change: &RowChange, rows: &Rows) -> Vec<Line> {
    let RowEdit::Update(columns) = &change.edit else {
        return Vec::new();
    };
    let row = match (&change.row.name, change.row.table.as_str()) {
        (_, "Open_vSwitch") => ".".to_owned(),
        (Some(name), _) => name.clone(),
        (None, _) => change.row.uuid.to_string(),
    };
    let table = &change.row.table;
    let verb = |verb: &str| vec![verb.to_owned(), table.clone(), row.clone()];
    let mut sets = verb("set");
    let mut lines = Vec::new();
    for (column, edit) in columns {
        match edit {
            ColumnEdit::Replace { after, .. } if after.is_empty() => {
                let mut line = verb("clear");
                line.push(column.clone());
                lines.push(line);
            }
            ColumnEdit::Replace { after, .. } => sets.push(assignment(column, after, rows)),
            ColumnEdit::Elements { removed, added } => {
                let gone: Vec<String> = removed
                    .pairs()
                    .iter()
                    .filter(|(key, _)| !added.pairs().iter().any(|(known, _)| known == key))
                    .map(|(key, _)| word(key, rows))
                    .chain(removed.atoms().iter().map(|atom| word(atom, rows)))
                    .collect();
                if !gone.is_empty() {
                    let mut line = verb("remove");
                    line.push(column.clone());
                    line.extend(gone);
                    lines.push(line);
                }
                sets.extend(
                    added
                        .pairs()
                        .iter()
                        .map(|(key, value)| format!("{column}:{}={}", word(key, rows), word(value, rows))),
                );
                if !added.atoms().is_empty() {
                    let mut line = verb("add");
                    line.push(column.clone());
                    line.extend(added.atoms().iter().map(|atom| word(atom, rows)));
                    lines.push(line);
                }
            }
        }
    }
    if sets.len() > 3 {
        lines.insert(0, sets);
    }
    lines
}

fn assignment(column: &str, datum: &Datum, rows: &Rows) -> String {
    match datum {
        Datum::One(atom) => format!("{column}={}", word(atom, rows)),
        Datum::Set(atoms) => {
            let atoms: Vec<String> = atoms.iter().map(|atom| word(atom, rows)).collect();
            match atoms.is_empty() {
                true => format!("{column}=[]"),
                false => format!("{column}={}", atoms.join(",")),
            }
        }
        Datum::Map(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}={}", word(key, rows), word(value, rows)))
                .collect();
            match pairs.is_empty() {
                true => format!("{column}={{}}"),
                false => format!("{column}={}", pairs.join(",")),
            }
        }
    }
}

/// An atom as ovs-vsctl(8) reads it: a string is quoted where it would be read as something else.
fn word(atom: &Atom, rows: &Rows) -> String {
    match atom {
        Atom::String(text) => {
            let bare = !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
                && !matches!(&**text, "true" | "false")
                && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && uuid::Uuid::parse_str(text).is_err();
            match bare {
                true => text.to_string(),
                false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            }
        }
        other => plain(other, rows),
    }
}
