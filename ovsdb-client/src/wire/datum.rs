//! Values of columns: RFC 7047 §5.1 `<value>`.

use std::{fmt, slice, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, SeqAccess, Visitor},
    ser::{SerializeSeq, SerializeTuple},
};

use super::{
    atom::{Atom, AtomSeed, Tag, end, integer_from_u64, read_uuid},
    intern::Interner,
};

/// The value of one column: RFC 7047 §5.1 `<value>`. 24 bytes; a clone copies no text.
///
/// It is kept in one canonical form, the one that the wire has too: a set of exactly one element is
/// [`Datum::One`], all other sets are [`Datum::Set`], sorted and without duplicates; maps are sorted by key. Make
/// sets and maps with [`Datum::set`] and [`Datum::map`], which see to that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Datum {
    /// A scalar, or a set of exactly one element.
    One(Atom),
    /// A set of none, or of two or more elements, sorted.
    Set(Arc<[Atom]>),
    /// A map, sorted by key.
    Map(Arc<[(Atom, Atom)]>),
}

impl Datum {
    /// The set of `atoms`, sorted, duplicates dropped.
    pub fn set(atoms: impl IntoIterator<Item = Atom>) -> Self {
        Self::set_checked(atoms.into_iter().collect()).0
    }

    /// The map of `pairs`, sorted by key. Of equal keys the first stays.
    pub fn map(pairs: impl IntoIterator<Item = (Atom, Atom)>) -> Self {
        Self::map_checked(&mut pairs.into_iter().collect()).0
    }

    /// The empty set: an optional column that is not set.
    pub fn empty_set() -> Self {
        Datum::Set(Arc::default())
    }

    /// The empty map.
    pub fn empty_map() -> Self {
        Datum::Map(Arc::default())
    }

    /// The set, and whether all atoms were different.
    pub(crate) fn set_checked(mut atoms: Vec<Atom>) -> (Self, bool) {
        let given = atoms.len();
        if !atoms.is_sorted() {
            // The stable sort keeps what is sorted already: mostly it is a set to which something was added.
            atoms.sort();
        }
        atoms.dedup();
        let unique = atoms.len() == given;
        if atoms.len() == 1
            && let Some(only) = atoms.pop()
        {
            return (Datum::One(only), unique);
        }
        (Datum::Set(atoms.into()), unique)
    }

    /// The map, and whether all keys were different. The vector is left empty, to be used again.
    pub(crate) fn map_checked(pairs: &mut Vec<(Atom, Atom)>) -> (Self, bool) {
        let given = pairs.len();
        if !pairs.is_sorted_by(|a, b| a.0 <= b.0) {
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
        }
        pairs.dedup_by(|later, first| later.0 == first.0);
        let unique = pairs.len() == given;
        (Datum::Map(pairs.drain(..).collect()), unique)
    }

    /// The elements of a set or scalar, in order; none for a map.
    pub fn atoms(&self) -> &[Atom] {
        match self {
            Datum::One(atom) => slice::from_ref(atom),
            Datum::Set(atoms) => atoms,
            Datum::Map(_) => &[],
        }
    }

    /// The pairs of a map, in order of their keys; none for a set.
    pub fn pairs(&self) -> &[(Atom, Atom)] {
        if let Datum::Map(pairs) = self { pairs } else { &[] }
    }

    /// The only element of a scalar or of a set of one.
    pub fn one(&self) -> Option<&Atom> {
        if let Datum::One(atom) = self {
            Some(atom)
        } else {
            None
        }
    }

    /// The number of elements or pairs.
    pub fn len(&self) -> usize {
        match self {
            Datum::One(_) => 1,
            Datum::Set(atoms) => atoms.len(),
            Datum::Map(pairs) => pairs.len(),
        }
    }

    /// Whether this is an empty set or map.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value that a map has under a string key.
    pub fn value_of(&self, key: &str) -> Option<&Atom> {
        let pairs = self.pairs();
        let found = pairs.binary_search_by(|(known, _)| match known {
            Atom::String(known) => (**known).cmp(key),
            other => other.cmp(&Atom::from(key)),
        });
        found
            .ok()
            .and_then(|index| pairs.get(index))
            .map(|(_, value)| value)
    }

    /// Whether a set or scalar holds `atom`.
    pub fn contains(&self, atom: &Atom) -> bool {
        self.atoms().binary_search(atom).is_ok()
    }
}

