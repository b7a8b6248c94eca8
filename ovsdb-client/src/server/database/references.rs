//! Referential integrity: RFC 7047 §3.2 `refTable`, `refType` and `isRoot`.

use std::{collections::BTreeSet, sync::Arc};

use uuid::Uuid;

use super::{
    record::Record,
    state::{Database, Referrers, RowId, TableId},
    transaction::{Touched, Transaction},
};
use crate::wire::{Atom, Datum, ErrorKind, OvsdbError, RefType, difference};

/// Counts the strong references that the transaction adds and takes away, and refuses those to rows that are not
/// there. A row's references to itself do not count: they keep nothing alive.
pub(super) fn count(transaction: &Transaction<'_>) -> Result<Referrers, OvsdbError> {
    let mut referrers = Referrers::new();
    for (source, row) in &transaction.touched {
        for (target, delta, column) in changed_references(transaction.database, source.0, row) {
            if target == *source {
                continue;
            }
            if delta > 0 && transaction.row(target.0, &target.1).is_none() {
                return Err(dangling(transaction.database, *source, column, target));
            }
            *referrers.entry(target).or_default() += delta;
        }
    }
    Ok(referrers)
}

/// Refuses the deletion of rows that others still refer to.
pub(super) fn check_deleted(transaction: &Transaction<'_>, referrers: &Referrers) -> Result<(), OvsdbError> {
    for (id, row) in &transaction.touched {
        let remaining = remaining(transaction.database, referrers, *id);
        if row.new.is_none() && row.old.is_some() && remaining > 0 {
            let table = &transaction.database[id.0].schema.name;
            return Err(violation(format!(
                "cannot delete {table} row {} because of {remaining} remaining reference(s)",
                id.1
            )));
        }
    }
    Ok(())
}

/// Deletes the rows of tables that are not root and to which nothing refers, until there are none.
pub(super) fn collect_garbage(transaction: &mut Transaction<'_>, referrers: &mut Referrers) {
    let database = transaction.database;
    let mut candidates: Vec<RowId> = transaction
        .touched
        .keys()
        .chain(referrers.keys())
        .copied()
        .collect();
    while let Some(id) = candidates.pop() {
        if database[id.0].schema.is_root || remaining(database, referrers, id) > 0 {
            continue;
        }
        let Some(row) = transaction.row(id.0, &id.1).map(Arc::clone) else {
            continue;
        };
        for (_, target) in database[id.0].targets(&row, RefType::Strong) {
            if target != id {
                *referrers.entry(target).or_default() -= 1;
                candidates.push(target);
            }
        }
        transaction.delete(id.0, &id.1);
    }
}

/// Takes weak references to rows that are gone, or never were, out of the rows that hold them.
pub(super) fn prune_weak(transaction: &mut Transaction<'_>) -> Result<(), OvsdbError> {
    let database = transaction.database;
    let mut holders: BTreeSet<RowId> = BTreeSet::new();
    for (id, row) in &transaction.touched {
        if row.new.is_some() {
            holders.insert(*id);
        } else {
            holders.extend(database.weak_referrers(*id));
        }
    }
    for id in holders {
        let Some(row) = transaction.row(id.0, &id.1).map(Arc::clone) else {
            continue;
        };
        let is_gone = |(table, uuid): RowId| transaction.row(table, &uuid).is_none();
        let mut pruned = Vec::new();
        for reference in &database[id.0].references {
            let weak = |end: Option<(TableId, RefType)>| {
                end.filter(|(_, kind)| *kind == RefType::Weak)
                    .map(|(table, _)| table)
            };
            let (key, value) = (weak(reference.key), weak(reference.value));
            let gone = |table: Option<TableId>, atom: &Atom| {
                table.is_some_and(|table| atom.as_uuid().is_some_and(|uuid| is_gone((table, uuid))))
            };
            let before = &row[reference.column];
            let after = match before {
                Datum::Map(pairs) => {
                    let kept = pairs.iter().filter(|(k, v)| !gone(key, k) && !gone(value, v));
                    Datum::map(kept.cloned())
                }
                set => Datum::set(set.atoms().iter().filter(|atom| !gone(key, atom)).cloned()),
            };
            if after.len() < before.len() {
                check_not_empty(transaction, id, reference.column, before, &after)?;
                pruned.push((reference.column, after));
            }
        }
        if let Some(record) = (!pruned.is_empty())
            .then(|| transaction.row_mut(id.0, &id.1))
            .flatten()
        {
            for (column, value) in pruned {
                record.set(column, value);
            }
        }
    }
    Ok(())
}

