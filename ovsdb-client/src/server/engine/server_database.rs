//! The `_Server` database, which describes the others: ovsdb-server(5).

use std::{sync::Arc, time::Instant};

use super::core::Engine;
use crate::wire::{
    AtomicType, BaseType, Clause, ColumnSchema, ColumnType, Columns, DatabaseSchema, Datum, Function,
    Operation, TableSchema, Version,
};

/// Its name.
pub(super) const NAME: &str = "_Server";

/// Its schema, of version 1.2.0.
pub(super) fn schema() -> DatabaseSchema {
    let string = || BaseType::plain(AtomicType::String);
    let uuid = || BaseType::plain(AtomicType::Uuid);
    let model = BaseType {
        enum_: Some(Datum::set(["clustered", "relay", "standalone"].map(Into::into))),
        ..string()
    };
    let boolean = || ColumnType::scalar(BaseType::plain(AtomicType::Boolean));
    let columns = [
        ("name", ColumnType::scalar(string())),
        ("model", ColumnType::scalar(model)),
        ("connected", boolean()),
        ("leader", boolean()),
        ("schema", ColumnType::optional(string())),
        ("sid", ColumnType::optional(uuid())),
        ("cid", ColumnType::optional(uuid())),
        (
            "index",
            ColumnType::optional(BaseType::plain(AtomicType::Integer)),
        ),
    ];
    let columns = columns.map(|(name, type_)| ColumnSchema::new(name, type_));
    let schema = DatabaseSchema::new(
        NAME,
        Version::new(1, 2, 0),
        [TableSchema::new("Database", columns)],
    );
    let mut schema = schema.unwrap_or_else(|_| unreachable!("the schema refers to nothing"));
    schema.cksum = Some("3009684573 744".to_owned());
    schema
}

impl Engine {
    /// Brings `_Server` up to date with the databases that are served.
    pub(super) fn describe_databases(&mut self, now: Instant) {
        let mut wanted: Vec<(Arc<str>, Columns)> = Vec::new();
        for (name, served) in &self.databases {
            let schema = serde_json::to_value(served.database.schema()).unwrap_or_default();
            let row = Columns::from_iter([
                ("name", Datum::from(Arc::clone(name))),
                (
                    "model",
                    Datum::from(served.is_leader.map_or("standalone", |_| "clustered")),
                ),
                ("connected", Datum::from(true)),
                ("leader", Datum::from(served.is_leader.unwrap_or(true))),
                ("schema", Datum::from(schema.to_string())),
            ]);
            wanted.push((Arc::clone(name), row));
        }
        let Some(database) = self.database(NAME) else {
            return;
        };
        let table: Arc<str> = "Database".into();
        let strangers = wanted
            .iter()
            .map(|(name, _)| Clause::test("name", Function::NotEqual, Arc::clone(name)));
        let mut operations = vec![Operation::Delete {
            table: Arc::clone(&table),
            where_: strangers.collect(),
        }];
        let schema = database.schema().table(&table);
        let name_column = schema
            .and_then(|table| table.column("name"))
            .map(|(column, _)| column);
        for (name, row) in wanted {
            let where_ = vec![Clause::test("name", Function::Equal, Arc::clone(&name))];
            let is_there = database.table_id(&table).is_some_and(|id| {
                let mut rows = database[id].rows();
                rows.any(|record| {
                    let mut cells = record.cells();
                    cells.any(|(column, value)| {
                        Some(column) == name_column && *value == Datum::from(Arc::clone(&name))
                    })
                })
            });
            operations.push(if is_there {
                Operation::Update {
                    table: Arc::clone(&table),
                    where_,
                    row,
                }
            } else {
                Operation::Insert {
                    table: Arc::clone(&table),
                    row,
                    uuid_name: None,
                    uuid: None,
                }
            });
        }
        if let Err(error) = self.execute(NAME, operations, now) {
            tracing::error!(%error, "_Server could not be brought up to date");
        }
    }
}
