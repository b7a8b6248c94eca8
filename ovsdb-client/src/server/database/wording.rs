//! Values, types and broken constraints in ovsdb-server's words.

use uuid::Uuid;

use crate::wire::{Atom, ColumnType, Datum, DatumError, Max};

/// A broken constraint: "5 is not in the valid range 0 to 4 (inclusive)".
pub(crate) fn constraint_text(error: &DatumError) -> String {
    match error {
        DatumError::OutOfRange { atom, min, max } => match (min.as_str(), max.as_str()) {
            ("-infinity", max) => format!("{atom} is greater than maximum allowed value {max}"),
            (min, "infinity") => format!("{atom} is less than minimum allowed value {min}"),
            (min, max) => format!("{atom} is not in the valid range {min} to {max} (inclusive)"),
        },
        DatumError::NotInEnum { atom, allowed } => format!(
            "{} is not one of the allowed values ({})",
            show_atom(atom),
            show_datum(allowed)
        ),
        other => other.to_string(),
    }
}

/// A type in ovsdb-server's words: "set of up to 3 integers", "map of (string, string) pairs".
pub(crate) fn describe_type(type_: &ColumnType) -> String {
    if type_.is_scalar() {
        return type_.key.type_.to_string();
    }
    let count = match (type_.min, type_.max) {
        (0, Max::Unlimited) => String::new(),
        (min, Max::Unlimited) => format!("{min} or more "),
        (0, Max::Count(max)) => format!("up to {max} "),
        (min, Max::Count(max)) => format!("{min} to {max} "),
    };
    match &type_.value {
        Some(value) => format!("map of {count}({}, {}) pairs", type_.key.type_, value.type_),
        None => format!("set of {count}{}s", type_.key.type_),
    }
}

/// A value as ovs-vsctl(8) writes it.
pub(super) fn show_datum(datum: &Datum) -> String {
    match datum {
        Datum::One(one) => show_atom(one),
        Datum::Set(atoms) => format!("[{}]", atoms.iter().map(show_atom).collect::<Vec<_>>().join(", ")),
        Datum::Map(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(key, value)| format!("{}={}", show_atom(key), show_atom(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// An atom as ovs-vsctl(8) writes it: a string stands in quotes where it could be taken for something else.
fn show_atom(atom: &Atom) -> String {
    match atom {
        Atom::String(text) if needs_quotes(text) => serde_json::Value::from(&**text).to_string(),
        other => other.to_string(),
    }
}

fn needs_quotes(text: &str) -> bool {
    let is_word = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    !is_word || text == "true" || text == "false" || Uuid::try_parse(text).is_ok()
}
