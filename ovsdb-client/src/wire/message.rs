//! Messages: JSON-RPC 1.0 as RFC 7047 §4 has it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{error::OvsdbError, id::JsonId};

/// The greatest depth of arrays and objects in a message, which is ovsdb-server's own.
pub const MAX_DEPTH: usize = 1000;

/// One message. Parameters and results are left as text for whoever knows what they are.
#[derive(Debug)]
pub enum Message<'a> {
    /// `{"method", "params", "id"}`: wants a response. Both peers send them.
    Request {
        /// What the response shall carry.
        id: JsonId,
        /// What to do.
        method: Cow<'a, str>,
        /// An array.
        params: &'a RawValue,
    },
    /// A request without an id, or whose id is null: wants none.
    Notification {
        /// What happened.
        method: Cow<'a, str>,
        /// An array.
        params: &'a RawValue,
    },
    /// `{"id", "result", "error"}`
    Response {
        /// The id of the request.
        id: JsonId,
        /// The result (null if it was null), or the error.
        result: Result<&'a RawValue, OvsdbError>,
    },
}

/// A text that is no message, though it was framed as one. The connection can go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed message: {reason}")]
pub struct MalformedMessage {
    /// What is wrong.
    pub reason: String,
    /// Its id, if that could be read: the request that shall fail, or that wants an answer.
    pub id: Option<JsonId>,
    /// Its method, if that could be read.
    pub method: Option<String>,
}

impl<'a> Message<'a> {
    /// Reads one message, with the rules of Open vSwitch: no other members (`jsonrpc` is one), `params` an array, a
    /// null `result` or `error` as if absent, and of equal members the last.
    ///
    /// # Errors
    /// If it is none; the error still carries id and method where they could be read.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, MalformedMessage> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                return Err(salvage(
                    bytes,
                    format!("invalid UTF-8 at byte {}", error.valid_up_to()),
                ));
            }
        };
        let members: Members<'a> = serde_json::from_str(text).map_err(|error| MalformedMessage {
            reason: error.to_string(),
            id: None,
            method: None,
        })?;
        members.classify()
    }
}

/// Reads what identifies a message whose strings are broken.
fn salvage(bytes: &[u8], reason: String) -> MalformedMessage {
    let text = String::from_utf8_lossy(bytes);
    match serde_json::from_str::<Members<'_>>(&text) {
        Ok(members) => members.malformed(reason),
        Err(_) => MalformedMessage {
            reason,
            id: None,
            method: None,
        },
    }
}

#[derive(Default)]
struct Members<'a> {
    id: Option<JsonId>,
    method: Option<Cow<'a, str>>,
    params: Option<&'a RawValue>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
    unknown: Option<String>,
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON-RPC message: an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    match &*name.0 {
                        "method" => {
                            members.method = map.next_value::<Option<Text<'de>>>()?.map(|text| text.0)
                        }
                        "id" => {
                            let id = JsonId::from_json(map.next_value()?);
                            members.id = (!id.is_null()).then_some(id);
                        }
                        "params" => members.params = not_null(map.next_value()?),
                        "result" => members.result = not_null(map.next_value()?),
                        "error" => members.error = not_null(map.next_value()?),
                        other => {
                            members.unknown = Some(other.to_owned());
                            map.next_value::<de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// A string that borrows where it can.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn not_null(value: &RawValue) -> Option<&RawValue> {
    (value.get() != "null").then_some(value)
}

impl<'a> Members<'a> {
    fn malformed(self, reason: impl Into<String>) -> MalformedMessage {
        let method = self.method.map(Cow::into_owned);
        MalformedMessage {
            reason: reason.into(),
            id: self.id,
            method,
        }
    }

    fn classify(self) -> Result<Message<'a>, MalformedMessage> {
        if let Some(name) = &self.unknown {
            let reason = format!("member \"{name}\" is not allowed");
            return Err(self.malformed(reason));
        }
        match self {
            Self {
                method: Some(method),
                params: Some(params),
                result: None,
                error: None,
                id,
                ..
            } if params.get().starts_with('[') => Ok(match id {
                Some(id) => Message::Request { id, method, params },
                None => Message::Notification { method, params },
            }),
            Self {
                method: Some(_),
                result: None,
                error: None,
                ..
            } => Err(self.malformed("\"params\" must be an array")),
            Self { method: Some(_), .. } => Err(self.malformed("a request cannot hold a result or an error")),
            Self { params: Some(_), .. } => Err(self.malformed("\"params\" without \"method\"")),
            Self { id: None, .. } => Err(self.malformed("a response without an id")),
            Self {
                result: Some(_),
                error: Some(_),
                ..
            } => Err(self.malformed("a response with both a result and an error")),
            Self {
                id: Some(id),
                error: Some(error),
                ..
            } => Ok(Message::Response {
                id,
                result: Err(OvsdbError::from_json(error)),
            }),
            Self {
                id: Some(id), result, ..
            } => Ok(Message::Response {
                id,
                result: Ok(result.unwrap_or(RawValue::NULL)),
            }),
        }
    }
}

