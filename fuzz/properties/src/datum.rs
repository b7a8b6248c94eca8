//! Values against their type: a line of a column type, a line of a value, maybe one of another value.
//!
//! A type and a value print so that they read the same; to conform once is to conform for good; and the difference between
//! two values of a column leads from the one to the other.

use ovsdb_client::wire::{Atom, ColumnType, Datum, apply_difference, difference};

pub(crate) fn datum(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let mut lines = text.lines();
    let Some(type_) = lines
        .next()
        .and_then(|line| serde_json::from_str::<ColumnType>(line).ok())
    else {
        return;
    };
    let printed = serde_json::to_string(&type_).expect("a type prints");
    let again: ColumnType =
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(serde_json::to_string(&again).expect("a type prints"), printed);
    let default = type_.default_datum();
    assert!(type_.is_default(&default), "the default of {printed}");
    let mut values = Vec::new();
    for line in lines.take(2) {
        let Ok(value) = serde_json::from_str::<Datum>(line) else {
            continue;
        };
        // Before a type is known 2 and 2.0 are two atoms; they print alike, as ovsdb-server prints them.
        let Ok(conformed) = type_.conform(value) else {
            continue;
        };
        assert_eq!(
            type_.conform(conformed.clone()).as_ref(),
            Ok(&conformed),
            "conformed twice"
        );
        reads_as_printed(&type_, &conformed);
        let _ = conformed.to_string();
        values.push(conformed);
    }
    values.push(default);
    for old in &values {
        for new in &values {
            match difference(&type_, old, new) {
                None => assert_eq!(old, new),
                Some(change) => {
                    assert_ne!(old, new);
                    assert_eq!(
                        &apply_difference(&type_, old, &change),
                        new,
                        "{printed}: {old} {change}"
                    );
                }
            }
        }
    }
}

/// Reals are printed with 15 digits, as ovsdb-server prints them, so it is the second printing that must equal the first; and
/// reals that differ behind those digits may print alike, which a set of them cannot bear.
fn reads_as_printed(type_: &ColumnType, value: &Datum) {
    let printed = serde_json::to_string(value).expect("a value prints");
    let mut atoms = value
        .atoms()
        .iter()
        .chain(value.pairs().iter().map(|(key, _)| key));
    let again = serde_json::from_str::<Datum>(&printed).map_err(|error| error.to_string());
    let again = again.and_then(|again| type_.conform(again).map_err(|error| error.to_string()));
    let again = match again {
        Ok(again) => again,
        Err(_) if atoms.any(|atom| matches!(atom, Atom::Real(_))) => return,
        Err(error) => panic!("{error}: {printed}"),
    };
    assert_eq!(serde_json::to_string(&again).expect("a value prints"), printed);
}
