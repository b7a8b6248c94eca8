//! Rust values of columns.

use std::{fmt, marker::PhantomData, sync::Arc};

use uuid::Uuid;

use crate::{
    table::RowUuid,
    wire::{Atom, Datum},
};

/// What one atom of a column is in Rust.
pub trait AtomValue: Clone {
    /// For messages: "an integer".
    const SHAPE: &'static str;

    /// The value of an atom, if it is of this type.
    fn from_atom(atom: &Atom) -> Option<Self>;

    /// The atom of this value.
    fn into_atom(self) -> Atom;
}

/// What a column is in Rust: an [`AtomValue`], an `Option` of one, a [`Set`] or a [`Map`].
pub trait ColumnValue: Sized {
    /// For messages: "an optional integer".
    const SHAPE: &'static str;

    /// The value of a datum, if it is of this shape.
    fn from_datum(datum: &Datum) -> Option<Self>;

    /// The datum of this value.
    fn into_datum(self) -> Datum;
}

impl AtomValue for i64 {
    const SHAPE: &'static str = "an integer";

    fn from_atom(atom: &Atom) -> Option<Self> {
        atom.as_integer()
    }

    fn into_atom(self) -> Atom {
        Atom::Integer(self)
    }
}

impl AtomValue for f64 {
    const SHAPE: &'static str = "a real";

    fn from_atom(atom: &Atom) -> Option<Self> {
        if let Atom::Real(value) = atom {
            Some(*value)
        } else {
            None
        }
    }

    fn into_atom(self) -> Atom {
        Atom::Real(self)
    }
}

impl AtomValue for bool {
    const SHAPE: &'static str = "a boolean";

    fn from_atom(atom: &Atom) -> Option<Self> {
        atom.as_bool()
    }

    fn into_atom(self) -> Atom {
        Atom::Boolean(self)
    }
}

impl AtomValue for Arc<str> {
    const SHAPE: &'static str = "a string";

    fn from_atom(atom: &Atom) -> Option<Self> {
        if let Atom::String(text) = atom {
            Some(Arc::clone(text))
        } else {
            None
        }
    }

    fn into_atom(self) -> Atom {
        Atom::String(self)
    }
}

impl AtomValue for Uuid {
    const SHAPE: &'static str = "a UUID";

    fn from_atom(atom: &Atom) -> Option<Self> {
        atom.as_uuid()
    }

    fn into_atom(self) -> Atom {
        Atom::Uuid(self)
    }
}

impl<T> AtomValue for RowUuid<T> {
    const SHAPE: &'static str = "a reference";

    fn from_atom(atom: &Atom) -> Option<Self> {
        atom.as_uuid().map(RowUuid::new)
    }

    fn into_atom(self) -> Atom {
        Atom::Uuid(self.get())
    }
}

impl<A: AtomValue> ColumnValue for A {
    const SHAPE: &'static str = A::SHAPE;

    fn from_datum(datum: &Datum) -> Option<Self> {
        A::from_atom(datum.one()?)
    }

    fn into_datum(self) -> Datum {
        Datum::One(self.into_atom())
    }
}

impl<A: AtomValue> ColumnValue for Option<A> {
    const SHAPE: &'static str = "an optional value";

    fn from_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::One(atom) => A::from_atom(atom).map(Some),
            Datum::Set(atoms) if atoms.is_empty() => Some(None),
            _ => None,
        }
    }

    fn into_datum(self) -> Datum {
        self.map_or_else(Datum::empty_set, |value| Datum::One(value.into_atom()))
    }
}

/// The value of a column that holds a set. It shares the row's own storage; a clone copies nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Set<A> {
    datum: Datum,
    marker: PhantomData<fn() -> A>,
}

impl<A: AtomValue> Set<A> {
    /// The elements, in the order of the wire.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = A> + '_ {
        self.datum.atoms().iter().filter_map(A::from_atom)
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.datum.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.datum.is_empty()
    }

    /// Whether `value` is one of them.
    pub fn contains(&self, value: &A) -> bool {
        self.datum.contains(&value.clone().into_atom())
    }
}

impl<A: AtomValue> FromIterator<A> for Set<A> {
    fn from_iter<I: IntoIterator<Item = A>>(values: I) -> Self {
        Self {
            datum: Datum::set(values.into_iter().map(A::into_atom)),
            marker: PhantomData,
        }
    }
}

impl<A: AtomValue, const N: usize> From<[A; N]> for Set<A> {
    fn from(values: [A; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<A: AtomValue> Default for Set<A> {
    fn default() -> Self {
        Self {
            datum: Datum::empty_set(),
            marker: PhantomData,
        }
    }
}

impl<A: AtomValue> ColumnValue for Set<A> {
    const SHAPE: &'static str = "a set";

    fn from_datum(datum: &Datum) -> Option<Self> {
        let fits = !matches!(datum, Datum::Map(_))
            && datum
                .atoms()
                .first()
                .is_none_or(|atom| A::from_atom(atom).is_some());
        fits.then(|| Self {
            datum: datum.clone(),
            marker: PhantomData,
        })
    }

    fn into_datum(self) -> Datum {
        self.datum
    }
}

impl<A> fmt::Debug for Set<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.datum.atoms().iter().map(Plain))
            .finish()
    }
}

