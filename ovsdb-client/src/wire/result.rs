//! Results of a transaction: RFC 7047 §4.1.3.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    atom::{Tag, UuidSeed, end},
    error::OvsdbError,
    operation::Columns,
};

/// What one operation gave: an element of the result of `transact` (RFC 7047 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationResult {
    /// `{}`: of wait, commit, abort, comment and assert.
    Done,
    /// `{"uuid": …}`: of insert.
    Inserted(Uuid),
    /// `{"count": n}`: of update, mutate and delete.
    Count(u64),
    /// `{"rows": […]}`: of select. Numbers are by notation; see [`ColumnType::conform`](super::ColumnType::conform).
    Rows(Vec<Columns>),
    /// `{"error": …}`: the operation that failed, and made the transaction fail.
    Error(OvsdbError),
    /// `null`: an operation after the one that failed.
    NotExecuted,
}

/// The result of `transact`: RFC 7047 §4.1.3.
///
/// It holds an element an operation: successes, then perhaps one error, then nulls. When all operations succeeded
/// and the commit did not, an error stands after them as one element more, while the inserts before it still show
/// UUIDs, of rows that are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactResult {
    /// One element an operation.
    pub operations: Vec<OperationResult>,
    /// Why the commit failed.
    pub commit_error: Option<OvsdbError>,
}

impl TransactResult {
    /// Reads the result of a transaction of `count` operations.
    ///
    /// # Errors
    /// If it is not an array of results, or of another number of them.
    pub fn from_json(result: &RawValue, count: usize) -> Result<Self, serde_json::Error> {
        Self::from_slice(result.get().as_bytes(), count)
    }

    /// Reads the result of a transaction of `count` operations.
    ///
    /// # Errors
    /// If it is not an array of results, or of another number of them.
    pub fn from_slice(result: &[u8], count: usize) -> Result<Self, serde_json::Error> {
        let mut operations: Vec<OperationResult> = serde_json::from_slice(result)?;
        let mut commit_error = None;
        if operations.len() == count + 1 {
            match operations.pop() {
                Some(OperationResult::Error(error)) => commit_error = Some(error),
                _ => {
                    return Err(de::Error::custom(
                        "a result after those of the operations is no error",
                    ));
                }
            }
        }
        if operations.len() != count {
            let found = operations.len();
            return Err(de::Error::custom(format!(
                "{found} results for {count} operations"
            )));
        }
        Ok(Self {
            operations,
            commit_error,
        })
    }

    /// The error that made the transaction fail, and the operation that it belongs to (none: the commit).
    pub fn error(&self) -> Option<(Option<usize>, &OvsdbError)> {
        let failed = self
            .operations
            .iter()
            .enumerate()
            .find_map(|(index, result)| match result {
                OperationResult::Error(error) => Some((Some(index), error)),
                _ => None,
            });
        failed.or_else(|| self.commit_error.as_ref().map(|error| (None, error)))
    }
}

impl Serialize for TransactResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let error = self.commit_error.clone().map(OperationResult::Error);
        serializer.collect_seq(self.operations.iter().chain(&error))
    }
}

impl Serialize for OperationResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            OperationResult::Error(error) => return error.serialize(serializer),
            OperationResult::NotExecuted => return serializer.serialize_unit(),
            _ => serializer.serialize_map(None)?,
        };
        match self {
            OperationResult::Inserted(uuid) => map.serialize_entry("uuid", &("uuid", uuid))?,
            OperationResult::Count(count) => map.serialize_entry("count", count)?,
            OperationResult::Rows(rows) => map.serialize_entry("rows", rows)?,
            OperationResult::Done | OperationResult::Error(_) | OperationResult::NotExecuted => {}
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for OperationResult {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ResultVisitor)
    }
}

struct ResultVisitor;

impl<'de> Visitor<'de> for ResultVisitor {
    type Value = OperationResult;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the result of an operation: an object or null")
    }

    fn visit_unit<E: de::Error>(self) -> Result<OperationResult, E> {
        Ok(OperationResult::NotExecuted)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OperationResult, A::Error> {
        let mut result = OperationResult::Done;
        let (mut error, mut details, mut syntax) = (None, None, None);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match &*name {
                "uuid" => result = OperationResult::Inserted(map.next_value_seed(TaggedUuid)?),
                "count" => result = OperationResult::Count(map.next_value()?),
                "rows" => result = OperationResult::Rows(map.next_value()?),
                "error" => error = map.next_value::<Option<String>>()?,
                "details" => details = map.next_value()?,
                "syntax" => syntax = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(match error {
            Some(error) => OperationResult::Error(OvsdbError {
                error,
                details,
                syntax,
                is_bare: false,
            }),
            None => result,
        })
    }
}

/// Reads `["uuid", "…"]` and nothing else.
struct TaggedUuid;

impl<'de> DeserializeSeed<'de> for TaggedUuid {
    type Value = Uuid;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Uuid, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TaggedUuid {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[\"uuid\", …]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Uuid, A::Error> {
        if seq.next_element::<Tag>()? != Some(Tag::Uuid) {
            return Err(de::Error::custom("a UUID is needed"));
        }
        let uuid = seq
            .next_element_seed(UuidSeed)?
            .ok_or_else(|| de::Error::custom("a UUID is needed"))?;
        end(&mut seq)?;
        Ok(uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ErrorKind;

    fn read(text: &str, count: usize) -> Result<TransactResult, serde_json::Error> {
        TransactResult::from_json(&RawValue::from_string(text.to_owned()).unwrap(), count)
    }

    #[test]
    fn trap_25_successes_then_the_error_then_nulls_and_one_more_for_the_commit() {
        let failed = read(r#"[{"count":1},{"error":"timed out","details":"x"},null]"#, 3).unwrap();
        assert_eq!(failed.operations[0], OperationResult::Count(1));
        assert_eq!(failed.operations[2], OperationResult::NotExecuted);
        let (at, error) = failed.error().unwrap();
        assert_eq!((at, error.kind()), (Some(1), ErrorKind::TimedOut));

        let uuid = r#"{"uuid":["uuid","550e8400-e29b-41d4-a716-446655440000"]}"#;
        let commit = read(
            &format!(r#"[{uuid},{{"error":"referential integrity violation"}}]"#),
            1,
        )
        .unwrap();
        assert!(matches!(commit.operations[0], OperationResult::Inserted(_)));
        let (at, error) = commit.error().unwrap();
        assert_eq!(
            (at, error.kind()),
            (None, ErrorKind::ReferentialIntegrityViolation)
        );
        assert_eq!(
            serde_json::to_string(&commit).unwrap(),
            format!(r#"[{uuid},{{"error":"referential integrity violation"}}]"#)
        );
    }

    #[test]
    fn trap_26_wait_commit_and_comment_return_an_empty_object() {
        let done = read("[{},{},{}]", 3).unwrap();
        assert!(
            done.operations
                .iter()
                .all(|result| *result == OperationResult::Done)
        );
        assert!(done.error().is_none());
    }

    #[test]
    fn rows_are_read_by_notation() {
        let selected = read(r#"[{"rows":[{"name":"br0","ports":["set",[]]}]}]"#, 1).unwrap();
        let OperationResult::Rows(rows) = &selected.operations[0] else {
            panic!("{selected:?}")
        };
        assert_eq!(rows[0].get("name"), Some(&"br0".into()));
    }

    #[test]
    fn another_number_of_results_is_refused() {
        for text in ["[{}]", "[{},{},{}]", "[{},{},{},{}]", "{}", "[7,7]"] {
            assert!(read(text, 2).is_err(), "{text}");
        }
    }
}
