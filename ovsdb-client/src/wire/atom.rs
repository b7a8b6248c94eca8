//! Atoms: RFC 7047 §5.1 `<atom>`.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, SeqAccess, Visitor},
    ser::SerializeTuple,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{intern::Interner, real::print_real};

/// One value: RFC 7047 §5.1 `<atom>`.
///
/// Atoms are ordered as ovsdb-server orders them: numbers by value, strings by bytes, UUIDs by their digits.
#[derive(Clone, Debug)]
pub enum Atom {
    /// A 64-bit integer.
    Integer(i64),
    /// A finite double.
    Real(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A UTF-8 string.
    String(Arc<str>),
    /// `["uuid", "xxxxxxxx-…"]`.
    Uuid(Uuid),
    /// `["named-uuid", "name"]`: the row that an insert of the same transaction makes.
    NamedUuid(Arc<str>),
}

/// The five atomic types of a schema: RFC 7047 §3.2 `<atomic-type>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AtomicType {
    /// `"integer"`
    Integer,
    /// `"real"`
    Real,
    /// `"boolean"`
    Boolean,
    /// `"string"`
    String,
    /// `"uuid"`
    Uuid,
}

impl Atom {
    /// The type that this atom has on the wire. An integer may still stand for a real: see
    /// [`ColumnType::conform`](super::ColumnType::conform).
    pub fn atomic_type(&self) -> AtomicType {
        match self {
            Atom::Integer(_) => AtomicType::Integer,
            Atom::Real(_) => AtomicType::Real,
            Atom::Boolean(_) => AtomicType::Boolean,
            Atom::String(_) => AtomicType::String,
            Atom::Uuid(_) | Atom::NamedUuid(_) => AtomicType::Uuid,
        }
    }

    /// Whether this is the default of its type: 0, 0.0, false, "" or the zero UUID (RFC 7047 §5.2.1).
    pub fn is_default(&self) -> bool {
        match self {
            Atom::Integer(value) => *value == 0,
            Atom::Real(value) => *value == 0.0,
            Atom::Boolean(value) => !value,
            Atom::String(value) => value.is_empty(),
            Atom::Uuid(value) => value.is_nil(),
            Atom::NamedUuid(_) => false,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Atom::String(value) = self {
            Some(value)
        } else {
            None
        }
    }

    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Atom::Integer(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The number as a real, if it is a number that a real holds exactly or as closely as JSON does.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a real column rounds an integer as any JSON reader does"
    )]
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Atom::Real(value) => Some(*value),
            Atom::Integer(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Atom::Boolean(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The UUID, if it is a real one (not a name).
    pub fn as_uuid(&self) -> Option<Uuid> {
        if let Atom::Uuid(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Atom::Integer(_) => 0,
            Atom::Real(_) => 1,
            Atom::Boolean(_) => 2,
            Atom::String(_) => 3,
            Atom::Uuid(_) => 4,
            Atom::NamedUuid(_) => 5,
        }
    }
}

impl AtomicType {
    /// The default atom of the type (RFC 7047 §5.2.1).
    pub fn default_atom(self) -> Atom {
        match self {
            AtomicType::Integer => Atom::Integer(0),
            AtomicType::Real => Atom::Real(0.0),
            AtomicType::Boolean => Atom::Boolean(false),
            AtomicType::String => Atom::String(Arc::from("")),
            AtomicType::Uuid => Atom::Uuid(Uuid::nil()),
        }
    }
}

impl fmt::Display for AtomicType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AtomicType::Integer => "integer",
            AtomicType::Real => "real",
            AtomicType::Boolean => "boolean",
            AtomicType::String => "string",
            AtomicType::Uuid => "uuid",
        })
    }
}

/// The text of an atom without JSON's quotes, as tables and messages show it.
impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Atom::Integer(value) => value.fmt(f),
            Atom::Real(value) => f.write_str(&print_real(*value)),
            Atom::Boolean(value) => value.fmt(f),
            Atom::String(value) => value.fmt(f),
            Atom::Uuid(value) => value.fmt(f),
            Atom::NamedUuid(value) => write!(f, "@{value}"),
        }
    }
}

/// Adding zero makes -0.0 equal to 0.0, as the server's comparison does.
fn real_key(value: f64) -> f64 {
    value + 0.0
}

impl Ord for Atom {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Atom::Integer(a), Atom::Integer(b)) => a.cmp(b),
            (Atom::Real(a), Atom::Real(b)) => real_key(*a).total_cmp(&real_key(*b)),
            (Atom::Boolean(a), Atom::Boolean(b)) => a.cmp(b),
            (Atom::String(a), Atom::String(b)) | (Atom::NamedUuid(a), Atom::NamedUuid(b)) => a.cmp(b),
            (Atom::Uuid(a), Atom::Uuid(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Atom::String(a), Atom::String(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.cmp(b) == Ordering::Equal,
        }
    }
}

impl Eq for Atom {}