/// The value of a column that holds a map. It shares the row's own storage; a clone copies nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Map<K, V> {
    datum: Datum,
    marker: PhantomData<fn() -> (K, V)>,
}

impl<K: AtomValue, V: AtomValue> Map<K, V> {
    /// The pairs, in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, V)> + '_ {
        self.datum
            .pairs()
            .iter()
            .filter_map(|(key, value)| Some((K::from_atom(key)?, V::from_atom(value)?)))
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.datum.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.datum.is_empty()
    }

    /// The value of a key.
    pub fn value_of(&self, key: &K) -> Option<V> {
        let key = key.clone().into_atom();
        let pairs = self.datum.pairs();
        let index = pairs.binary_search_by(|(known, _)| known.cmp(&key)).ok()?;
        pairs.get(index).and_then(|(_, value)| V::from_atom(value))
    }
}

impl<V: AtomValue> Map<Arc<str>, V> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<V> {
        self.datum.value_of(key).and_then(V::from_atom)
    }
}

impl Map<Arc<str>, Arc<str>> {
    /// The text under a key, borrowed.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.datum.value_of(key).and_then(Atom::as_str)
    }

    /// The pairs as texts.
    pub fn texts(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.datum
            .pairs()
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)))
    }
}

impl<K: Into<Arc<str>>, V: Into<Arc<str>>> FromIterator<(K, V)> for Map<Arc<str>, Arc<str>> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let atoms = pairs
            .into_iter()
            .map(|(key, value)| (Atom::String(key.into()), Atom::String(value.into())));
        Self {
            datum: Datum::map(atoms),
            marker: PhantomData,
        }
    }
}

impl<K: AtomValue, V: AtomValue> Map<K, V> {
    /// The map of these pairs. Of equal keys the first stays.
    pub fn new(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let atoms = pairs
            .into_iter()
            .map(|(key, value)| (key.into_atom(), value.into_atom()));
        Self {
            datum: Datum::map(atoms),
            marker: PhantomData,
        }
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self {
            datum: Datum::empty_map(),
            marker: PhantomData,
        }
    }
}

impl<K: AtomValue, V: AtomValue> ColumnValue for Map<K, V> {
    const SHAPE: &'static str = "a map";

    fn from_datum(datum: &Datum) -> Option<Self> {
        let Datum::Map(pairs) = datum else { return None };
        let fits = pairs
            .first()
            .is_none_or(|(key, value)| K::from_atom(key).is_some() && V::from_atom(value).is_some());
        fits.then(|| Self {
            datum: datum.clone(),
            marker: PhantomData,
        })
    }

    fn into_datum(self) -> Datum {
        self.datum
    }
}

impl<K, V> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.datum.pairs().iter().map(|(k, v)| (Plain(k), Plain(v))))
            .finish()
    }
}

struct Plain<'a>(&'a Atom);

impl fmt::Debug for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares an enum of strings that is open: a word that this crate does not know is kept as `Other`.
#[macro_export]
#[doc(hidden)]
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A word that this crate does not know.
            Other(::std::sync::Arc<str>),
        }

        impl $name {
            /// The word of the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Other(::std::sync::Arc::from(other)),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::value::AtomValue for $name {
            const SHAPE: &'static str = "a word";

            fn from_atom(atom: &$crate::wire::Atom) -> Option<Self> {
                atom.as_str().map(Self::from)
            }

            fn into_atom(self) -> $crate::wire::Atom {
                $crate::wire::Atom::from(self.as_str())
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes public enums")]
mod tests {
    use super::*;

    fn datum(text: &str) -> Datum {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_read_and_write_their_datum() {
        assert_eq!(i64::from_datum(&datum("5")), Some(5));
        assert_eq!(i64::from_datum(&datum("\"5\"")), None);
        assert_eq!(Option::<i64>::from_datum(&datum(r#"["set",[]]"#)), Some(None));
        assert_eq!(Option::<i64>::from_datum(&datum("5")), Some(Some(5)));
        assert_eq!(Option::<i64>::from_datum(&datum(r#"["set",[1,2]]"#)), None);
        assert_eq!(None::<i64>.into_datum(), Datum::empty_set());
        let set = Set::<i64>::from_datum(&datum(r#"["set",[2,1]]"#)).unwrap();
        assert_eq!(set.iter().collect::<Vec<_>>(), [1, 2]);
        assert!(set.contains(&2) && !set.contains(&3));
        assert_eq!(Set::<i64>::from_datum(&datum("7")).unwrap().len(), 1);
        assert!(Set::<i64>::from_datum(&datum(r#"["map",[]]"#)).is_none());
        let map = Map::<Arc<str>, Arc<str>>::from_iter([("a", "1")]);
        assert_eq!((map.text("a"), map.text("b")), (Some("1"), None));
        assert_eq!(Map::from_datum(&map.clone().into_datum()), Some(map));
    }

    open_enum! {
        /// For this test.
        Mode { /// a
            Access = "access", /// b
            Trunk = "trunk" }
    }

    #[test]
    fn enums_are_open() {
        assert_eq!(Mode::from_datum(&datum("\"trunk\"")), Some(Mode::Trunk));
        let other = Mode::from_datum(&datum("\"dot1q\"")).unwrap();
        assert_eq!(
            (other.as_str(), other.clone().into_datum()),
            ("dot1q", datum("\"dot1q\""))
        );
    }
}
