//! What can be found out before anything is sent.

use std::{collections::HashSet, sync::Arc};

use super::builder::Transaction;
use crate::{
    error::ConfigError,
    wire::{
        Atom, AtomicType, BaseType, Clause, ColumnType, Columns, DatabaseSchema, Datum, DatumError, Function,
        Mutation, Mutator, Operation, TableSchema,
    },
};

impl Transaction {
    /// Checks tables, columns, types and constraints against a schema.
    ///
    /// # Errors
    /// The first thing that the server would refuse, or would silently drop.
    pub fn check(&self, schema: &DatabaseSchema) -> Result<(), ConfigError> {
        let inserted = self.operations.iter().filter_map(|operation| match operation {
            Operation::Insert { uuid_name, .. } => uuid_name.as_ref(),
            _ => None,
        });
        let inserted: HashSet<&Arc<str>> = inserted.collect();
        for operation in &self.operations {
            let Some(name) = operation.table() else { continue };
            let table = schema.table(name).ok_or_else(|| ConfigError::UnsupportedTable {
                table: name.to_string(),
                database: schema.name.to_string(),
                version: schema.version,
            })?;
            check_operation(table, operation)?;
            check_new_rows(&inserted, operation)?;
            self.check_referred(table, operation)?;
        }
        Ok(())
    }

    /// A row of a table that is no root, to which nothing refers, would get a UUID and vanish with the commit.
    fn check_referred(&self, table: &TableSchema, operation: &Operation) -> Result<(), ConfigError> {
        let Operation::Insert {
            uuid_name: Some(name),
            ..
        } = operation
        else {
            return Ok(());
        };
        let is_it = |atom: &Atom| matches!(atom, Atom::NamedUuid(known) if known == name);
        let holds = |datum: &Datum| {
            datum.atoms().iter().any(is_it)
                || datum
                    .pairs()
                    .iter()
                    .any(|(key, value)| is_it(key) || is_it(value))
        };
        let is_referred = self.operations.iter().any(|other| match other {
            Operation::Insert { row, .. } | Operation::Update { row, .. } => {
                row.0.iter().any(|(_, d)| holds(d))
            }
            Operation::Mutate { mutations, .. } => mutations.iter().any(|mutation| holds(&mutation.value)),
            _ => false,
        });
        if table.is_root || is_referred {
            return Ok(());
        }
        Err(ConfigError::Unreferenced {
            table: table.name.to_string(),
        })
    }
}

fn check_operation(table: &TableSchema, operation: &Operation) -> Result<(), ConfigError> {
    match operation {
        Operation::Insert { row, .. } => check_values(table, row),
        Operation::Update { where_, row, .. } => {
            check_values(table, row)?;
            for (name, _) in &row.0 {
                check_mutable(table, name)?;
            }
            check_clauses(table, where_)
        }
        Operation::Mutate {
            where_, mutations, ..
        } => {
            for mutation in mutations {
                check_mutable(table, &mutation.column)?;
                check_mutation(table, mutation)?;
            }
            check_clauses(table, where_)
        }
        Operation::Wait {
            where_,
            rows,
            columns,
            ..
        } => {
            rows.iter().try_for_each(|row| check_values(table, row))?;
            columns
                .iter()
                .flatten()
                .try_for_each(|name| column(table, name).map(|_| ()))?;
            check_clauses(table, where_)
        }
        Operation::Select { where_, columns, .. } => {
            columns
                .iter()
                .flatten()
                .try_for_each(|name| column(table, name).map(|_| ()))?;
            check_clauses(table, where_)
        }
        Operation::Delete { where_, .. } => check_clauses(table, where_),
        _ => Ok(()),
    }
}

fn check_values(table: &TableSchema, row: &Columns) -> Result<(), ConfigError> {
    row.0.iter().try_for_each(|(name, datum)| {
        let Some(type_) = column(table, name)? else {
            return Ok(());
        };
        conform(table, name, type_.conform(datum.clone()))
    })
}