impl<A: Into<Atom>> From<A> for Datum {
    fn from(value: A) -> Self {
        Datum::One(value.into())
    }
}

/// The text of a value as the packaged tools print it: `[a, b]`, `{k=v}`, a bare atom.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Datum::One(atom) => atom.fmt(f),
            Datum::Set(atoms) => {
                f.write_str("[")?;
                for (index, atom) in atoms.iter().enumerate() {
                    write!(f, "{}{atom}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Datum::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    write!(f, "{}{key}={value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Datum::One(atom) => atom.serialize(serializer),
            Datum::Set(atoms) => {
                let mut pair = serializer.serialize_tuple(2)?;
                pair.serialize_element("set")?;
                pair.serialize_element(&**atoms)?;
                pair.end()
            }
            Datum::Map(pairs) => {
                let mut pair = serializer.serialize_tuple(2)?;
                pair.serialize_element("map")?;
                pair.serialize_element(&Pairs(pairs))?;
                pair.end()
            }
        }
    }
}

struct Pairs<'a>(&'a [(Atom, Atom)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for pair in self.0 {
            seq.serialize_element(pair)?;
        }
        seq.end()
    }
}

/// Reads a value by its notation alone. A number without a fraction is an integer; whether it stands for a real is
/// the schema's to say: [`ColumnType::conform`](super::ColumnType::conform).
impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DatumSeed(&mut Interner::none()).deserialize(deserializer)
    }
}

/// Reads a [`Datum`], sharing its strings through an [`Interner`].
#[derive(Debug)]
pub struct DatumSeed<'a>(pub &'a mut Interner);

