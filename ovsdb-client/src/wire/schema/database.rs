//! Databases: RFC 7047 §3.2 `<database-schema>`.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::table::{Printed, TableMembers, TableSchema};

/// The schema of one database: RFC 7047 §3.2 `<database-schema>`. A clone shares its tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatabaseSchema {
    /// Its name, such as `Open_vSwitch`.
    pub name: Arc<str>,
    /// Its version, such as `8.3.1`.
    pub version: Version,
    /// The checksum that ovsdb-tool keeps in it: `"951746691 20389"`.
    pub cksum: Option<String>,
    tables: Vec<Arc<TableSchema>>,
}

/// The version of a schema: `x.y.z` (RFC 7047 §3.1 `<version>`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// `x`: changes that older clients cannot bear.
    pub major: u32,
    /// `y`: additions.
    pub minor: u32,
    /// `z`: changes that no client sees.
    pub patch: u32,
}

/// A schema that contradicts itself or is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The text is no `<database-schema>`.
    #[error("the text is no OVSDB schema: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A `refTable` names a table that is not there.
    #[error("column {table}.{column} refers to table {target}, which the schema does not have")]
    NoSuchRefTable {
        /// The table of the column.
        table: Arc<str>,
        /// The column.
        column: Arc<str>,
        /// The table that is missing.
        target: Arc<str>,
    },
    /// An index names a column that is not there.
    #[error("an index of table {table} names column {column}, which the table does not have")]
    NoSuchIndexColumn {
        /// The table of the index.
        table: Arc<str>,
        /// The column that is missing.
        column: Arc<str>,
    },
    /// A table has more columns than a row can number.
    #[error("table {table} has more than {} columns", u16::MAX)]
    TooManyColumns {
        /// The table.
        table: Arc<str>,
    },
}

impl DatabaseSchema {
    /// A schema of these tables.
    ///
    /// # Errors
    /// If a reference or an index names what is not there.
    pub fn new(
        name: impl Into<Arc<str>>,
        version: Version,
        tables: impl IntoIterator<Item = TableSchema>,
    ) -> Result<Self, SchemaError> {
        let mut tables: Vec<_> = tables.into_iter().map(Arc::new).collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        let schema = Self {
            name: name.into(),
            version,
            cksum: None,
            tables,
        };
        schema.check()?;
        Ok(schema)
    }

    /// Reads an `.ovsschema` file or the result of `get_schema`.
    ///
    /// # Errors
    /// If the text is no schema, or one that contradicts itself.
    pub fn parse(json: &str) -> Result<Self, SchemaError> {
        let members: DatabaseMembers = serde_json::from_str(json)?;
        let all_root = !members.tables.values().any(TableMembers::declares_root);
        let tables = members
            .tables
            .into_iter()
            .map(|(name, table)| table.named(name, all_root));
        Ok(Self {
            cksum: members.cksum,
            ..Self::new(members.name, members.version, tables)?
        })
    }

    /// All tables, sorted by name.
    pub fn tables(&self) -> &[Arc<TableSchema>] {
        &self.tables
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Arc<TableSchema>> {
        let index = self
            .tables
            .binary_search_by(|table| (*table.name).cmp(name))
            .ok()?;
        self.tables.get(index)
    }

    fn check(&self) -> Result<(), SchemaError> {
        for table in &self.tables {
            if u16::try_from(table.columns().len()).is_err() {
                return Err(SchemaError::TooManyColumns {
                    table: Arc::clone(&table.name),
                });
            }
            for column in table.columns() {
                let bases = std::iter::once(&column.type_.key).chain(&column.type_.value);
                for target in bases.filter_map(|base| base.ref_table.as_ref()) {
                    if self.table(target).is_none() {
                        return Err(SchemaError::NoSuchRefTable {
                            table: Arc::clone(&table.name),
                            column: Arc::clone(&column.name),
                            target: Arc::clone(target),
                        });
                    }
                }
            }
            for column in table.indexes.iter().flatten() {
                if table.column(column).is_none() {
                    return Err(SchemaError::NoSuchIndexColumn {
                        table: Arc::clone(&table.name),
                        column: Arc::clone(column),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Version {
    /// The version `major.minor.patch`.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(format!("\"{text}\" is no schema version of the form x.y.z")),
        }
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseMembers {
    name: Arc<str>,
    // Databases of Open vSwitch 1.x have none.
    #[serde(default)]
    version: Version,
    cksum: Option<String>,
    tables: BTreeMap<Arc<str>, TableMembers>,
    // Written by some schema authors; ovsdb-server reads over it.
    #[serde(rename = "$schema", default)]
    _schema: Option<serde::de::IgnoredAny>,
}

impl Serialize for DatabaseSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("version", &self.version)?;
        if let Some(cksum) = &self.cksum {
            map.serialize_entry("cksum", cksum)?;
        }
        let all_root = self.tables.iter().all(|table| table.is_root);
        let tables: BTreeMap<&str, Printed<'_>> = self
            .tables
            .iter()
            .map(|table| (&*table.name, Printed { table, all_root }))
            .collect();
        map.serialize_entry("tables", &tables)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{AtomicType, Max};

    const SCHEMA: &str = r#"{"name":"Demo","version":"1.2.3","tables":{
        "Bridge":{"columns":{"name":{"type":"string","mutable":false},
            "ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}}},
            "isRoot":true,"indexes":[["name"]]},
        "Port":{"columns":{"tag":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0}},
            "mode":{"type":{"key":{"type":"string","enum":["set",["access","trunk"]]},"min":0,"max":1}},
            "load":{"type":"real","ephemeral":true}},"maxRows":7}}}"#;

    #[test]
    fn a_schema_reads_and_prints_to_itself() {
        let schema = DatabaseSchema::parse(SCHEMA).unwrap();
        assert_eq!(schema.version, Version::new(1, 2, 3));
        let (_, ports) = schema.table("Bridge").unwrap().column("ports").unwrap();
        assert_eq!((ports.type_.min, ports.type_.max), (0, Max::Unlimited));
        assert_eq!(ports.type_.key.ref_table.as_deref(), Some("Port"));
        let port = schema.table("Port").unwrap();
        assert!(!port.is_root && port.max_rows == Some(7));
        let (index, load) = port.column("load").unwrap();
        assert!(load.ephemeral && load.type_.key.type_ == AtomicType::Real);
        assert_eq!(port.column_at(index), Some(load));
        let printed = serde_json::to_string(&schema).unwrap();
        assert_eq!(DatabaseSchema::parse(&printed).unwrap(), schema);
    }

    #[test]
    fn without_any_is_root_all_tables_are_root() {
        let schema = DatabaseSchema::parse(&SCHEMA.replace(r#""isRoot":true,"#, "")).unwrap();
        assert!(schema.tables().iter().all(|table| table.is_root));
    }

    #[test]
    fn contradictions_are_refused() {
        let error = DatabaseSchema::parse(&SCHEMA.replace("\"refTable\":\"Port\"", "\"refTable\":\"Gone\""));
        assert!(error.unwrap_err().to_string().contains("table Gone"));
        let error = DatabaseSchema::parse(&SCHEMA.replace("[[\"name\"]]", "[[\"nome\"]]")).unwrap_err();
        assert!(matches!(error, SchemaError::NoSuchIndexColumn { .. }), "{error}");
        assert!(DatabaseSchema::parse("{}").is_err());
        assert!(DatabaseSchema::parse(&SCHEMA.replace("1.2.3", "1.2")).is_err());
    }
}
