//! Facts files: all versions of one schema in one file.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::notation;
use crate::wire::{ColumnSchema, ColumnType, DatabaseSchema, SchemaError, TableSchema, Version};

/// The tables and columns of a database, each with the version of the schema that brought it.
#[derive(Clone, Debug)]
pub struct Facts {
    database: Arc<str>,
    first: Version,
    newest: Version,
    tables: BTreeMap<Arc<str>, Table>,
}

/// What is wrong with a facts file, or with what is asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FactsError {
    /// It does not read.
    #[error("the facts do not read: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A type does not read.
    #[error("the type of column {table}.{column} does not read: {reason}")]
    Type {
        /// The table.
        table: Arc<str>,
        /// The column.
        column: Arc<str>,
        /// What is wrong.
        reason: String,
    },
    /// It contradicts itself.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// It does not reach so far.
    #[error("the facts reach from version {first} to {newest}, not to {wanted}")]
    NoSuchVersion {
        /// What was asked for.
        wanted: Version,
        /// The oldest version.
        first: Version,
        /// The newest version.
        newest: Version,
    },
}

#[derive(Clone, Debug)]
struct Table {
    since: Option<Version>,
    is_root: bool,
    max_rows: Option<u64>,
    indexes: Vec<Vec<Arc<str>>>,
    columns: BTreeMap<Arc<str>, Column>,
}

#[derive(Clone, Debug)]
struct Column {
    since: Option<Version>,
    is_mutable: bool,
    /// What it is now.
    now: Form,
    /// What it was before some version, oldest first.
    before: Vec<(Version, Form)>,
}

#[derive(Clone, Debug)]
struct Form {
    type_: ColumnType,
    is_ephemeral: bool,
}

impl Facts {
    /// Reads a facts file.
    ///
    /// # Errors
    /// If it does not read, or contradicts itself.
    pub fn parse(json: &str) -> Result<Self, FactsError> {
        let file: File = serde_json::from_str(json)?;
        let tables: Result<_, FactsError> = file
            .tables
            .into_iter()
            .map(|(name, table)| Ok((Arc::clone(&name), table.read(&name)?)))
            .collect();
        let facts = Self {
            database: file.database,
            first: file.first,
            newest: file.newest,
            tables: tables?,
        };
        facts.schema(facts.newest)?;
        facts.schema(facts.first)?;
        Ok(facts)
    }

    /// The oldest version.
    pub fn first(&self) -> Version {
        self.first
    }

    /// The newest version.
    pub fn newest(&self) -> Version {
        self.newest
    }

    /// The schema as of a version: what came until then, in the form that it had then.
    ///
    /// # Errors
    /// If the facts do not reach to that version.
    pub fn schema(&self, version: Version) -> Result<DatabaseSchema, FactsError> {
        if version < self.first || version > self.newest {
            let (first, newest) = (self.first, self.newest);
            return Err(FactsError::NoSuchVersion {
                wanted: version,
                first,
                newest,
            });
        }
        let is_there = |since: Option<Version>| since.is_none_or(|since| since <= version);
        let tables = self.tables.iter().filter(|(_, table)| is_there(table.since));
        let tables = tables.map(|(name, facts)| {
            let columns = facts.columns.iter().filter(|(_, column)| is_there(column.since));
            let columns = columns.map(|(name, column)| column.schema(name, version));
            let mut table = TableSchema::new(Arc::clone(name), columns);
            table.max_rows = facts.max_rows;
            table.is_root = facts.is_root;
            table.indexes.clone_from(&facts.indexes);
            table
        });
        Ok(DatabaseSchema::new(Arc::clone(&self.database), version, tables)?)
    }

    /// The version that brought a table, or a column of it; none if it was there at first.
    pub fn since(&self, table: &str, column: Option<&str>) -> Option<Version> {
        let table = self.tables.get(table)?;
        match column {
            None => table.since,
            Some(column) => table.columns.get(column)?.since.or(table.since),
        }
    }
}

impl Column {
    fn schema(&self, name: &Arc<str>, version: Version) -> ColumnSchema {
        let old = self.before.iter().find(|(until, _)| version < *until);
        let form = old.map_or(&self.now, |(_, form)| form);
        ColumnSchema {
            name: Arc::clone(name),
            type_: form.type_.clone(),
            ephemeral: form.is_ephemeral,
            mutable: self.is_mutable,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Arc<str>,
    first: Version,
    newest: Version,
    tables: BTreeMap<Arc<str>, TableMembers>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableMembers {
    since: Option<Version>,
    #[serde(default)]
    root: bool,
    max_rows: Option<u64>,
    #[serde(default)]
    indexes: Vec<Vec<Arc<str>>>,
    columns: BTreeMap<Arc<str>, ColumnMembers>,
}

/// Most columns need only their type.
#[derive(Deserialize)]
#[serde(untagged)]
enum ColumnMembers {
    Type(String),
    Full(FullColumn),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullColumn {
    #[serde(rename = "type")]
    type_: String,
    since: Option<Version>,
    #[serde(default)]
    ephemeral: bool,
    #[serde(default)]
    immutable: bool,
    #[serde(default)]
    before: Vec<Before>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    until: Version,
    #[serde(rename = "type")]
    type_: String,
    #[serde(default)]
    ephemeral: bool,
}

impl TableMembers {
    fn read(self, table: &Arc<str>) -> Result<Table, FactsError> {
        let columns: Result<_, FactsError> = self
            .columns
            .into_iter()
            .map(|(name, column)| {
                let at = |reason| FactsError::Type {
                    table: Arc::clone(table),
                    column: Arc::clone(&name),
                    reason,
                };
                let column = column.read().map_err(at)?;
                Ok((name, column))
            })
            .collect();
        Ok(Table {
            since: self.since,
            is_root: self.root,
            max_rows: self.max_rows,
            indexes: self.indexes,
            columns: columns?,
        })
    }
}

impl ColumnMembers {
    fn read(self) -> Result<Column, String> {
        let full = match self {
            ColumnMembers::Full(full) => full,
            ColumnMembers::Type(type_) => FullColumn {
                type_,
                since: None,
                ephemeral: false,
                immutable: false,
                before: Vec::new(),
            },
        };
        let before = full.before.into_iter().map(|before| {
            let form = Form {
                type_: notation::parse(&before.type_)?,
                is_ephemeral: before.ephemeral,
            };
            Ok((before.until, form))
        });
        Ok(Column {
            since: full.since,
            is_mutable: !full.immutable,
            now: Form {
                type_: notation::parse(&full.type_)?,
                is_ephemeral: full.ephemeral,
            },
            before: before.collect::<Result<_, String>>()?,
        })
    }
}