impl<'de> DeserializeSeed<'de> for DatumSeed<'_> {
    type Value = Datum;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Datum, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DatumSeed<'_> {
    type Value = Datum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value: an atom, [\"set\", […]] or [\"map\", […]]")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Datum, E> {
        Ok(Datum::One(Atom::Boolean(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Datum, E> {
        Ok(Datum::One(Atom::Integer(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Datum, E> {
        integer_from_u64(value).map(Datum::One)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Datum, E> {
        Ok(Datum::One(Atom::Real(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Datum, E> {
        Ok(Datum::One(Atom::String(self.0.share(value))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Datum, A::Error> {
        let missing = || de::Error::custom("an array of two elements is needed");
        let tag: Tag = seq.next_element()?.ok_or_else(missing)?;
        let datum = match tag {
            Tag::Uuid | Tag::NamedUuid => Datum::One(read_uuid(tag, &mut seq)?),
            Tag::Set => {
                let atoms = seq.next_element_seed(Atoms(self.0))?.ok_or_else(missing)?;
                let (set, unique) = Datum::set_checked(atoms);
                if !unique {
                    return Err(de::Error::custom("set contains duplicate"));
                }
                set
            }
            Tag::Map => {
                let mut pairs = seq.next_element_seed(AtomPairs(self.0))?.ok_or_else(missing)?;
                let (map, unique) = Datum::map_checked(&mut pairs);
                self.0.pairs = pairs;
                if !unique {
                    return Err(de::Error::custom("map contains duplicate key"));
                }
                map
            }
        };
        end(&mut seq)?;
        Ok(datum)
    }
}

struct Atoms<'a>(&'a mut Interner);

impl<'de> DeserializeSeed<'de> for Atoms<'_> {
    type Value = Vec<Atom>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Atom>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Atoms<'_> {
    type Value = Vec<Atom>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of atoms")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Atom>, A::Error> {
        let mut atoms = Vec::new();
        while let Some(atom) = seq.next_element_seed(AtomSeed(self.0))? {
            atoms.push(atom);
        }
        Ok(atoms)
    }
}

struct AtomPairs<'a>(&'a mut Interner);

impl<'de> DeserializeSeed<'de> for AtomPairs<'_> {
    type Value = Vec<(Atom, Atom)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for AtomPairs<'_> {
    type Value = Vec<(Atom, Atom)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of [key, value] pairs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut pairs = std::mem::take(&mut self.0.pairs);
        // What a failed map left behind is no part of this one.
        pairs.clear();
        while let Some(pair) = seq.next_element_seed(AtomPair(self.0))? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

struct AtomPair<'a>(&'a mut Interner);

impl<'de> DeserializeSeed<'de> for AtomPair<'_> {
    type Value = (Atom, Atom);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for AtomPair<'_> {
    type Value = (Atom, Atom);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a [key, value] pair")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let missing = || de::Error::custom("a [key, value] pair is needed");
        let key = seq.next_element_seed(AtomSeed(self.0))?.ok_or_else(missing)?;
        let value = seq.next_element_seed(AtomSeed(self.0))?.ok_or_else(missing)?;
        end(&mut seq)?;
        Ok((key, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Datum {
        serde_json::from_str(text).unwrap()
    }

    fn print(datum: &Datum) -> String {
        serde_json::to_string(datum).unwrap()
    }

    #[test]
    fn a_datum_is_24_bytes() {
        assert_eq!(size_of::<Atom>(), 24);
        assert_eq!(size_of::<Datum>(), 24);
    }

    #[test]
    fn trap_19_one_element_set_is_a_bare_atom_and_a_map_is_no_object() {
        assert_eq!(read(r#"["set",[7]]"#), read("7"));
        assert_eq!(print(&Datum::set([Atom::Integer(7)])), "7");
        assert_eq!(print(&Datum::empty_set()), r#"["set",[]]"#);
        assert_eq!(
            print(&Datum::map([("b".into(), "2".into()), ("a".into(), 1.into())])),
            r#"["map",[["a",1],["b","2"]]]"#
        );
        assert!(serde_json::from_str::<Datum>(r#"{"a":"b"}"#).is_err());
    }

    #[test]
    fn sets_and_maps_are_sorted_and_duplicates_refused() {
        assert_eq!(print(&read(r#"["set",[30,4,-1]]"#)), r#"["set",[-1,4,30]]"#);
        assert!(serde_json::from_str::<Datum>(r#"["set",[1,1]]"#).is_err());
        assert!(serde_json::from_str::<Datum>(r#"["map",[["a",1],["a",2]]]"#).is_err());
    }

    #[test]
    fn uuids_and_names_read_and_print() {
        let text = r#"["uuid","550e8400-e29b-41d4-a716-446655440000"]"#;
        assert_eq!(print(&read(text)), text);
        assert_eq!(
            print(&read(r#"["named-uuid","row1"]"#)),
            r#"["named-uuid","row1"]"#
        );
        assert!(serde_json::from_str::<Datum>(r#"["uuid","550e8400e29b41d4a716446655440000"]"#).is_err());
    }

    #[test]
    fn integers_keep_all_64_bits() {
        for value in [i64::MIN, -1, 0, 9_007_199_254_740_993, i64::MAX] {
            assert_eq!(print(&read(&value.to_string())), value.to_string());
        }
    }

    #[test]
    fn malformed_values_are_refused() {
        for text in [
            "null",
            "[]",
            r#"["set"]"#,
            r#"["set",[],1]"#,
            r#"["set",[["set",[]]]]"#,
            r#"["map",[["a"]]]"#,
            r#"["map",[["a",1,2]]]"#,
            r#"["bogus",[]]"#,
            r#"[1,2]"#,
            r#""\ud800""#,
        ] {
            assert!(serde_json::from_str::<Datum>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lookups_find_what_is_there() {
        let map = read(r#"["map",[["b","2"],["a","1"]]]"#);
        assert_eq!(map.value_of("b").and_then(Atom::as_str), Some("2"));
        assert_eq!(map.value_of("c"), None);
        assert!(read(r#"["set",["x","y"]]"#).contains(&"y".into()));
        assert!(read(r#""x""#).contains(&"x".into()));
    }

    fn any_atom() -> impl Strategy<Value = Atom> {
        prop_oneof![
            any::<i64>().prop_map(Atom::Integer),
            any::<bool>().prop_map(Atom::Boolean),
            any::<String>().prop_map(Atom::from),
            any::<u128>().prop_map(|bits| Atom::Uuid(uuid::Uuid::from_u128(bits))),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same(
            atoms in proptest::collection::vec(any_atom(), 0..6),
            pairs in proptest::collection::vec((any_atom(), any_atom()), 0..6),
        ) {
            for datum in [Datum::set(atoms), Datum::map(pairs)] {
                prop_assert_eq!(read(&print(&datum)), datum);
            }
        }
    }
}
