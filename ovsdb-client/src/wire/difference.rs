//! Differences of values: ovsdb-server(7) §4.1.14 `<row-update2>`.

use super::{atom::Atom, datum::Datum, schema::ColumnType};

/// The value after a `modify`, given the one before it.
///
/// Where a column holds at most one element the change *is* the new value. Where it can hold more, the change of a
/// set holds the elements that came or went; of a map, the pairs that came, the pairs that went as they were, and
/// the pairs that changed as they are.
pub fn apply_difference(type_: &ColumnType, old: &Datum, change: &Datum) -> Datum {
    if !type_.has_difference() {
        return change.clone();
    }
    if type_.is_map() {
        let pairs = merge(
            old.pairs(),
            change.pairs(),
            |pair| &pair.0,
            |old, new| (old.1 != new.1).then_some(new),
        );
        Datum::map(pairs)
    } else {
        Datum::set(merge(
            old.atoms(),
            change.atoms(),
            |atom| atom,
            |_, _| None::<&Atom>,
        ))
    }
}

/// The change that leads from `old` to `new`: what [`apply_difference`] takes. None if they are equal.
pub fn difference(type_: &ColumnType, old: &Datum, new: &Datum) -> Option<Datum> {
    if old == new {
        return None;
    }
    if !type_.has_difference() {
        return Some(new.clone());
    }
    Some(if type_.is_map() {
        // A pair of both that changed stands as it is now, so both ways are the same merge.
        Datum::map(merge(
            old.pairs(),
            new.pairs(),
            |pair| &pair.0,
            |old, new| (old.1 != new.1).then_some(new),
        ))
    } else {
        Datum::set(merge(old.atoms(), new.atoms(), |atom| atom, |_, _| None::<&Atom>))
    })
}

/// Merges two sorted slices: what stands in one alone is kept, of what stands in both `both` decides. Linear in
/// their lengths, but for a short change of a long set, which is a copy of the runs between.
fn merge<T: Clone>(
    a: &[T],
    b: &[T],
    key: impl Fn(&T) -> &Atom,
    both: impl for<'x> Fn(&'x T, &'x T) -> Option<&'x T>,
) -> Vec<T> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let mut rest = a;
    for item in b {
        let position = rest.partition_point(|known| key(known) < key(item));
        let (before, after) = rest.split_at(position);
        merged.extend_from_slice(before);
        match after.split_first() {
            Some((known, tail)) if key(known) == key(item) => {
                merged.extend(both(known, item).cloned());
                rest = tail;
            }
            _ => {
                merged.push(item.clone());
                rest = after;
            }
        }
    }
    merged.extend_from_slice(rest);
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn type_(json: &str) -> ColumnType {
        serde_json::from_str(json).unwrap()
    }

    fn check(type_json: &str, old: &str, change: &str, new: &str) {
        let [old, change, new]: [Datum; 3] =
            [old, change, new].map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(apply_difference(&type_(type_json), &old, &change), new);
        assert_eq!(difference(&type_(type_json), &old, &new), Some(change));
    }

    #[test]
    fn trap_20_modify_is_a_difference_only_where_max_exceeds_one() {
        let set = r#"{"key":"integer","min":0,"max":"unlimited"}"#;
        check(
            set,
            r#"["set",[1,2,3]]"#,
            r#"["set",[2,4]]"#,
            r#"["set",[1,3,4]]"#,
        );
        check(set, "1", "1", r#"["set",[]]"#);
        check(set, r#"["set",[]]"#, r#"["set",[1,2]]"#, r#"["set",[1,2]]"#);
        let map = r#"{"key":"string","value":"string","min":0,"max":"unlimited"}"#;
        check(
            map,
            r#"["map",[["gone","1"],["kept","2"],["new","3"]]]"#,
            r#"["map",[["came","5"],["gone","1"],["new","4"]]]"#,
            r#"["map",[["came","5"],["kept","2"],["new","4"]]]"#,
        );
        let optional = r#"{"key":"integer","min":0,"max":1}"#;
        check(optional, "5", r#"["set",[]]"#, r#"["set",[]]"#);
        check(optional, "5", "6", "6");
        check(r#""string""#, r#""a""#, r#""b""#, r#""b""#);
    }

    #[test]
    fn equal_values_have_no_difference() {
        let datum = Datum::from("a");
        assert_eq!(difference(&type_(r#""string""#), &datum, &datum), None);
    }

    fn atoms() -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(0..20_i64, 0..12)
    }

    proptest! {
        #[test]
        fn the_difference_of_two_sets_leads_from_one_to_the_other(old in atoms(), new in atoms()) {
            let set = type_(r#"{"key":"integer","min":0,"max":"unlimited"}"#);
            let [old, new] = [old, new].map(|atoms| Datum::set(atoms.into_iter().map(Atom::Integer)));
            match difference(&set, &old, &new) {
                Some(change) => prop_assert_eq!(apply_difference(&set, &old, &change), new),
                None => prop_assert_eq!(old, new),
            }
        }

        #[test]
        fn the_difference_of_two_maps_leads_from_one_to_the_other(
            old in proptest::collection::btree_map(0..12_i64, 0..4_i64, 0..12),
            new in proptest::collection::btree_map(0..12_i64, 0..4_i64, 0..12),
        ) {
            let map = type_(r#"{"key":"integer","value":"integer","min":0,"max":"unlimited"}"#);
            let pairs = |map: std::collections::BTreeMap<i64, i64>| {
                Datum::map(map.into_iter().map(|(key, value)| (Atom::Integer(key), Atom::Integer(value))))
            };
            let (old, new) = (pairs(old), pairs(new));
            match difference(&map, &old, &new) {
                Some(change) => prop_assert_eq!(apply_difference(&map, &old, &change), new),
                None => prop_assert_eq!(old, new),
            }
        }
    }
}