#[derive(Serialize)]
struct Request<'a, P: Serialize + ?Sized> {
    id: Option<&'a JsonId>,
    method: &'a str,
    params: &'a P,
}

#[derive(Serialize)]
struct Response<'a, R: Serialize + ?Sized> {
    id: &'a JsonId,
    result: &'a R,
    error: (),
}

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a OvsdbError,
    id: &'a JsonId,
}

/// Appends a request. `params` must print as an array.
///
/// # Errors
/// Only if `params` cannot be printed as JSON.
pub fn print_request<P: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    id: &JsonId,
    method: &str,
    params: &P,
) -> Result<(), serde_json::Error> {
    print(
        out,
        &Request {
            id: Some(id),
            method,
            params,
        },
    )
}

/// Appends a notification. `params` must print as an array.
///
/// # Errors
/// Only if `params` cannot be printed as JSON.
pub fn print_notification<P: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    method: &str,
    params: &P,
) -> Result<(), serde_json::Error> {
    print(
        out,
        &Request {
            id: None,
            method,
            params,
        },
    )
}

/// Appends a response. `result` must not print as null: a null result with a null error reads as a request without
/// a method.
///
/// # Errors
/// Only if `result` cannot be printed as JSON.
pub fn print_response<R: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    id: &JsonId,
    result: &R,
) -> Result<(), serde_json::Error> {
    print(
        out,
        &Response {
            id,
            result,
            error: (),
        },
    )
}

/// Appends an error response, which has no `result` member, as ovsdb-server's have none.
///
/// # Errors
/// Only if `id` cannot be printed as JSON.
pub fn print_error(out: &mut Vec<u8>, id: &JsonId, error: &OvsdbError) -> Result<(), serde_json::Error> {
    print(out, &Failure { error, id })
}

