use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ovsdb_client::replica::Snapshot;
use ovsdb_client::transaction::Transaction;
use ovsdb_client::wire::{Atom, Clause, Columns, Datum, Function, Mutation, Mutator, Operation};
use uuid::Uuid;

use super::resolve::{Found, Made, Resolver, map_rows};
use crate::edit::{ColumnEdit, RowChange, RowEdit};

/// A row that a change is about cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Missing {
    /// It is not there.
    #[error("{0} is not there any more")]
    Gone(String),
    /// Several could be it.
    #[error("{0}")]
    Unclear(String),
}

/// Row changes as one transaction, which fails as a whole if anything that it rests on has changed.
///
/// Rows that are deleted are verified, and then vanish with the last reference to them: only rows of root
/// tables are deleted by name.
pub(crate) fn of(changes: &[RowChange], made: &Made, snapshot: &Snapshot) -> Result<Transaction, Missing> {
    let mut writer = Writer {
        resolver: Resolver::new(snapshot, changes, made),
        snapshot,
        names: names(changes),
        verifications: Vec::new(),
        operations: Vec::new(),
        results: Vec::new(),
    };
    for change in changes {
        writer.change(change)?;
    }
    let mut transaction = Transaction::new();
    for wait in writer.verifications {
        transaction.verify_operation(wait);
    }
    for operation in writer.operations {
        transaction.push(operation);
    }
    for wait in writer.results {
        transaction.verify_operation(wait);
    }
    Ok(transaction)
}

/// Which operations make which rows of these changes, so that their results tell what the server called them.
pub(crate) fn inserts(transaction: &Transaction, changes: &[RowChange]) -> Vec<(usize, Uuid)> {
    let names = names(changes);
    let row_of = |name: &Arc<str>| {
        names
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(row, _)| *row)
    };
    let operations = transaction.operations().iter().enumerate();
    operations
        .filter_map(|(number, operation)| match operation {
            Operation::Insert {
                uuid_name: Some(name),
                ..
            } => Some((number, row_of(name)?)),
            _ => None,
        })
        .collect()
}

/// The names by which the operations know the rows that they make.
fn names(changes: &[RowChange]) -> HashMap<Uuid, Arc<str>> {
    changes
        .iter()
        .filter(|change| matches!(change.edit, RowEdit::Insert(_)))
        .enumerate()
        .map(|(number, change)| (change.row.uuid, Arc::from(format!("row{number}"))))
        .collect()
}

struct Writer<'s> {
    resolver: Resolver<'s>,
    snapshot: &'s Snapshot,
    names: HashMap<Uuid, Arc<str>>,
    verifications: Vec<Operation>,
    operations: Vec<Operation>,
    results: Vec<Operation>,
}

