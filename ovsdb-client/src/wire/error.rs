//! Errors of the protocol: RFC 7047 §3.1 `<error>`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// An error that the peer reports: RFC 7047 §3.1 `<error>`.
///
/// On the wire it is a bare string for a method as a whole ("unknown method", "canceled") or an object with
/// details, for an operation. Both read into this; it prints as an object unless `details` and `syntax` are absent
/// and [`OvsdbError::bare`] made it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct OvsdbError {
    /// The kind, in the wire's words: "constraint violation".
    pub error: String,
    /// What exactly is wrong, for people.
    pub details: Option<String>,
    /// The JSON that is wrong.
    pub syntax: Option<String>,
    /// Whether it travels as a bare string and not as an object.
    pub is_bare: bool,
}

/// What an error is about: the kinds of RFC 7047, ovsdb-server(7) and of what ovsdb-server says besides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// "aborted": the transaction's own `abort` (RFC 7047 §5.2.8).
    Aborted,
    /// "canceled": the request's own `cancel` (RFC 7047 §4.1.4).
    Canceled,
    /// "cluster error": the cluster could not commit; the outcome may be unknown.
    ClusterError,
    /// "constraint violation" (RFC 7047 §5.2).
    ConstraintViolation,
    /// "domain error": division by zero (RFC 7047 §5.2.4).
    DomainError,
    /// "duplicate monitor ID".
    DuplicateMonitorId,
    /// "duplicate uuid": an insert with the UUID of a row that exists.
    DuplicateUuid,
    /// "duplicate uuid-name" (RFC 7047 §5.2.1).
    DuplicateUuidName,
    /// "I/O error" (RFC 7047 §4.1.3).
    IoError,
    /// "not allowed": the server is read-only for this connection.
    NotAllowed,
    /// "not leader" or "no longer leader": a member of a cluster that is not its leader.
    NotLeader,
    /// "not owner": an `assert` of a lock that the client does not hold (RFC 7047 §5.2.10).
    NotOwner,
    /// "not supported" (RFC 7047 §5.2).
    NotSupported,
    /// "permission error": the role of the connection does not allow it.
    PermissionError,
    /// "range error": an overflow (RFC 7047 §5.2.4).
    RangeError,
    /// "referential integrity violation" (RFC 7047 §4.1.3).
    ReferentialIntegrityViolation,
    /// "resources exhausted" (RFC 7047 §4.1.3).
    ResourcesExhausted,
    /// "syntax error": the request does not read as one.
    SyntaxError,
    /// "timed out": a `wait` whose condition did not come true in time (RFC 7047 §5.2.6).
    TimedOut,
    /// "unknown database" (RFC 7047 §4.1.2).
    UnknownDatabase,
    /// "unknown method".
    UnknownMethod,
    /// "unknown monitor" (RFC 7047 §4.1.7).
    UnknownMonitor,
    /// Any other word.
    Other(String),
}

impl OvsdbError {
    /// An error object `{"error": …, "details": …}`.
    pub fn new(kind: &ErrorKind, details: impl Into<String>) -> Self {
        Self {
            error: kind.as_str().to_owned(),
            details: Some(details.into()),
            syntax: None,
            is_bare: false,
        }
    }

    /// An error that travels as a bare string.
    pub fn bare(kind: &ErrorKind) -> Self {
        Self {
            error: kind.as_str().to_owned(),
            details: None,
            syntax: None,
            is_bare: true,
        }
    }

    /// The same error with the JSON that is wrong.
    #[must_use]
    pub fn with_syntax(mut self, syntax: impl Into<String>) -> Self {
        self.syntax = Some(syntax.into());
        self
    }

    /// What the error is about.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::from(self.error.as_str())
    }
}

impl fmt::Display for OvsdbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(details) = &self.details {
            write!(f, ": {details}")?;
        }
        if let Some(syntax) = &self.syntax {
            write!(f, " (in {syntax})")?;
        }
        Ok(())
    }
}