fn check_not_empty(
    transaction: &Transaction<'_>,
    id: RowId,
    column: u16,
    before: &Datum,
    after: &Datum,
) -> Result<(), OvsdbError> {
    let table = &transaction.database[id.0].schema;
    let Some(column) = table
        .column_at(column)
        .filter(|column| column.type_.min > 0 && after.is_empty())
    else {
        return Ok(());
    };
    let inserted = match transaction.touched.get(&id) {
        Some(Touched { old: None, .. }) => " (inserted within this transaction)",
        _ => "",
    };
    let details = if before.contains(&Atom::Uuid(Uuid::nil())) {
        format!(
            "Weak reference column \"{}\" in \"{}\" row {}{inserted} contained all-zeros UUID (probably as the default \
             value for this column) but deleting this value caused a constraint volation because this column is not \
             allowed to be empty.",
            column.name, table.name, id.1
        )
    } else {
        format!(
            "Deletion of {} weak reference(s) to deleted (or never-existing) rows from column \"{}\" in \"{}\" row \
             {}{inserted} caused this column to become empty, but constraints on this column disallow an empty column.",
            before.len() - after.len(),
            column.name,
            table.name,
            id.1
        )
    };
    Err(OvsdbError::new(&ErrorKind::ConstraintViolation, details))
}

/// The strong references that came (+1) and went (-1) with a change of one row, with their column.
fn changed_references(database: &Database, table: TableId, row: &Touched) -> Vec<(RowId, i64, u16)> {
    let mut changed = Vec::new();
    match (&row.old, &row.new) {
        (Some(old), Some(new)) => {
            for reference in &database[table].references {
                let column = reference.column;
                if old[column] == new[column] {
                    continue;
                }
                match (reference.key, &old[column], &new[column]) {
                    (_, Datum::Map(_), _) | (_, _, Datum::Map(_)) => {
                        changed.extend(all(database, table, old, -1).filter(|change| change.2 == column));
                        changed.extend(all(database, table, new, 1).filter(|change| change.2 == column));
                    }
                    (Some((target, RefType::Strong)), before, after) => {
                        changed.extend(
                            changed_elements(before, after)
                                .map(|(uuid, delta)| ((target, uuid), delta, column)),
                        );
                    }
                    _ => {}
                }
            }
        }
        (Some(old), None) => changed.extend(all(database, table, old, -1)),
        (None, Some(new)) => changed.extend(all(database, table, new, 1)),
        (None, None) => {}
    }
    changed
}

fn all<'a>(
    database: &'a Database,
    table: TableId,
    record: &'a Record,
    delta: i64,
) -> impl Iterator<Item = (RowId, i64, u16)> + 'a {
    let targets = database[table].targets(record, RefType::Strong);
    targets.map(move |(column, target)| (target, delta, column))
}

/// The elements of a set that came or went: linear, for a set of a bridge's ports can be long.
fn changed_elements<'a>(before: &'a Datum, after: &'a Datum) -> impl Iterator<Item = (Uuid, i64)> + 'a {
    static SET: std::sync::LazyLock<crate::wire::ColumnType> = std::sync::LazyLock::new(|| {
        crate::wire::ColumnType::set(crate::wire::BaseType::plain(crate::wire::AtomicType::Uuid))
    });
    let changed = difference(&SET, before, after);
    let atoms = changed
        .map(|changed| changed.atoms().to_vec())
        .unwrap_or_default();
    atoms.into_iter().filter_map(move |atom| {
        let delta = if after.contains(&atom) { 1 } else { -1 };
        Some((atom.as_uuid()?, delta))
    })
}

fn remaining(database: &Database, referrers: &Referrers, id: RowId) -> u64 {
    let delta = referrers.get(&id).copied().unwrap_or(0);
    database.referrers(id).saturating_add_signed(delta)
}

fn dangling(database: &Database, source: RowId, column: u16, target: RowId) -> OvsdbError {
    let table = &database[source.0].schema;
    let column = table.column_at(column).map_or("", |column| &column.name);
    violation(format!(
        "Table {} column {column} row {} references nonexistent row {} in table {}.",
        table.name, source.1, target.1, database[target.0].schema.name
    ))
}

fn violation(details: String) -> OvsdbError {
    OvsdbError::new(&ErrorKind::ReferentialIntegrityViolation, details)
}
