//! Messages of OVSDB: what reads is printed so that it reads the same, and a plain reading of the JSON agrees on what it
//! is; what does not read still names its id.

use ovsdb_client::wire::{JsonId, Message, print_error, print_notification, print_request, print_response};
use serde_json::Value;

pub(crate) fn message(input: &[u8]) {
    let plain: Option<Value> = serde_json::from_slice(input).ok();
    match Message::parse(input) {
        Ok(message) => {
            if let Some(plain) = &plain {
                agrees(&message, plain);
            }
            let printed = printed(&message);
            let again =
                Message::parse(&printed).unwrap_or_else(|error| panic!("{error}: {}", show(&printed)));
            assert_eq!(show(&self::printed(&again)), show(&printed), "printed twice");
            assert_eq!(kind(&again), kind(&message));
        }
        Err(error) => {
            assert!(!error.reason.is_empty());
            if let (Some(id), Some(plain)) = (&error.id, &plain) {
                assert!(is_same(&json(id), &plain["id"]), "the id of a malformed message");
            }
        }
    }
}

/// The message is what a reader of its JSON would take it for.
fn agrees(message: &Message<'_>, plain: &Value) {
    let members = plain.as_object().expect("a message is an object");
    let known = ["id", "method", "params", "result", "error"];
    assert!(members.keys().all(|name| known.contains(&name.as_str())));
    let value = |raw: &serde_json::value::RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    match message {
        Message::Request { id, method, params } => {
            assert!(is_same(&json(id), &plain["id"]));
            assert_eq!(**method, plain["method"]);
            assert_eq!(value(params).as_ref(), Some(&plain["params"]));
        }
        Message::Notification { method, params } => {
            assert!(plain["id"].is_null());
            assert_eq!(**method, plain["method"]);
            assert_eq!(value(params).as_ref(), Some(&plain["params"]));
        }
        Message::Response { id, result } => {
            assert!(is_same(&json(id), &plain["id"]));
            match result {
                Ok(result) => assert_eq!(value(result).as_ref(), Some(&plain["result"])),
                Err(_) => assert!(!plain["error"].is_null()),
            }
        }
    }
}

fn json(id: &JsonId) -> Value {
    serde_json::from_str(&id.to_string()).expect("an id prints as JSON")
}

/// Equal, or numbers of one value: -0 is 0.
fn is_same(id: &Value, plain: &Value) -> bool {
    id == plain || id.as_f64().is_some_and(|id| plain.as_f64() == Some(id))
}

fn kind(message: &Message<'_>) -> &'static str {
    match message {
        Message::Request { .. } => "request",
        Message::Notification { .. } => "notification",
        Message::Response { .. } => "response",
    }
}

fn printed(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    match message {
        Message::Request { id, method, params } => print_request(&mut out, id, method, params),
        Message::Notification { method, params } => print_notification(&mut out, method, params),
        Message::Response {
            id,
            result: Ok(result),
        } => print_response(&mut out, id, result),
        Message::Response {
            id,
            result: Err(error),
        } => print_error(&mut out, id, error),
    }
    .expect("what was read prints");
    out
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