const KINDS: [(&str, ErrorKind); 22] = [
    ("aborted", ErrorKind::Aborted),
    ("canceled", ErrorKind::Canceled),
    ("cluster error", ErrorKind::ClusterError),
    ("constraint violation", ErrorKind::ConstraintViolation),
    ("domain error", ErrorKind::DomainError),
    ("duplicate monitor ID", ErrorKind::DuplicateMonitorId),
    ("duplicate uuid", ErrorKind::DuplicateUuid),
    ("duplicate uuid-name", ErrorKind::DuplicateUuidName),
    ("I/O error", ErrorKind::IoError),
    ("not allowed", ErrorKind::NotAllowed),
    ("not leader", ErrorKind::NotLeader),
    ("not owner", ErrorKind::NotOwner),
    ("not supported", ErrorKind::NotSupported),
    ("permission error", ErrorKind::PermissionError),
    ("range error", ErrorKind::RangeError),
    (
        "referential integrity violation",
        ErrorKind::ReferentialIntegrityViolation,
    ),
    ("resources exhausted", ErrorKind::ResourcesExhausted),
    ("syntax error", ErrorKind::SyntaxError),
    ("timed out", ErrorKind::TimedOut),
    ("unknown database", ErrorKind::UnknownDatabase),
    ("unknown method", ErrorKind::UnknownMethod),
    ("unknown monitor", ErrorKind::UnknownMonitor),
];

impl ErrorKind {
    /// The word of the wire.
    pub fn as_str(&self) -> &str {
        if let ErrorKind::Other(word) = self {
            return word;
        }
        KINDS
            .iter()
            .find(|(_, kind)| kind == self)
            .map_or("", |(word, _)| word)
    }
}

impl From<&str> for ErrorKind {
    fn from(word: &str) -> Self {
        let known = KINDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, kind)| kind.clone());
        // ovsdb-server words a lost leadership in three ways.
        known.unwrap_or_else(|| match word {
            "no longer leader" | "leadership lost" => ErrorKind::NotLeader,
            other => ErrorKind::Other(other.to_owned()),
        })
    }
}

impl Serialize for OvsdbError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        if self.is_bare {
            return serializer.serialize_str(&self.error);
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(details) = &self.details {
            map.serialize_entry("details", details)?;
        }
        map.serialize_entry("error", &self.error)?;
        if let Some(syntax) = &self.syntax {
            map.serialize_entry("syntax", syntax)?;
        }
        map.end()
    }
}

/// Reads a string or an object; of anything else the text becomes the kind, for an error must never be lost.
impl<'de> Deserialize<'de> for OvsdbError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self::from_json(&raw))
    }
}

impl OvsdbError {
    /// Reads an `<error>` of any form.
    pub fn from_json(json: &RawValue) -> Self {
        let text = json.get();
        if let Ok(word) = serde_json::from_str::<String>(text) {
            return Self {
                error: word,
                details: None,
                syntax: None,
                is_bare: true,
            };
        }
        match serde_json::from_str::<ErrorMembers>(text) {
            Ok(ErrorMembers {
                error: Some(error),
                details,
                syntax,
            }) => Self {
                error,
                details,
                syntax,
                is_bare: false,
            },
            _ => Self {
                error: text.to_owned(),
                details: None,
                syntax: None,
                is_bare: true,
            },
        }
    }
}

#[derive(Default)]
pub(crate) struct ErrorMembers {
    pub(crate) error: Option<String>,
    pub(crate) details: Option<String>,
    pub(crate) syntax: Option<String>,
}

impl<'de> Deserialize<'de> for ErrorMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = ErrorMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an error object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ErrorMembers, A::Error> {
                let mut members = ErrorMembers::default();
                while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    match &*name {
                        "error" => members.error = Some(map.next_value()?),
                        "details" => members.details = map.next_value()?,
                        // "io-error" and "syntax" are strings; a server may add more.
                        "syntax" => members.syntax = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                if members.error.is_none() {
                    return Err(de::Error::missing_field("error"));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OvsdbError {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn trap_3_an_error_is_a_string_or_an_object() {
        let bare = read(r#""unknown method""#);
        assert_eq!((bare.kind(), bare.is_bare), (ErrorKind::UnknownMethod, true));
        assert_eq!(serde_json::to_string(&bare).unwrap(), r#""unknown method""#);
        let text = r#"{"details":"too big","error":"constraint violation","syntax":"[]"}"#;
        let object = read(text);
        assert_eq!(object.kind(), ErrorKind::ConstraintViolation);
        assert_eq!(object.to_string(), "constraint violation: too big (in [])");
        assert_eq!(serde_json::to_string(&object).unwrap(), text);
    }

    #[test]
    fn an_error_of_no_known_form_is_kept_as_its_text() {
        assert_eq!(read(r#"{"code":-32601}"#).error, r#"{"code":-32601}"#);
        assert_eq!(read("7").kind(), ErrorKind::Other("7".into()));
    }

    #[test]
    fn every_kind_reads_as_it_prints() {
        for (word, kind) in KINDS {
            assert_eq!(ErrorKind::from(word), kind);
            assert_eq!(kind.as_str(), word);
        }
    }
}