impl Writer<'_> {
    fn change(&mut self, change: &RowChange) -> Result<(), Missing> {
        let table: Arc<str> = Arc::from(change.row.table.as_str());
        match &change.edit {
            RowEdit::Insert(columns) => {
                // That its name is free the server sees to itself, by the index of the table, at the commit.
                let row = columns
                    .iter()
                    .map(|(column, datum)| (Arc::from(column.as_str()), self.datum(datum)))
                    .collect();
                self.operations.push(Operation::Insert {
                    table,
                    row: Columns(row),
                    uuid_name: self.names.get(&change.row.uuid).cloned(),
                    uuid: None,
                });
            }
            RowEdit::Update(columns) => {
                let uuid = self.existing(change)?;
                self.update(&table, uuid, columns);
            }
            RowEdit::Delete(columns) => {
                let uuid = self.existing(change)?;
                let is_ours = change.row.is_planned();
                let mut clauses = vec![Clause::uuid(uuid)];
                for (column, datum) in columns {
                    // Of a row of our own making, what others put into its maps meanwhile is no reason to keep it.
                    let function = match datum {
                        Datum::Map(_) if is_ours => Function::Includes,
                        _ => Function::Equal,
                    };
                    clauses.push(Clause::test(column.as_str(), function, self.datum(datum)));
                }
                self.verifications.push(row_is_there(&table, uuid, clauses));
                if self.is_root(&table) {
                    self.operations.push(Operation::Delete {
                        table,
                        where_: vec![Clause::uuid(uuid)],
                    });
                }
            }
        }
        Ok(())
    }

    fn update(&mut self, table: &Arc<str>, uuid: Uuid, columns: &BTreeMap<String, ColumnEdit>) {
        let mut before = vec![Clause::uuid(uuid)];
        let mut after = vec![Clause::uuid(uuid)];
        let mut values = Vec::new();
        let mut mutations = Vec::new();
        for (column, edit) in columns {
            match edit {
                ColumnEdit::Replace {
                    before: was,
                    after: becomes,
                } => {
                    before.push(Clause::test(column.as_str(), Function::Equal, self.datum(was)));
                    values.push((Arc::<str>::from(column.as_str()), self.datum(becomes)));
                }
                ColumnEdit::Elements { removed, added } => {
                    if !removed.is_empty() {
                        let removed = self.datum(removed);
                        before.push(Clause::test(column.as_str(), Function::Includes, removed.clone()));
                    }
                    // Sets of at least one element never get empty on the way.
                    if !added.is_empty() && added.pairs().is_empty() {
                        let added = self.datum(added);
                        mutations.push(Mutation::new(column.as_str(), Mutator::Insert, added));
                    }
                    if !removed.is_empty() {
                        let removed = self.datum(removed);
                        mutations.push(Mutation::new(column.as_str(), Mutator::Delete, removed));
                    }
                    if !added.pairs().is_empty() {
                        let added = self.datum(added);
                        mutations.push(Mutation::new(column.as_str(), Mutator::Insert, added.clone()));
                        // A pair whose key someone else took meanwhile is silently not inserted.
                        after.push(Clause::test(column.as_str(), Function::Includes, added));
                    }
                }
            }
        }
        self.verifications.push(row_is_there(table, uuid, before));
        if !values.is_empty() {
            self.operations.push(Operation::Update {
                table: Arc::clone(table),
                where_: vec![Clause::uuid(uuid)],
                row: Columns(values),
            });
        }
        if !mutations.is_empty() {
            self.operations.push(Operation::Mutate {
                table: Arc::clone(table),
                where_: vec![Clause::uuid(uuid)],
                mutations,
            });
        }
        if after.len() > 1 {
            self.results.push(row_is_there(table, uuid, after));
        }
    }

    fn existing(&self, change: &RowChange) -> Result<Uuid, Missing> {
        match self.resolver.row(&change.row) {
            Found::Row(uuid) => Ok(uuid),
            Found::Absent => Err(Missing::Gone(change.row.to_string())),
            Found::Unclear(why) => Err(Missing::Unclear(why)),
        }
    }

    /// A value with the rows that it names as they are known here and now.
    fn datum(&self, datum: &Datum) -> Datum {
        map_rows(datum, |uuid| match self.names.get(&uuid) {
            Some(name) => Atom::NamedUuid(Arc::clone(name)),
            None => Atom::Uuid(self.resolver.reference(uuid).unwrap_or(uuid)),
        })
    }

    fn is_root(&self, table: &str) -> bool {
        self.snapshot
            .schema()
            .table(table)
            .is_some_and(|table| table.is_root)
    }
}

/// Holds as long as the row is there and every clause is true of it.
fn row_is_there(table: &Arc<str>, uuid: Uuid, where_: Vec<Clause>) -> Operation {
    Operation::Wait {
        timeout_ms: Some(0),
        table: Arc::clone(table),
        where_,
        columns: Some(vec![Arc::from("_uuid")]),
        until_equal: true,
        rows: vec![Columns(vec![(Arc::from("_uuid"), Datum::from(uuid))])],
    }
}
