use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{MemberChange, ObjectKind};

/// The serde form of an object of the model.
#[expect(
    clippy::expect_used,
    reason = "the model's maps have strings for keys, and nothing in it fails to serialise"
)]
pub(super) fn value<T: Serialize>(object: &T) -> Value {
    serde_json::to_value(object).expect("the model serialises")
}

/// The serde form without these members, which are compared as objects of their own.
pub(super) fn value_without<T: Serialize>(object: &T, members: &[&str]) -> Value {
    let mut value = value(object);
    if let Value::Object(object) = &mut value {
        for member in members {
            object.remove(*member);
        }
    }
    value
}

/// The same with every list in one order: the order of a list means nothing in the model.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), canonical(member)))
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

/// The members that differ between two forms of one object.
pub(super) fn members(kind: ObjectKind, before: &Value, after: &Value) -> Vec<MemberChange> {
    let mut found = Vec::new();
    walk(kind, &mut Vec::new(), before, after, &mut found);
    found
}

fn walk(
    kind: ObjectKind,
    path: &mut Vec<String>,
    before: &Value,
    after: &Value,
    found: &mut Vec<MemberChange>,
) {
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        // Whose an object is follows from the rest of the picture: it would repeat every change.
        let names: BTreeSet<&String> = old
            .keys()
            .chain(new.keys())
            .filter(|name| *name != "ownership")
            .collect();
        for name in names {
            path.push(name.clone());
            let member = |object: &Map<String, Value>| object.get(name).cloned().unwrap_or_default();
            walk(kind, path, &member(old), &member(new), found);
            path.pop();
        }
    } else if before != after && canonical(before) != canonical(after) {
        found.push(MemberChange {
            incidental: is_incidental(kind, path, before, after),
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
        });
    }
}

fn is_incidental(kind: ObjectKind, path: &[String], before: &Value, after: &Value) -> bool {
    let member = match path {
        [member] => member,
        [process, member] => {
            return kind == ObjectKind::Domain && process == "process" && member == "pid";
        }
        _ => return false,
    };
    match (kind, member.as_str()) {
        (ObjectKind::Bridge | ObjectKind::Port | ObjectKind::Interface, "uuid") => true,
        // A number that comes or goes, and -1, say whether Open vSwitch could open the device.
        (ObjectKind::Interface, "ofport") => {
            let is_open = |ofport: &Value| ofport.as_i64().is_some_and(|ofport| ofport >= 0);
            is_open(before) && is_open(after)
        }
        (ObjectKind::Link, "index") | (ObjectKind::Source, "from") => true,
        (ObjectKind::Domain, "config_nics") => true,
        _ => false,
    }
}
