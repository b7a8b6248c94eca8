//! Operations of a transaction: RFC 7047 §5.2.

use std::{fmt, sync::Arc, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    atom::UuidSeed,
    condition::Clause,
    datum::Datum,
    error::{ErrorKind, OvsdbError},
    mutation::Mutation,
};

/// One operation of a `transact`: RFC 7047 §5.2, and `assert`.
///
/// It reads by notation alone; whether its columns and values exist is for whoever holds the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// §5.2.1: makes a row.
    Insert {
        /// The table.
        table: Arc<str>,
        /// Its columns; those left out get their default.
        row: Columns,
        /// The name by which the other operations refer to it.
        uuid_name: Option<Arc<str>>,
        /// The UUID that it shall have (Open vSwitch 2.13 and later).
        uuid: Option<Uuid>,
    },
    /// §5.2.2: reads rows.
    Select {
        /// The table.
        table: Arc<str>,
        /// Which rows: all clauses must hold.
        where_: Vec<Clause>,
        /// Which columns; all of them if absent.
        columns: Option<Vec<Arc<str>>>,
    },
    /// §5.2.3: sets columns.
    Update {
        /// The table.
        table: Arc<str>,
        /// Which rows: all clauses must hold.
        where_: Vec<Clause>,
        /// The new values.
        row: Columns,
    },
    /// §5.2.4: changes columns by what they hold.
    Mutate {
        /// The table.
        table: Arc<str>,
        /// Which rows: all clauses must hold.
        where_: Vec<Clause>,
        /// What to do, in this order.
        mutations: Vec<Mutation>,
    },
    /// §5.2.5: removes rows.
    Delete {
        /// The table.
        table: Arc<str>,
        /// Which rows: all clauses must hold.
        where_: Vec<Clause>,
    },
    /// §5.2.6: goes on only when rows are, or are not, as given.
    Wait {
        /// How long, in milliseconds; forever if absent.
        timeout_ms: Option<u64>,
        /// The table.
        table: Arc<str>,
        /// Which rows: all clauses must hold.
        where_: Vec<Clause>,
        /// Which columns are compared; all of them if absent.
        columns: Option<Vec<Arc<str>>>,
        /// Whether the rows must be equal (`==`) or must not be (`!=`).
        until_equal: bool,
        /// The rows to compare with.
        rows: Vec<Columns>,
    },
    /// §5.2.7
    Commit {
        /// Whether to wait until the change is on disk.
        durable: bool,
    },
    /// §5.2.8
    Abort,
    /// §5.2.9
    Comment {
        /// A line for the server's log.
        comment: Arc<str>,
    },
    /// §5.2.10
    Assert {
        /// The lock that the session must hold.
        lock: Arc<str>,
    },
}

/// Columns and their values by name: `<row>` of RFC 7047 §5.1, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(pub Vec<(Arc<str>, Datum)>);

impl Columns {
    /// The value of the column of this name.
    pub fn get(&self, name: &str) -> Option<&Datum> {
        self.0
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, datum)| datum)
    }
}

impl<N: Into<Arc<str>>, D: Into<Datum>> FromIterator<(N, D)> for Columns {
    fn from_iter<I: IntoIterator<Item = (N, D)>>(columns: I) -> Self {
        Self(
            columns
                .into_iter()
                .map(|(name, datum)| (name.into(), datum.into()))
                .collect(),
        )
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, datum)| (name, datum)))
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ColumnsVisitor;

        impl<'de> Visitor<'de> for ColumnsVisitor {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row: an object of columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
                let mut columns: Vec<(Arc<str>, Datum)> = Vec::new();
                while let Some((name, datum)) = map.next_entry::<Arc<str>, Datum>()? {
                    // As everywhere in the protocol, the last of equal members wins.
                    columns.retain(|(known, _)| *known != name);
                    columns.push((name, datum));
                }
                Ok(Columns(columns))
            }
        }
        deserializer.deserialize_map(ColumnsVisitor)
    }
}