/// Checks columns and values of conditions against a table.
///
/// # Errors
/// The first thing that the server would refuse.
pub(crate) fn check_clauses(table: &TableSchema, clauses: &[Clause]) -> Result<(), ConfigError> {
    clauses.iter().try_for_each(|clause| {
        let Clause::Test {
            column: name,
            function,
            value,
        } = clause
        else {
            return Ok(());
        };
        let uuid = ColumnType::scalar(BaseType::plain(AtomicType::Uuid));
        let type_ = column(table, name)?.unwrap_or(&uuid);
        if function.is_relational() && !type_.is_ordered() {
            return Err(ConfigError::NotOrdered {
                table: table.name.to_string(),
                column: name.to_string(),
                function: *function,
            });
        }
        let is_partial = matches!(function, Function::Includes | Function::Excludes);
        let value = value.clone();
        conform(
            table,
            name,
            if is_partial {
                type_.conform_atoms(value)
            } else {
                type_.conform(value)
            },
        )
    })
}

fn check_mutation(table: &TableSchema, mutation: &Mutation) -> Result<(), ConfigError> {
    let Some(type_) = column(table, &mutation.column)? else {
        return Ok(());
    };
    let by_key = mutation.mutator == Mutator::Delete && !matches!(mutation.value, Datum::Map(_));
    let conformed = if by_key {
        ColumnType::set(type_.key.clone()).conform_atoms(mutation.value.clone())
    } else if matches!(mutation.mutator, Mutator::Insert | Mutator::Delete) {
        type_.conform_atoms(mutation.value.clone())
    } else {
        // A number to add need not itself be in the range of the column.
        return Ok(());
    };
    conform(table, &mutation.column, conformed)
}