impl Hash for Atom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Atom::Integer(value) => value.hash(state),
            Atom::Real(value) => real_key(*value).to_bits().hash(state),
            Atom::Boolean(value) => value.hash(state),
            Atom::String(value) | Atom::NamedUuid(value) => value.hash(state),
            Atom::Uuid(value) => value.hash(state),
        }
    }
}

impl From<i64> for Atom {
    fn from(value: i64) -> Self {
        Atom::Integer(value)
    }
}

impl From<bool> for Atom {
    fn from(value: bool) -> Self {
        Atom::Boolean(value)
    }
}

impl From<&str> for Atom {
    fn from(value: &str) -> Self {
        Atom::String(Arc::from(value))
    }
}

impl From<String> for Atom {
    fn from(value: String) -> Self {
        Atom::String(Arc::from(value))
    }
}

impl From<Arc<str>> for Atom {
    fn from(value: Arc<str>) -> Self {
        Atom::String(value)
    }
}

impl From<Uuid> for Atom {
    fn from(value: Uuid) -> Self {
        Atom::Uuid(value)
    }
}

impl Serialize for Atom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Atom::Integer(value) => serializer.serialize_i64(*value),
            Atom::Real(value) => RawValue::from_string(print_real(*value))
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Atom::Boolean(value) => serializer.serialize_bool(*value),
            Atom::String(value) => serializer.serialize_str(value),
            Atom::Uuid(value) => {
                let mut buffer = Uuid::encode_buffer();
                tagged(serializer, "uuid", value.hyphenated().encode_lower(&mut buffer))
            }
            Atom::NamedUuid(value) => tagged(serializer, "named-uuid", value),
        }
    }
}

fn tagged<S: Serializer>(serializer: S, tag: &str, value: &str) -> Result<S::Ok, S::Error> {
    let mut pair = serializer.serialize_tuple(2)?;
    pair.serialize_element(tag)?;
    pair.serialize_element(value)?;
    pair.end()
}

/// Reads one atom, sharing its string through the interner.
pub(crate) struct AtomSeed<'a>(pub(crate) &'a mut Interner);

impl<'de> DeserializeSeed<'de> for AtomSeed<'_> {
    type Value = Atom;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Atom, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AtomSeed<'_> {
    type Value = Atom;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an atom: integer, real, boolean, string, [\"uuid\", …] or [\"named-uuid\", …]")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Atom, E> {
        Ok(Atom::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Atom, E> {
        Ok(Atom::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Atom, E> {
        integer_from_u64(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Atom, E> {
        Ok(Atom::Real(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Atom, E> {
        Ok(Atom::String(self.0.share(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Atom, A::Error> {
        let tag: Tag = seq
            .next_element()?
            .ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let atom = read_uuid(tag, &mut seq)?;
        end(&mut seq)?;
        Ok(atom)
    }
}

/// An integer beyond 2^63-1 is no OVSDB integer; it is kept as the real that it is nearest to only where the
/// schema says real, and that is decided by `conform`.
#[expect(
    clippy::cast_precision_loss,
    reason = "a number beyond i64 can only stand in a real column"
)]
pub(crate) fn integer_from_u64<E: de::Error>(value: u64) -> Result<Atom, E> {
    Ok(i64::try_from(value).map_or_else(|_| Atom::Real(value as f64), Atom::Integer))
}

/// The first element of every array that is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tag {
    Uuid,
    NamedUuid,
    Set,
    Map,
}

/// Reads the second element of `["uuid", …]` or `["named-uuid", …]`.
pub(crate) fn read_uuid<'de, A: SeqAccess<'de>>(tag: Tag, seq: &mut A) -> Result<Atom, A::Error> {
    let missing = || de::Error::custom("an array of two elements is needed");
    match tag {
        Tag::Uuid => Ok(Atom::Uuid(seq.next_element_seed(UuidSeed)?.ok_or_else(missing)?)),
        Tag::NamedUuid => Ok(Atom::NamedUuid(seq.next_element()?.ok_or_else(missing)?)),
        Tag::Set | Tag::Map => Err(de::Error::custom("a set or map stands where an atom is needed")),
    }
}

/// Refuses elements after the expected ones.
pub(crate) fn end<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<(), A::Error> {
    match seq.next_element::<de::IgnoredAny>()? {
        None => Ok(()),
        Some(_) => Err(de::Error::custom(
            "an array has more elements than the two that are needed",
        )),
    }
}

/// Reads the text of a UUID: 36 characters with hyphens, as ovsdb-server insists.
pub(crate) struct UuidSeed;

impl<'de> DeserializeSeed<'de> for UuidSeed {
    type Value = Uuid;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Uuid, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for UuidSeed {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID of 36 characters")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Uuid, E> {
        if value.len() != 36 {
            return Err(E::invalid_value(de::Unexpected::Str(value), &self));
        }
        Uuid::try_parse(value).map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
    }
}
