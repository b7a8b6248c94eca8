//! Mutations: RFC 7047 §5.1 `<mutation>`.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};

use super::{
    condition::{UnknownWord, read_triple},
    datum::Datum,
};

/// One `<mutation>`: RFC 7047 §5.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mutation {
    /// The column to change.
    pub column: Arc<str>,
    /// How.
    pub mutator: Mutator,
    /// By what.
    pub value: Datum,
}

/// How a mutation changes a column: RFC 7047 §5.1 `<mutator>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mutator {
    /// `+=`
    #[serde(rename = "+=")]
    Add,
    /// `-=`
    #[serde(rename = "-=")]
    Subtract,
    /// `*=`
    #[serde(rename = "*=")]
    Multiply,
    /// `/=`
    #[serde(rename = "/=")]
    Divide,
    /// `%=`
    #[serde(rename = "%=")]
    Modulo,
    /// `insert`: adds elements, or pairs whose key is not there yet. A pair whose key is there is silently left
    /// alone.
    #[serde(rename = "insert")]
    Insert,
    /// `delete`: takes elements away, or pairs, or (given a set) the pairs of those keys.
    #[serde(rename = "delete")]
    Delete,
}

impl Mutation {
    /// The mutation `[column, mutator, value]`.
    pub fn new(column: impl Into<Arc<str>>, mutator: Mutator, value: impl Into<Datum>) -> Self {
        Self {
            column: column.into(),
            mutator,
            value: value.into(),
        }
    }
}

impl Mutator {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Mutator::Add => "+=",
            Mutator::Subtract => "-=",
            Mutator::Multiply => "*=",
            Mutator::Divide => "/=",
            Mutator::Modulo => "%=",
            Mutator::Insert => "insert",
            Mutator::Delete => "delete",
        }
    }
}

impl std::str::FromStr for Mutator {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        use Mutator::{Add, Delete, Divide, Insert, Modulo, Multiply, Subtract};
        [Add, Subtract, Multiply, Divide, Modulo, Insert, Delete]
            .into_iter()
            .find(|mutator| mutator.as_str() == word)
            .ok_or_else(|| UnknownWord {
                what: "mutator",
                word: word.to_owned(),
            })
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.column, self.mutator.as_str(), self.value)
    }
}

impl Serialize for Mutation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.column, self.mutator, &self.value).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Mutation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MutationVisitor;

        impl<'de> Visitor<'de> for MutationVisitor {
            type Value = Mutation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mutation: [column, mutator, value]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Mutation, A::Error> {
                let (column, mutator, value) = read_triple(&mut seq)?;
                Ok(Mutation {
                    column,
                    mutator,
                    value,
                })
            }
        }
        deserializer.deserialize_seq(MutationVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutations_read_and_print() {
        for text in [r#"["next_cfg","+=",1]"#, r#"["ports","delete",["set",[]]]"#] {
            let mutation: Mutation = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&mutation).unwrap(), text);
        }
        assert!(serde_json::from_str::<Mutation>(r#"["next_cfg","^=",1]"#).is_err());
        assert_eq!("%=".parse(), Ok(Mutator::Modulo));
    }
}
