use std::collections::{BTreeMap, HashMap};

use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use crate::edit::change::{ColumnEdit, RowChange, RowEdit, RowId, rows_in};

/// Row changes that belong to one object.
#[derive(Debug)]
pub(crate) struct Group {
    /// The row that the object is.
    pub(crate) leader: RowId,
    /// All of them, the leader's own among them.
    pub(crate) changes: Vec<RowChange>,
}

/// The columns by which a row owns others: ovs-vswitchd.conf.db(5).
const OWNING: &[(&str, &[&str])] = &[
    ("Open_vSwitch", &["bridges", "manager_options", "ssl"]),
    (
        "Bridge",
        &[
            "auto_attach",
            "controller",
            "flow_tables",
            "ipfix",
            "mirrors",
            "netflow",
            "ports",
            "sflow",
        ],
    ),
    ("Flow_Sample_Collector_Set", &["ipfix"]),
    ("Port", &["interfaces"]),
];

/// Columns that refer to a row without owning it; the reference goes when the row goes.
const WEAK: &[(&str, &[&str])] = &[("Mirror", &["output_port", "select_dst_port", "select_src_port"])];

/// Puts the changes of one object together: a port with its interfaces and its place on the bridge.
///
/// A port's interfaces always belong to it. Of a row that only gains or loses an owned one, that part of
/// its change goes to the other's group.
pub(crate) fn groups(changes: Vec<RowChange>) -> Vec<Group> {
    let moves: HashMap<Uuid, bool> = changes
        .iter()
        .map(|change| (change.row.uuid, !matches!(change.edit, RowEdit::Update(_))))
        .collect();
    let mut owner: HashMap<Uuid, Uuid> = HashMap::new();
    let mut handed: HashMap<Uuid, Vec<RowChange>> = HashMap::new();
    let mut own = Vec::new();
    for change in changes {
        let table = change.row.table.as_str();
        let edit = match change.edit {
            RowEdit::Insert(columns) => {
                claim(table, &columns, change.row.uuid, &mut owner);
                follow(table, &columns, change.row.uuid, &mut owner);
                RowEdit::Insert(columns)
            }
            RowEdit::Delete(columns) => {
                claim(table, &columns, change.row.uuid, &mut owner);
                follow(table, &columns, change.row.uuid, &mut owner);
                RowEdit::Delete(columns)
            }
            RowEdit::Update(mut columns) => {
                if table == "Port" {
                    for atom in columns.get("interfaces").into_iter().flat_map(elements) {
                        owner.insert(atom, change.row.uuid);
                    }
                } else {
                    hand_over(&change.row, &mut columns, &moves, &mut handed);
                }
                RowEdit::Update(columns)
            }
        };
        if !matches!(&edit, RowEdit::Update(columns) if columns.is_empty()) {
            own.push(RowChange {
                row: change.row,
                edit,
            });
        }
    }
    let follows = follows(&own, |row| leader(&owner, &moves, row));
    let mut groups: Vec<Group> = Vec::new();
    let mut index: HashMap<Uuid, usize> = HashMap::new();
    for change in own {
        let leader = last(&follows, leader(&owner, &moves, change.row.uuid));
        let at = *index.entry(leader).or_insert_with(|| {
            groups.push(Group {
                leader: change.row.clone(),
                changes: Vec::new(),
            });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(at) else { continue };
        if change.row.uuid == leader {
            group.leader = change.row.clone();
        }
        let given = handed.remove(&change.row.uuid).unwrap_or_default();
        group.changes.push(change);
        group.changes.extend(given);
    }
    groups
}

/// Which row goes along with which: one that loses an owned row with the one that gains it, as a row that
/// nothing owns in between would be gone.
fn follows(changes: &[RowChange], leader: impl Fn(Uuid) -> Uuid) -> HashMap<Uuid, Uuid> {
    let mut lost: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    let mut gained: HashMap<Uuid, Uuid> = HashMap::new();
    for change in changes {
        let row = change.row.uuid;
        for name in columns_of(OWNING, &change.row.table) {
            let (removed, added) = match &change.edit {
                RowEdit::Insert(columns) => (None, columns.get(*name)),
                RowEdit::Delete(columns) => (columns.get(*name), None),
                RowEdit::Update(columns) => match columns.get(*name) {
                    Some(
                        ColumnEdit::Elements { removed, added }
                        | ColumnEdit::Replace {
                            before: removed,
                            after: added,
                        },
                    ) => (Some(removed), Some(added)),
                    None => (None, None),
                },
            };
            let uuids = |datum: Option<&Datum>| -> Vec<Uuid> {
                let atoms = datum.map_or(&[][..], Datum::atoms);
                atoms.iter().filter_map(Atom::as_uuid).collect()
            };
            lost.extend(uuids(removed).into_iter().map(|owned| (owned, row)));
            gained.extend(uuids(added).into_iter().map(|owned| (owned, row)));
        }
    }
    let mut follows = HashMap::new();
    for (owned, from) in lost {
        let Some(to) = gained.get(&owned) else { continue };
        let (from, to) = (last(&follows, leader(from)), last(&follows, leader(*to)));
        if from != to {
            follows.insert(from, to);
        }
    }
    follows
}

/// The object to which a row belongs.
fn leader(owner: &HashMap<Uuid, Uuid>, moves: &HashMap<Uuid, bool>, row: Uuid) -> Uuid {
    let mut leader = row;
    // A chain of owners is at most root, bridge, port, interface long.
    for _ in 0..4 {
        match owner.get(&leader) {
            Some(above) if moves.contains_key(above) => leader = *above,
            _ => break,
        }
    }
    leader
}

/// The last of those that go along with one another.
fn last(follows: &HashMap<Uuid, Uuid>, mut row: Uuid) -> Uuid {
    while let Some(next) = follows.get(&row) {
        row = *next;
    }
    row
}

/// What an inserted or deleted row owns belongs to it.
fn claim(table: &str, columns: &BTreeMap<String, Datum>, row: Uuid, owner: &mut HashMap<Uuid, Uuid>) {
    let owning = columns_of(OWNING, table);
    for (name, datum) in columns {
        if owning.contains(&name.as_str()) {
            owner.extend(rows_in(datum).map(|uuid| (uuid, row)));
        }
    }
}

/// A row that says itself to what it belongs goes along with that.
fn follow(table: &str, columns: &BTreeMap<String, Datum>, row: Uuid, owner: &mut HashMap<Uuid, Uuid>) {
    if table == "Flow_Sample_Collector_Set" {
        let bridge = columns.get("bridge").into_iter().flat_map(rows_in);
        owner.extend(bridge.map(|bridge| (row, bridge)));
    }
}

/// Takes out of an update what it says of rows that come or go, and hands it to them.
fn hand_over(
    row: &RowId,
    columns: &mut BTreeMap<String, ColumnEdit>,
    moves: &HashMap<Uuid, bool>,
    handed: &mut HashMap<Uuid, Vec<RowChange>>,
) {
    let shared = [columns_of(OWNING, &row.table), columns_of(WEAK, &row.table)].concat();
    for name in shared {
        let Some(edit) = columns.remove(name) else {
            continue;
        };
        let (kept, given) = match edit {
            ColumnEdit::Elements { removed, added } => split(&removed, &added, moves),
            replace @ ColumnEdit::Replace { .. } => {
                let moved = elements(&replace).find(|uuid| moves.get(uuid) == Some(&true));
                match moved {
                    Some(uuid) => (None, vec![(uuid, replace)]),
                    None => (Some(replace), Vec::new()),
                }
            }
        };
        if let Some(kept) = kept {
            columns.insert(name.to_owned(), kept);
        }
        for (uuid, edit) in given {
            handed.entry(uuid).or_default().push(RowChange {
                row: row.clone(),
                edit: RowEdit::Update(BTreeMap::from([(name.to_owned(), edit)])),
            });
        }
    }
}

type Given = Vec<(Uuid, ColumnEdit)>;

fn split(removed: &Datum, added: &Datum, moves: &HashMap<Uuid, bool>) -> (Option<ColumnEdit>, Given) {
    let comes_or_goes = |atom: &Atom| atom.as_uuid().filter(|uuid| moves.get(uuid) == Some(&true));
    let mut given = Vec::new();
    for atom in removed.atoms() {
        if let Some(uuid) = comes_or_goes(atom) {
            let removed = Datum::One(atom.clone());
            let added = Datum::empty_set();
            given.push((uuid, ColumnEdit::Elements { removed, added }));
        }
    }
    for atom in added.atoms() {
        if let Some(uuid) = comes_or_goes(atom) {
            let added = Datum::One(atom.clone());
            let removed = Datum::empty_set();
            given.push((uuid, ColumnEdit::Elements { removed, added }));
        }
    }
    let rest = |of: &Datum| {
        Datum::set(
            of.atoms()
                .iter()
                .filter(|atom| comes_or_goes(atom).is_none())
                .cloned(),
        )
    };
    let (removed, added) = (rest(removed), rest(added));
    let kept = (!removed.is_empty() || !added.is_empty()).then_some(ColumnEdit::Elements { removed, added });
    (kept, given)
}

/// The rows that an edit of a column names.
fn elements(edit: &ColumnEdit) -> impl Iterator<Item = Uuid> + '_ {
    let (a, b) = match edit {
        ColumnEdit::Replace { before, after } => (before, after),
        ColumnEdit::Elements { removed, added } => (removed, added),
    };
    a.atoms().iter().chain(b.atoms()).filter_map(Atom::as_uuid)
}

fn columns_of(
    known: &'static [(&'static str, &'static [&'static str])],
    table: &str,
) -> &'static [&'static str] {
    known
        .iter()
        .find(|(name, _)| *name == table)
        .map_or(&[], |(_, columns)| columns)
}
