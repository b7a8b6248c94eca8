//! Values as the Open vSwitch tools print them in text: `br0`, `"odd name"`, `[1, 2]`, `{key=value}`.

use ovsdb_client::wire::{Atom, Datum};

/// A whole value: an atom, a set in brackets or a map in braces. `None` where it is none of them or
/// something follows it.
pub(super) fn datum(text: &str) -> Option<Datum> {
    let text = text.trim();
    let (datum, rest) = match text.chars().next()? {
        '[' => {
            let (items, rest) = list(text, '[', ']', |text| atom(text, &[',', ']']))?;
            (Datum::set(items), rest)
        }
        '{' => {
            let (pairs, rest) = list(text, '{', '}', |text| {
                let (key, rest) = atom(text, &[',', '=', '}'])?;
                let (value, rest) = atom(rest.trim_start().strip_prefix('=')?, &[',', '}'])?;
                Some(((key, value), rest))
            })?;
            (Datum::map(pairs), rest)
        }
        '"' => {
            let (atom, rest) = atom(text, &[])?;
            (Datum::One(atom), rest)
        }
        // A string with a blank in it has quotes.
        _ if text.contains(char::is_whitespace) => return None,
        _ => (Datum::One(bare(text)), ""),
    };
    rest.trim().is_empty().then_some(datum)
}

/// The pairs of a map, as text.
pub(super) fn map(text: &str) -> Option<Vec<(String, String)>> {
    let text = text.trim();
    if !text.starts_with('{') {
        return None;
    }
    let pairs = datum(text)?;
    Some(
        pairs
            .pairs()
            .iter()
            .map(|(key, value)| (words(key), words(value)))
            .collect(),
    )
}

/// A string: quoted as in JSON, or bare where that is unambiguous. One whose quotes do not close is taken
/// as far as it goes.
pub(super) fn string(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('"') {
        serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned())
    } else {
        text.to_owned()
    }
}

/// An atom as text, whatever its type.
pub(super) fn words(atom: &Atom) -> String {
    match atom {
        Atom::String(text) => text.to_string(),
        Atom::Integer(number) => number.to_string(),
        Atom::Real(number) => number.to_string(),
        Atom::Boolean(is) => is.to_string(),
        Atom::Uuid(uuid) => uuid.to_string(),
        other => format!("{other:?}"),
    }
}

/// Items between brackets, with commas between them, and what follows.
fn list<'t, T>(
    text: &'t str,
    open: char,
    close: char,
    mut item: impl FnMut(&'t str) -> Option<(T, &'t str)>,
) -> Option<(Vec<T>, &'t str)> {
    let mut rest = text.strip_prefix(open)?.trim_start();
    let mut items = Vec::new();
    loop {
        if let Some(rest) = rest.strip_prefix(close) {
            return Some((items, rest));
        }
        let (one, after) = item(rest)?;
        items.push(one);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.starts_with(close) => after,
            None => return None,
        };
    }
}

/// The atom at the start of a text, and what follows it; a bare one ends before any of `ends`.
fn atom<'t>(text: &'t str, ends: &[char]) -> Option<(Atom, &'t str)> {
    let text = text.trim_start();
    if text.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let string = stream.next()?.ok()?;
        let rest = text.get(stream.byte_offset()..)?;
        return Some((Atom::from(string.as_str()), rest));
    }
    let (word, rest) = text.split_at(text.find(ends)?);
    let word = word.trim_end();
    (!word.is_empty() && !word.contains(char::is_whitespace)).then(|| (bare(word), rest))
}

/// What a bare word stands for: the tools quote a string that could be taken for anything else.
fn bare(word: &str) -> Atom {
    match word {
        "true" => Atom::Boolean(true),
        "false" => Atom::Boolean(false),
        _ => match (word.parse(), uuid::Uuid::parse_str(word)) {
            (Ok(number), _) => Atom::Integer(number),
            (_, Ok(uuid)) if word.len() == 36 => Atom::Uuid(uuid),
            _ => Atom::from(word),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atoms_sets_and_maps() {
        assert_eq!(datum("br0"), Some(Datum::One(Atom::from("br0"))));
        assert_eq!(datum("\"a, b\""), Some(Datum::One(Atom::from("a, b"))));
        assert_eq!(datum("[]").unwrap().len(), 0);
        assert_eq!(
            datum("[3, 1]").unwrap().atoms(),
            [Atom::Integer(1), Atom::Integer(3)]
        );
        let uuid = "7f99f336-8baa-48e1-aefb-146bd3be49ea";
        assert!(datum(uuid).unwrap().one().unwrap().as_uuid().is_some());
    }

    #[test]
    fn maps_with_quotes_and_without() {
        assert_eq!(map("{}").unwrap().len(), 0);
        let read = map(r#"{csum="true", "a b"="x, y=\"z\"", peer=patch-tun, key=1}"#).unwrap();
        assert!(read.contains(&("a b".to_owned(), "x, y=\"z\"".to_owned())));
        assert!(read.contains(&("peer".to_owned(), "patch-tun".to_owned())));
        assert!(read.contains(&("key".to_owned(), "1".to_owned())));
    }

    #[test]
    fn what_is_broken_is_none() {
        for broken in [
            "{a=1", "{=1}", "{a}", "{a=\"1}", "", "[1", "[1 2]", "[,]", "\"a\" b", "{a=1} b",
        ] {
            assert_eq!(datum(broken), None, "{broken}");
        }
        assert_eq!(map("a=1}"), None);
    }
}
