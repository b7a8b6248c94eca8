//! Columns and their types: RFC 7047 §3.2 `<column-schema>` and `<type>`.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::{
    super::{atom::AtomicType, datum::Datum},
    base::BaseType,
};

/// The type of a column: RFC 7047 §3.2 `<type>`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnType {
    /// The element of a scalar or set, or the key of a map.
    pub key: BaseType,
    /// The value of a map; absent for scalars and sets.
    pub value: Option<BaseType>,
    /// The least number of elements: 0 or 1.
    pub min: u32,
    /// The greatest number of elements.
    pub max: Max,
}

/// The greatest number of elements of a set or map: RFC 7047 §3.2 `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Max {
    /// So many.
    Count(u32),
    /// `"unlimited"`
    Unlimited,
}

/// One column of a table: RFC 7047 §3.2 `<column-schema>`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnSchema {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its value.
    pub type_: ColumnType,
    /// Whether its value need not survive a restart of the server.
    pub ephemeral: bool,
    /// Whether it can change after the row was inserted.
    pub mutable: bool,
}

impl ColumnType {
    /// Exactly one atom.
    pub const fn scalar(key: BaseType) -> Self {
        Self {
            key,
            value: None,
            min: 1,
            max: Max::Count(1),
        }
    }

    /// No atom or one.
    pub const fn optional(key: BaseType) -> Self {
        Self {
            key,
            value: None,
            min: 0,
            max: Max::Count(1),
        }
    }

    /// Any number of atoms.
    pub const fn set(key: BaseType) -> Self {
        Self {
            key,
            value: None,
            min: 0,
            max: Max::Unlimited,
        }
    }

    /// Any number of pairs.
    pub const fn map(key: BaseType, value: BaseType) -> Self {
        Self {
            key,
            value: Some(value),
            min: 0,
            max: Max::Unlimited,
        }
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        self.value.is_some()
    }

    /// Whether it always holds exactly one atom.
    pub fn is_scalar(&self) -> bool {
        self.value.is_none() && self.min == 1 && self.max == Max::Count(1)
    }

    /// Whether it holds no atom or one.
    pub fn is_optional(&self) -> bool {
        self.value.is_none() && self.min == 0 && self.max == Max::Count(1)
    }

    /// Whether `<`, `<=`, `>=` and `>` compare it: one number at most (RFC 7047 §5.1; optional ones since Open
    /// vSwitch 2.4).
    pub fn is_ordered(&self) -> bool {
        matches!(self.key.type_, AtomicType::Integer | AtomicType::Real)
            && (self.is_scalar() || self.is_optional())
    }

    /// Whether a change of it travels as a difference and not as the new value: where it can hold more than one
    /// element (ovsdb-server(7), `<row-update2>`).
    pub fn has_difference(&self) -> bool {
        self.max > Max::Count(1)
    }

    /// The default value (RFC 7047 §5.2.1): empty where nothing is required, else one default atom or pair.
    pub fn default_datum(&self) -> Datum {
        match (&self.value, self.min) {
            (None, 0) => Datum::empty_set(),
            (Some(_), 0) => Datum::empty_map(),
            (None, _) => Datum::One(self.key.type_.default_atom()),
            (Some(value), _) => Datum::map([(self.key.type_.default_atom(), value.type_.default_atom())]),
        }
    }

    /// Whether `datum` is the default value of this type.
    pub fn is_default(&self, datum: &Datum) -> bool {
        match datum {
            Datum::One(atom) => self.min > 0 && atom.is_default(),
            Datum::Set(atoms) => self.min == 0 && atoms.is_empty(),
            Datum::Map(pairs) if self.min == 0 => pairs.is_empty(),
            Datum::Map(pairs) => matches!(&**pairs, [(key, value)] if key.is_default() && value.is_default()),
        }
    }
}

impl ColumnSchema {
    /// A mutable, persistent column.
    pub fn new(name: impl Into<Arc<str>>, type_: ColumnType) -> Self {
        Self {
            name: name.into(),
            type_,
            ephemeral: false,
            mutable: true,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TypeNotation {
    Name(AtomicType),
    Object(Box<TypeMembers>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeMembers {
    key: BaseType,
    value: Option<BaseType>,
    #[serde(default = "one")]
    min: u32,
    #[serde(default = "exactly_one")]
    max: Max,
}

fn one() -> u32 {
    1
}

fn exactly_one() -> Max {
    Max::Count(1)
}

impl<'de> Deserialize<'de> for ColumnType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let type_ = match TypeNotation::deserialize(deserializer)? {
            TypeNotation::Name(type_) => Self::scalar(BaseType::plain(type_)),
            TypeNotation::Object(members) => Self {
                key: members.key,
                value: members.value,
                min: members.min,
                max: members.max,
            },
        };
        if type_.min > 1 || type_.max < Max::Count(1) || type_.max < Max::Count(type_.min) {
            return Err(D::Error::custom(
                "a column type needs min 0 or 1, and max at least 1 and min",
            ));
        }
        Ok(type_)
    }
}

/// As ovsdb-server prints it: the bare base type of a scalar, else an object without the members that are 1.
impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_scalar() && self.key.is_plain() {
            return self.key.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("key", &self.key)?;
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        if self.min != 1 {
            map.serialize_entry("min", &self.min)?;
        }
        if self.max != Max::Count(1) {
            map.serialize_entry("max", &self.max)?;
        }
        map.end()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MaxNotation {
    Count(u32),
    Word(String),
}

impl<'de> Deserialize<'de> for Max {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match MaxNotation::deserialize(deserializer)? {
            MaxNotation::Count(count) => Ok(Max::Count(count)),
            MaxNotation::Word(word) if word == "unlimited" => Ok(Max::Unlimited),
            MaxNotation::Word(word) => Err(D::Error::custom(format!(
                "max is a number or \"unlimited\", not \"{word}\""
            ))),
        }
    }
}

impl Serialize for Max {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Max::Count(count) => serializer.serialize_u32(*count),
            Max::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

/// The JSON form of a column; its name is the key that it stands under.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnMembers {
    #[serde(rename = "type")]
    type_: ColumnType,
    #[serde(default)]
    ephemeral: bool,
    #[serde(default = "yes")]
    mutable: bool,
}

fn yes() -> bool {
    true
}

impl ColumnMembers {
    pub(super) fn named(self, name: Arc<str>) -> ColumnSchema {
        ColumnSchema {
            name,
            type_: self.type_,
            ephemeral: self.ephemeral,
            mutable: self.mutable,
        }
    }
}

/// Prints the members without the name, which is the key that the column stands under.
impl Serialize for ColumnSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.type_)?;
        if self.ephemeral {
            map.serialize_entry("ephemeral", &true)?;
        }
        if !self.mutable {
            map.serialize_entry("mutable", &false)?;
        }
        map.end()
    }
}
