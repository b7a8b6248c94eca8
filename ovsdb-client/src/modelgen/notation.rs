//! The notation of column types in a facts file.
//!
//! ```text
//! type   = [ "optional" | "set" | "set+" | "map" | "map+" | ("set" | "map") MIN ".." MAX "of" ] base [ "->" base ]
//! base   = ("ref" | "weak") TABLE | atomic [ MIN ".." MAX | "one of" WORD … ]
//! atomic = "integer" | "real" | "boolean" | "string" | "uuid"
//! ```

use std::sync::Arc;

use crate::wire::{Atom, AtomicType, BaseType, ColumnType, Datum, Max, RefType};

/// Reads a column type.
pub(super) fn parse(text: &str) -> Result<ColumnType, String> {
    let fail = |what: &str| format!("\"{text}\": {what}");
    let mut words = text.split_whitespace().peekable();
    let (min, max, is_map) = match words.peek().copied() {
        Some("optional") => (0, Max::Count(1), false),
        Some("set") => (0, Max::Unlimited, false),
        Some("set+") => (1, Max::Unlimited, false),
        Some("map") => (0, Max::Unlimited, true),
        Some("map+") => (1, Max::Unlimited, true),
        Some(_) => (1, Max::Count(1), false),
        None => return Err(fail("a type is needed")),
    };
    let (mut min, mut max) = (min, max);
    if matches!(
        words.peek().copied(),
        Some("optional" | "set" | "set+" | "map" | "map+")
    ) {
        words.next();
        if let Some((low, high)) = words.peek().and_then(|word| word.split_once("..")) {
            min = low.parse().map_err(|_| fail("a count is no number"))?;
            max = Max::Count(high.parse().map_err(|_| fail("a count is no number"))?);
            words.next();
            if words.next() != Some("of") {
                return Err(fail("\"of\" must follow the count"));
            }
        }
    }
    let rest: Vec<&str> = words.collect();
    let mut sides = rest.split(|word| *word == "->");
    let key = base(sides.next().unwrap_or_default()).map_err(|what| fail(&what))?;
    let value = sides.next().map(base).transpose().map_err(|what| fail(&what))?;
    if value.is_some() != is_map || sides.next().is_some() {
        return Err(fail("a map, and only a map, has one \"->\""));
    }
    Ok(ColumnType { key, value, min, max })
}

fn base(words: &[&str]) -> Result<BaseType, String> {
    let (first, rest) = words.split_first().ok_or("a base type is needed")?;
    let type_ = match *first {
        "integer" => AtomicType::Integer,
        "real" => AtomicType::Real,
        "boolean" => AtomicType::Boolean,
        "string" => AtomicType::String,
        "uuid" | "ref" | "weak" => AtomicType::Uuid,
        other => return Err(format!("no type is called {other}")),
    };
    let mut base = BaseType::plain(type_);
    match (*first, rest) {
        ("ref" | "weak", [table]) => {
            base.ref_table = Some(Arc::from(*table));
            base.ref_type = if *first == "weak" {
                RefType::Weak
            } else {
                RefType::Strong
            };
        }
        ("ref" | "weak", _) => return Err("one table must follow ref and weak".to_owned()),
        (_, []) => {}
        ("string", ["one", "of", allowed @ ..]) if !allowed.is_empty() => {
            base.enum_ = Some(Datum::set(allowed.iter().map(|word| Atom::from(*word))));
        }
        ("integer", [range]) => {
            let (low, high) = range.split_once("..").ok_or("a range needs \"..\"")?;
            let number = |text: &str| match text {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_| format!("{text} is no number")),
            };
            (base.min_integer, base.max_integer) = (number(low)?, number(high)?);
        }
        (_, rest) => return Err(format!("\"{}\" cannot follow {first}", rest.join(" "))),
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_as_the_json_it_stands_for() {
        for (text, json) in [
            ("string", r#""string""#),
            (
                "optional integer 0..4095",
                r#"{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0}"#,
            ),
            ("integer 1..", r#"{"key":{"type":"integer","minInteger":1}}"#),
            (
                "set 0..4096 of integer",
                r#"{"key":"integer","min":0,"max":4096}"#,
            ),
            (
                "set+ ref Port",
                r#"{"key":{"type":"uuid","refTable":"Port"},"max":"unlimited"}"#,
            ),
            (
                "optional weak P",
                r#"{"key":{"type":"uuid","refTable":"P","refType":"weak"},"min":0}"#,
            ),
            (
                "map string -> real",
                r#"{"key":"string","value":"real","min":0,"max":"unlimited"}"#,
            ),
            (
                "string one of a b",
                r#"{"key":{"type":"string","enum":["set",["a","b"]]}}"#,
            ),
        ] {
            let expected: ColumnType = serde_json::from_str(json).unwrap();
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_text() {
        for text in [
            "",
            "set",
            "integer x",
            "map string",
            "string -> string",
            "ref",
            "set 1 of string",
            "float",
        ] {
            assert!(
                parse(text).unwrap_err().starts_with(&format!("\"{text}\"")),
                "{text}"
            );
        }
    }
}
