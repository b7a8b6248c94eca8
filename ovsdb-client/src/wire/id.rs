//! Ids of requests and monitors: any JSON value (RFC 7047 §4, JSON-RPC 1.0).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The id of a request or of a monitor, which may be any JSON value. Equal text, spaces between tokens aside,
/// means equal ids.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsonId {
    /// A number without a fraction. This crate numbers its own requests and monitors.
    Integer(i64),
    /// Any other value, as its text without spaces between tokens.
    Text(Box<str>),
}

impl JsonId {
    /// The id that is this string.
    pub fn string(text: &str) -> Self {
        JsonId::Text(serde_json::Value::from(text).to_string().into())
    }

    /// The id that this JSON text stands for.
    pub fn from_json(json: &RawValue) -> Self {
        let text = json.get();
        text.parse()
            .map_or_else(|_| JsonId::Text(compact(text)), JsonId::Integer)
    }

    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let JsonId::Integer(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// Whether it is JSON's null, which marks a notification.
    pub fn is_null(&self) -> bool {
        matches!(self, JsonId::Text(text) if &**text == "null")
    }
}

/// The text without the spaces that stand outside strings.
fn compact(text: &str) -> Box<str> {
    let (mut in_string, mut escaped) = (false, false);
    text.chars()
        .filter(|&c| {
            let keep = in_string || !matches!(c, ' ' | '\t' | '\r' | '\n');
            match c {
                '"' if !escaped => in_string = !in_string,
                _ => {}
            }
            escaped = in_string && c == '\\' && !escaped;
            keep
        })
        .collect::<String>()
        .into()
}

impl From<i64> for JsonId {
    fn from(value: i64) -> Self {
        JsonId::Integer(value)
    }
}

impl fmt::Display for JsonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonId::Integer(value) => value.fmt(f),
            JsonId::Text(text) => text.fmt(f),
        }
    }
}

impl fmt::Debug for JsonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonId({self})")
    }
}

impl Serialize for JsonId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            JsonId::Integer(value) => serializer.serialize_i64(*value),
            JsonId::Text(text) => RawValue::from_string(text.to_string())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for JsonId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_json(&Box::<RawValue>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_5_an_id_may_be_any_json() {
        for (text, printed) in [
            ("7", "7"),
            ("7.5", "7.5"),
            ("\"echo\"", "\"echo\""),
            (r#"[ "monid", "a \" b" ]"#, r#"["monid","a \" b"]"#),
            (r#"{ "a" : "\\" , "b" : 1 }"#, r#"{"a":"\\","b":1}"#),
            ("null", "null"),
        ] {
            let id: JsonId = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&id).unwrap(), printed);
            assert_eq!(id, serde_json::from_str(printed).unwrap());
        }
        assert_eq!(JsonId::string("echo").to_string(), "\"echo\"");
    }
}
