//! Base types: RFC 7047 §3.2 `<base-type>`.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::super::{atom::AtomicType, datum::Datum};

/// What one element, key or map value may be: RFC 7047 §3.2 `<base-type>`.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseType {
    /// The atomic type.
    pub type_: AtomicType,
    /// The allowed values, if only some are: a set (or its one element).
    pub enum_: Option<Datum>,
    /// The least integer.
    pub min_integer: Option<i64>,
    /// The greatest integer.
    pub max_integer: Option<i64>,
    /// The least real.
    pub min_real: Option<f64>,
    /// The greatest real.
    pub max_real: Option<f64>,
    /// The least length of a string, in characters.
    pub min_length: Option<u64>,
    /// The greatest length of a string, in characters.
    pub max_length: Option<u64>,
    /// The table whose rows a UUID refers to.
    pub ref_table: Option<Arc<str>>,
    /// How it refers to them; meaningful only with `ref_table`.
    pub ref_type: RefType,
}

/// What a reference does to the row that it names: RFC 7047 §3.2 `refType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefType {
    /// Keeps the row alive, and must name one that exists.
    #[default]
    Strong,
    /// Vanishes with the row.
    Weak,
}

impl BaseType {
    /// The type without constraints.
    pub const fn plain(type_: AtomicType) -> Self {
        Self {
            type_,
            enum_: None,
            min_integer: None,
            max_integer: None,
            min_real: None,
            max_real: None,
            min_length: None,
            max_length: None,
            ref_table: None,
            ref_type: RefType::Strong,
        }
    }

    /// Whether it is only an atomic type, without any constraint.
    pub fn is_plain(&self) -> bool {
        *self
            == Self {
                ref_type: self.ref_type,
                ..Self::plain(self.type_)
            }
    }
}

/// The JSON form, which is either the bare name of an atomic type or an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Notation {
    Name(AtomicType),
    Object(Members),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Members {
    #[serde(rename = "type")]
    type_: AtomicType,
    #[serde(rename = "enum")]
    enum_: Option<Datum>,
    min_integer: Option<i64>,
    max_integer: Option<i64>,
    min_real: Option<f64>,
    max_real: Option<f64>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    ref_table: Option<Arc<str>>,
    #[serde(default)]
    ref_type: RefType,
}

impl<'de> Deserialize<'de> for BaseType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Notation::deserialize(deserializer)? {
            Notation::Name(type_) => Self::plain(type_),
            Notation::Object(members) => Self {
                type_: members.type_,
                enum_: members.enum_,
                min_integer: members.min_integer,
                max_integer: members.max_integer,
                min_real: members.min_real,
                max_real: members.max_real,
                min_length: members.min_length,
                max_length: members.max_length,
                ref_table: members.ref_table,
                ref_type: members.ref_type,
            },
        })
    }
}

/// As ovsdb-server prints it: a bare name where there is no constraint; a strong `refType` is left out.
impl Serialize for BaseType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_plain() {
            return self.type_.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.type_)?;
        let mut entry = |name: &str, value: Option<&dyn ErasedNumber>| match value {
            Some(value) => map.serialize_entry(name, &value.datum()),
            None => Ok(()),
        };
        entry("minInteger", self.min_integer.as_ref().map(|v| v as _))?;
        entry("maxInteger", self.max_integer.as_ref().map(|v| v as _))?;
        entry("minReal", self.min_real.as_ref().map(|v| v as _))?;
        entry("maxReal", self.max_real.as_ref().map(|v| v as _))?;
        entry("minLength", self.min_length.as_ref().map(|v| v as _))?;
        entry("maxLength", self.max_length.as_ref().map(|v| v as _))?;
        if let Some(values) = &self.enum_ {
            map.serialize_entry("enum", values)?;
        }
        if let Some(table) = &self.ref_table {
            map.serialize_entry("refTable", table)?;
            if self.ref_type == RefType::Weak {
                map.serialize_entry("refType", &self.ref_type)?;
            }
        }
        map.end()
    }
}

/// The numbers of a constraint, printed as atoms are.
trait ErasedNumber {
    fn datum(&self) -> Datum;
}

impl ErasedNumber for i64 {
    fn datum(&self) -> Datum {
        Datum::from(*self)
    }
}

impl ErasedNumber for u64 {
    fn datum(&self) -> Datum {
        Datum::from(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl ErasedNumber for f64 {
    fn datum(&self) -> Datum {
        Datum::One(super::super::atom::Atom::Real(*self))
    }
}