fn check_mutable(table: &TableSchema, name: &str) -> Result<(), ConfigError> {
    match table.column(name) {
        Some((_, column)) if !column.mutable => Err(ConfigError::Immutable {
            table: table.name.to_string(),
            column: name.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The type of a column; none for the two that every table has.
fn column<'a>(table: &'a TableSchema, name: &Arc<str>) -> Result<Option<&'a ColumnType>, ConfigError> {
    if matches!(&**name, "_uuid" | "_version") {
        return Ok(None);
    }
    match table.column(name) {
        Some((_, column)) => Ok(Some(&column.type_)),
        None => Err(ConfigError::UnsupportedColumn {
            table: table.name.to_string(),
            column: name.to_string(),
        }),
    }
}

fn conform(table: &TableSchema, name: &str, result: Result<Datum, DatumError>) -> Result<(), ConfigError> {
    result.map(|_| ()).map_err(|error| ConfigError::Value {
        table: table.name.to_string(),
        column: name.to_owned(),
        error,
    })
}

/// A new row that another transaction inserts: a strong reference to it would be refused, and a weak one
/// silently dropped.
fn check_new_rows(inserted: &HashSet<&Arc<str>>, operation: &Operation) -> Result<(), ConfigError> {
    let stranger = |datum: &Datum| {
        let keys = datum.pairs().iter().flat_map(|(key, value)| [key, value]);
        let named = datum.atoms().iter().chain(keys);
        named
            .into_iter()
            .any(|atom| matches!(atom, Atom::NamedUuid(name) if !inserted.contains(name)))
    };
    let has_stranger = match operation {
        Operation::Insert { row, .. } | Operation::Update { row, .. } => {
            row.0.iter().any(|(_, datum)| stranger(datum))
        }
        Operation::Mutate { mutations, .. } => mutations.iter().any(|mutation| stranger(&mutation.value)),
        _ => false,
    };
    match (has_stranger, operation.table()) {
        (true, Some(table)) => Err(ConfigError::ForeignRow {
            table: table.to_string(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        transaction::{Mutations, Values, Where},
        vswitch::{self, Bridge, Interface, OpenVSwitch, Port, PortVlanMode},
        wire::Version,
    };

    fn check(version: Version, build: impl FnOnce(&mut Transaction)) -> Result<(), String> {
        let mut transaction = Transaction::new();
        build(&mut transaction);
        transaction
            .check(&vswitch::schema(version).unwrap())
            .map_err(|error| error.to_string())
    }

    const NEW: Version = vswitch::NEWEST_VERSION;
    const OLD: Version = vswitch::FIRST_VERSION;

    #[test]
    fn constraints_are_checked_before_anything_is_sent() {
        let tag = |tag: i64| {
            check(NEW, |t| {
                t.update(Port::NAME.equals("p"), Values::new().set(Port::TAG, tag));
            })
        };
        assert_eq!(tag(4095), Ok(()));
        assert!(
            tag(4096)
                .unwrap_err()
                .contains("Port.tag: 4096 is not in the valid range 0 to 4095")
        );
        let mode = check(OLD, |t| {
            t.update(
                Where::<Port>::every(),
                Values::new().set(Port::VLAN_MODE, PortVlanMode::Dot1qTunnel),
            );
        });
        assert!(mode.unwrap_err().contains("not one of the allowed values"));
        let renamed = check(NEW, |t| {
            t.update(Where::every(), Values::new().set(Port::NAME, "other"));
        });
        assert!(renamed.unwrap_err().contains("fixed when the row is made"));
    }

    #[test]
    fn what_the_server_lacks_is_found_when_used() {
        let protect = |version| {
            check(version, |t| {
                t.update(Where::every(), Values::new().set(Port::PROTECTED, true));
            })
        };
        assert_eq!(protect(NEW), Ok(()));
        assert_eq!(
            protect(OLD).unwrap_err(),
            "column Port.protected is unsupported by this server"
        );
    }

    #[test]
    fn trap_27_an_unreferenced_row_is_refused_before_it_vanishes() {
        let lonely = check(NEW, |t| {
            t.insert(Values::<Interface>::new().set(Interface::NAME, "eth0"));
        });
        assert!(
            lonely
                .unwrap_err()
                .contains("nothing in the transaction refers to the new row of Interface")
        );
        let root = check(NEW, |t| {
            t.insert(Values::<OpenVSwitch>::new());
        });
        assert_eq!(root, Ok(()));
    }

    #[test]
    fn trap_29_a_put_takes_the_key_out_first() {
        let mut transaction = Transaction::new();
        transaction.mutate(
            Bridge::NAME.equals("br0"),
            Mutations::new().put(Bridge::EXTERNAL_IDS, [("a", "1")]),
        );
        let json = serde_json::to_string(transaction.operations()).unwrap();
        assert!(
            json.contains(r#"[["external_ids","delete","a"],["external_ids","insert",["map",[["a","1"]]]]]"#),
            "{json}"
        );
        assert!(transaction.check(&vswitch::schema(NEW).unwrap()).is_ok());
    }

    #[test]
    fn a_new_row_of_another_transaction_is_found_before_it_is_sent() {
        use crate::transaction::{Mutations, Values};
        use crate::vswitch::{Bridge, Interface, Port};
        let schema = vswitch::schema(Version::new(8, 3, 0)).unwrap();
        let mut first = Transaction::new();
        let interface = first.insert(Values::<Interface>::new().set(Interface::NAME, "eth7"));
        let port = first.insert(
            Values::<Port>::new()
                .set(Port::NAME, "eth7")
                .refer(Port::INTERFACES, [&interface]),
        );
        let mut second = Transaction::new();
        second.mutate(
            Bridge::NAME.equals("br0"),
            Mutations::new().refer(Bridge::PORTS, [&port]),
        );
        let error = second.check(&schema).unwrap_err();
        assert!(
            matches!(&error, ConfigError::ForeignRow { table } if table == "Bridge"),
            "{error}"
        );
    }
}