impl Operation {
    /// The word of the wire: "insert", "select", …
    pub fn op(&self) -> &'static str {
        match self {
            Operation::Insert { .. } => "insert",
            Operation::Select { .. } => "select",
            Operation::Update { .. } => "update",
            Operation::Mutate { .. } => "mutate",
            Operation::Delete { .. } => "delete",
            Operation::Wait { .. } => "wait",
            Operation::Commit { .. } => "commit",
            Operation::Abort => "abort",
            Operation::Comment { .. } => "comment",
            Operation::Assert { .. } => "assert",
        }
    }

    /// The table that it is about, if it is about one.
    pub fn table(&self) -> Option<&Arc<str>> {
        match self {
            Operation::Insert { table, .. }
            | Operation::Select { table, .. }
            | Operation::Update { table, .. }
            | Operation::Mutate { table, .. }
            | Operation::Delete { table, .. }
            | Operation::Wait { table, .. } => Some(table),
            _ => None,
        }
    }

    /// How long it may keep the server waiting: the `timeout` of a `wait`. A `wait` without one waits forever.
    pub(crate) fn wait_limit(&self) -> Option<Duration> {
        match self {
            Operation::Wait { timeout_ms, .. } => timeout_ms.map(Duration::from_millis),
            _ => None,
        }
    }

    /// Reads one element of a `transact`.
    ///
    /// # Errors
    /// "syntax error" if it is none, with the JSON that is wrong; "unknown operation" reads "syntax error" too, as
    /// ovsdb-server has it.
    pub fn from_json(json: &RawValue) -> Result<Self, OvsdbError> {
        serde_json::from_str(json.get()).map_err(|error| {
            OvsdbError::new(
                &ErrorKind::SyntaxError,
                format!("Parsing ovsdb operation failed: {error}"),
            )
            .with_syntax(json.get())
        })
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", self.op())?;
        if let Some(table) = self.table() {
            map.serialize_entry("table", table)?;
        }
        match self {
            Operation::Insert {
                row, uuid_name, uuid, ..
            } => {
                map.serialize_entry("row", row)?;
                if let Some(name) = uuid_name {
                    map.serialize_entry("uuid-name", name)?;
                }
                if let Some(uuid) = uuid {
                    map.serialize_entry("uuid", uuid)?;
                }
            }
            Operation::Select { where_, columns, .. } => {
                map.serialize_entry("where", where_)?;
                if let Some(columns) = columns {
                    map.serialize_entry("columns", columns)?;
                }
            }
            Operation::Update { where_, row, .. } => {
                map.serialize_entry("where", where_)?;
                map.serialize_entry("row", row)?;
            }
            Operation::Mutate {
                where_, mutations, ..
            } => {
                map.serialize_entry("where", where_)?;
                map.serialize_entry("mutations", mutations)?;
            }
            Operation::Delete { where_, .. } => map.serialize_entry("where", where_)?,
            Operation::Wait {
                timeout_ms,
                where_,
                columns,
                until_equal,
                rows,
                ..
            } => {
                if let Some(timeout) = timeout_ms {
                    map.serialize_entry("timeout", timeout)?;
                }
                map.serialize_entry("where", where_)?;
                if let Some(columns) = columns {
                    map.serialize_entry("columns", columns)?;
                }
                map.serialize_entry("until", if *until_equal { "==" } else { "!=" })?;
                map.serialize_entry("rows", rows)?;
            }
            Operation::Commit { durable } => map.serialize_entry("durable", durable)?,
            Operation::Abort => {}
            Operation::Comment { comment } => map.serialize_entry("comment", comment)?,
            Operation::Assert { lock } => map.serialize_entry("lock", lock)?,
        }
        map.end()
    }
}

/// The members of all operations; which of them belong is decided once `op` is known, for it may come last.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    op: String,
    table: Option<Arc<str>>,
    row: Option<Columns>,
    #[serde(rename = "uuid-name")]
    uuid_name: Option<Arc<str>>,
    #[serde(default, deserialize_with = "read_uuid")]
    uuid: Option<Uuid>,
    #[serde(rename = "where")]
    where_: Option<Vec<Clause>>,
    columns: Option<Vec<Arc<str>>>,
    mutations: Option<Vec<Mutation>>,
    timeout: Option<u64>,
    until: Option<String>,
    rows: Option<Vec<Columns>>,
    durable: Option<bool>,
    comment: Option<Arc<str>>,
    lock: Option<Arc<str>>,
}

fn read_uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    de::DeserializeSeed::deserialize(UuidSeed, deserializer).map(Some)
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Members::deserialize(deserializer)?
            .operation()
            .map_err(de::Error::custom)
    }
}

impl Members {
    fn operation(mut self) -> Result<Operation, String> {
        let op = std::mem::take(&mut self.op);
        let operation = match op.as_str() {
            "insert" => Operation::Insert {
                table: need(&mut self.table, "table")?,
                row: need(&mut self.row, "row")?,
                uuid_name: self.uuid_name.take(),
                uuid: self.uuid.take(),
            },
            "select" => Operation::Select {
                table: need(&mut self.table, "table")?,
                where_: need(&mut self.where_, "where")?,
                columns: self.columns.take(),
            },
            "update" => Operation::Update {
                table: need(&mut self.table, "table")?,
                where_: need(&mut self.where_, "where")?,
                row: need(&mut self.row, "row")?,
            },
            "mutate" => Operation::Mutate {
                table: need(&mut self.table, "table")?,
                where_: need(&mut self.where_, "where")?,
                mutations: need(&mut self.mutations, "mutations")?,
            },
            "delete" => Operation::Delete {
                table: need(&mut self.table, "table")?,
                where_: need(&mut self.where_, "where")?,
            },
            "wait" => Operation::Wait {
                timeout_ms: self.timeout.take(),
                table: need(&mut self.table, "table")?,
                where_: need(&mut self.where_, "where")?,
                columns: self.columns.take(),
                until_equal: match need(&mut self.until, "until")?.as_str() {
                    "==" => true,
                    "!=" => false,
                    other => return Err(format!("\"until\" must be \"==\" or \"!=\", not \"{other}\"")),
                },
                rows: need(&mut self.rows, "rows")?,
            },
            "commit" => Operation::Commit {
                durable: need(&mut self.durable, "durable")?,
            },
            "abort" => Operation::Abort,
            "comment" => Operation::Comment {
                comment: need(&mut self.comment, "comment")?,
            },
            "assert" => Operation::Assert {
                lock: need(&mut self.lock, "lock")?,
            },
            other => return Err(format!("No operation \"{other}\"")),
        };
        match self.left_over() {
            Some(member) => Err(format!("Member '{member}' is present but not allowed here.")),
            None => Ok(operation),
        }
    }