/// Takes back what was written of a value that then failed, for half a message would break the framing.
fn print<T: Serialize>(out: &mut Vec<u8>, message: &T) -> Result<(), serde_json::Error> {
    let start = out.len();
    serde_json::to_writer(&mut *out, message).inspect_err(|_| out.truncate(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ErrorKind;

    fn malformed(text: &str) -> MalformedMessage {
        Message::parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn requests_notifications_and_responses_are_told_apart() {
        let request = Message::parse(br#"{"id":"echo","method":"echo","params":[]}"#).unwrap();
        assert!(matches!(request, Message::Request { method, .. } if method == "echo"));
        for text in [
            r#"{"id":null,"method":"update","params":[1]}"#,
            r#"{"method":"update","params":[1]}"#,
        ] {
            assert!(
                matches!(Message::parse(text.as_bytes()), Ok(Message::Notification { .. })),
                "{text}"
            );
        }
        let reply = Message::parse(br#"{"id":1,"result":[{}],"error":null}"#).unwrap();
        assert!(matches!(reply, Message::Response { result: Ok(raw), .. } if raw.get() == "[{}]"));
    }

    #[test]
    fn trap_1_extra_members_and_params_that_are_no_array_are_malformed() {
        let error = malformed(r#"{"jsonrpc":"2.0","id":3,"result":[]}"#);
        assert!(error.reason.contains("jsonrpc"));
        assert_eq!(error.id, Some(JsonId::Integer(3)));
        for text in [
            r#"{"id":1,"method":"echo"}"#,
            r#"{"id":1,"method":"echo","params":null}"#,
            r#"{"id":1,"method":"echo","params":{}}"#,
        ] {
            assert!(malformed(text).reason.contains("params"), "{text}");
        }
    }

    #[test]
    fn trap_2_error_replies_have_no_result_member() {
        let reply = Message::parse(br#"{"id":"x","error":"unknown method"}"#).unwrap();
        let Message::Response {
            id,
            result: Err(error),
        } = reply
        else {
            panic!("{reply:?}")
        };
        assert_eq!(
            (id.to_string().as_str(), error.kind()),
            ("\"x\"", ErrorKind::UnknownMethod)
        );
        let mut out = Vec::new();
        print_error(&mut out, &JsonId::string("x"), &error).unwrap();
        assert_eq!(out, br#"{"error":"unknown method","id":"x"}"#);
    }

    #[test]
    fn trap_4_a_null_result_is_read_by_us_and_never_written() {
        let reply = Message::parse(br#"{"id":1,"result":null,"error":null}"#).unwrap();
        assert!(matches!(reply, Message::Response { result: Ok(raw), .. } if raw.get() == "null"));
        let mut out = Vec::new();
        print_response(&mut out, &JsonId::Integer(1), &serde_json::Map::new()).unwrap();
        assert_eq!(out, br#"{"id":1,"result":{},"error":null}"#);
    }

    #[test]
    fn trap_7_depth_is_no_matter_of_the_parser() {
        let deep = format!(
            r#"{{"id":{}{},"method":"m","params":{}{}}}"#,
            "[".repeat(900),
            "]".repeat(900),
            "[".repeat(900),
            "]".repeat(900)
        );
        let Message::Request { id, params, .. } = Message::parse(deep.as_bytes()).unwrap() else {
            panic!()
        };
        let mut out = Vec::new();
        print_request(&mut out, &id, "m", params).unwrap();
        assert_eq!(out, deep.as_bytes());
    }

    #[test]
    fn trap_8_of_equal_members_the_last_wins() {
        let reply = Message::parse(br#"{"id":1,"id":2,"result":1,"result":[2]}"#).unwrap();
        assert!(
            matches!(reply, Message::Response { id: JsonId::Integer(2), result: Ok(raw) } if raw.get() == "[2]")
        );
    }

    #[test]
    fn trap_9_invalid_utf8_is_the_error_of_that_message_which_is_still_known() {
        let error = Message::parse(b"{\"id\":7,\"result\":[\"\xff\"],\"error\":null}").unwrap_err();
        assert!(error.reason.contains("invalid UTF-8"));
        assert_eq!(error.id, Some(JsonId::Integer(7)));
        let error = Message::parse(b"{\"id\":8,\"method\":\"echo\",\"params\":[\"\xc3\"]}").unwrap_err();
        assert_eq!(
            (error.id, error.method.as_deref()),
            (Some(JsonId::Integer(8)), Some("echo"))
        );
    }

    #[test]
    fn other_nonsense_is_malformed() {
        for text in [
            "[]",
            "{}",
            r#"{"id":1,"result":1,"error":2}"#,
            r#"{"result":1}"#,
            r#"{"id":1,"params":[]}"#,
            "{]",
        ] {
            assert!(Message::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(
            malformed(r#"{"id":1,"method":"m","params":[],"result":2}"#)
                .reason
                .contains("result")
        );
    }

    #[test]
    fn a_message_that_cannot_be_printed_leaves_nothing_behind() {
        let mut out = b"before".to_vec();
        let unprintable = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(print_request(&mut out, &JsonId::Integer(1), "m", &unprintable).is_err());
        assert_eq!(out, b"before");
    }
}
