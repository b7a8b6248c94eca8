//! Loading.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    super::database::{Database, Record, Transaction},
    log::next_record,
};
use crate::wire::{DatabaseSchema, Datum, OvsdbError, SchemaError, apply_difference};

/// A database that was read from a file such as `/etc/openvswitch/conf.db`.
#[derive(Debug)]
pub struct DatabaseFile {
    database: Database,
    damage: Option<FileDamage>,
}

/// The end of a file that could not be read: what a crash or a copy of a running server's file leaves behind. All
/// transactions before it were loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what follows byte {offset} was not loaded: {reason}")]
pub struct FileDamage {
    /// Where the first record begins that was not loaded.
    pub offset: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A file that holds no database that can be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is the file of a member of a cluster, which holds a log of the cluster and no database.
    #[error(
        "this is the file of a member of a cluster; make a standalone copy with ovsdb-tool cluster-to-standalone"
    )]
    Clustered,
    /// It does not begin with a schema.
    #[error("the file does not begin with a schema: {0}")]
    NoSchema(String),
    /// Its schema contradicts itself.
    #[error("the file's schema is none: {0}")]
    Schema(#[from] SchemaError),
    /// Its rows break the constraints of its own schema.
    #[error("the file's rows break its schema: {0}")]
    Rows(OvsdbError),
}

type Rows = BTreeMap<(String, Uuid), Record>;

impl DatabaseFile {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or holds no database. A damaged end is no error: see [`DatabaseFile::damage`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| FileError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&bytes)
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// As [`DatabaseFile::load`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.starts_with(b"OVSDB CLUSTER") {
            return Err(FileError::Clustered);
        }
        let (schema, mut rest) = next_record(bytes).map_err(FileError::NoSchema)?;
        let schema = DatabaseSchema::parse(schema)?;
        let mut rows = Rows::new();
        let mut damage = None;
        while !rest.is_empty() {
            let record = next_record(rest).and_then(|(json, after)| {
                apply(json, &schema, &mut rows)?;
                Ok(after)
            });
            match record {
                Ok(after) => rest = after,
                Err(reason) => {
                    let offset = bytes.len() - rest.len();
                    damage = Some(FileDamage { offset, reason });
                    break;
                }
            }
        }
        let mut database = Database::new(schema);
        let mut transaction = Transaction::new(&database);
        for ((table, _), record) in rows {
            if let Some(table) = database.table_id(&table) {
                transaction.insert(table, record);
            }
        }
        let prepared = transaction.prepare().map_err(FileError::Rows)?;
        database.apply(&prepared);
        Ok(Self { database, damage })
    }

    /// The schema that the file begins with.
    pub fn schema(&self) -> &DatabaseSchema {
        self.database.schema()
    }

    /// What of the file could not be loaded, if anything.
    pub fn damage(&self) -> Option<&FileDamage> {
        self.damage.as_ref()
    }

    /// The content of a file with this database.
    #[cfg(feature = "fuzz")]
    #[doc(hidden)]
    pub fn print(&self) -> Result<Vec<u8>, serde_json::Error> {
        super::save::print(&self.database)
    }

    pub(in super::super) fn into_database(self) -> Database {
        self.database
    }
}

/// Applies a transaction to the rows: all of it, or nothing.
fn apply(json: &str, schema: &DatabaseSchema, rows: &mut Rows) -> Result<(), String> {
    let members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(json).map_err(|error| error.to_string())?;
    let is_diff = members.get("_is_diff").is_some_and(|value| value.get() == "true");
    let mut changed: BTreeMap<(String, Uuid), Option<Record>> = BTreeMap::new();
    for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('_')) {
        let table = schema
            .table(name)
            .ok_or_else(|| format!("the schema has no table {name}"))?;
        let changes: BTreeMap<Uuid, Option<BTreeMap<String, Datum>>> =
            serde_json::from_str(value.get()).map_err(|error| format!("table {name}: {error}"))?;
        for (uuid, cells) in changes {
            let key = (name.clone(), uuid);
            let Some(cells) = cells else {
                changed.insert(key, None);
                continue;
            };
            let mut record = rows
                .get(&key)
                .cloned()
                .unwrap_or_else(|| Record::new(table, uuid));
            for (column, value) in cells {
                let at = |error: &dyn std::fmt::Display| format!("table {name}, column {column}: {error}");
                let (index, column_schema) =
                    table.column(&column).ok_or_else(|| at(&"the schema lacks it"))?;
                let type_ = &column_schema.type_;
                let before = &record[index];
                // A change of a default value is written as the value itself.
                let value = if is_diff && type_.has_difference() && !type_.is_default(before) {
                    let change = type_.conform_atoms(value).map_err(|error| at(&error))?;
                    apply_difference(type_, before, &change)
                } else {
                    value
                };
                record.set(index, type_.conform(value).map_err(|error| at(&error))?);
            }
            changed.insert(key, Some(record));
        }
    }
    for (key, record) in changed {
        match record {
            Some(record) => rows.insert(key, record),
            None => rows.remove(&key),
        };
    }
    Ok(())
}