    fn left_over(&self) -> Option<&'static str> {
        let present = [
            (self.table.is_some(), "table"),
            (self.row.is_some(), "row"),
            (self.uuid_name.is_some(), "uuid-name"),
            (self.uuid.is_some(), "uuid"),
            (self.where_.is_some(), "where"),
            (self.columns.is_some(), "columns"),
            (self.mutations.is_some(), "mutations"),
            (self.timeout.is_some(), "timeout"),
            (self.until.is_some(), "until"),
            (self.rows.is_some(), "rows"),
            (self.durable.is_some(), "durable"),
            (self.comment.is_some(), "comment"),
            (self.lock.is_some(), "lock"),
        ];
        present
            .into_iter()
            .find(|(present, _)| *present)
            .map(|(_, name)| name)
    }
}

fn need<T>(member: &mut Option<T>, name: &str) -> Result<T, String> {
    member
        .take()
        .ok_or_else(|| format!("Required '{name}' member is missing."))
}

/// The parameters of `transact`: RFC 7047 §4.1.3. The operations are read one by one, for an operation that does
/// not read fails alone, after those before it.
#[derive(Debug)]
pub struct TransactParams<'a> {
    /// The database.
    pub database: String,
    /// The operations as they came.
    pub operations: Vec<&'a RawValue>,
}

impl<'a> TransactParams<'a> {
    /// Reads `[<db-name>, <operation>*]`.
    ///
    /// # Errors
    /// If it is not an array that begins with a string.
    pub fn from_json(params: &'a RawValue) -> Result<Self, serde_json::Error> {
        struct ParamsVisitor;

        impl<'de> Visitor<'de> for ParamsVisitor {
            type Value = TransactParams<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of a database name and operations")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let database = seq
                    .next_element()?
                    .ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let mut operations = Vec::new();
                while let Some(operation) = seq.next_element()? {
                    operations.push(operation);
                }
                Ok(TransactParams { database, operations })
            }
        }
        serde_json::Deserializer::from_str(params.get()).deserialize_seq(ParamsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_reads_as_it_prints() {
        for text in [
            r#"{"op":"insert","table":"Port","row":{"name":"p1","tag":5},"uuid-name":"row1"}"#,
            r#"{"op":"insert","table":"Port","row":{},"uuid":"550e8400-e29b-41d4-a716-446655440000"}"#,
            r#"{"op":"select","table":"Port","where":[],"columns":["_uuid","name"]}"#,
            r#"{"op":"update","table":"Port","where":[["name","==","p1"]],"row":{"tag":["set",[]]}}"#,
            r#"{"op":"mutate","table":"Port","where":[true],"mutations":[["tag","+=",1]]}"#,
            r#"{"op":"delete","table":"Port","where":[["tag",">",5]]}"#,
            r#"{"op":"wait","table":"Port","timeout":0,"where":[],"columns":["name"],"until":"==","rows":[{"name":"p1"}]}"#,
            r#"{"op":"commit","durable":true}"#,
            r#"{"op":"abort"}"#,
            r#"{"op":"comment","comment":"why"}"#,
            r#"{"op":"assert","lock":"l"}"#,
        ] {
            let operation: Operation = serde_json::from_str(text).unwrap();
            let printed = serde_json::to_string(&operation).unwrap();
            assert_eq!(serde_json::from_str::<Operation>(&printed).unwrap(), operation);
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&printed).unwrap(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn wrong_members_are_a_syntax_error_that_shows_them() {
        for (text, says) in [
            (r#"{"op":"delete","table":"Port"}"#, "'where' member is missing"),
            (
                r#"{"op":"abort","table":"Port"}"#,
                "'table' is present but not allowed",
            ),
            (r#"{"op":"frob"}"#, "No operation \"frob\""),
            (r#"{"table":"Port"}"#, "op"),
            (r#"{"op":"abort","bogus":1}"#, "bogus"),
            (r#"[]"#, "failed"),
        ] {
            let raw = RawValue::from_string(text.to_owned()).unwrap();
            let error = Operation::from_json(&raw).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SyntaxError);
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn transact_params_leave_a_bad_operation_to_its_turn() {
        let raw = RawValue::from_string(r#"["db",{"op":"abort"},7]"#.to_owned()).unwrap();
        let params = TransactParams::from_json(&raw).unwrap();
        assert_eq!((params.database.as_str(), params.operations.len()), ("db", 2));
        for bad in ["[]", "[7]", "{}"] {
            let raw = RawValue::from_string(bad.to_owned()).unwrap();
            assert!(TransactParams::from_json(&raw).is_err());
        }
    }
}
