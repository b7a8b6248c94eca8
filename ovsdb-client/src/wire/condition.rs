//! Conditions: RFC 7047 §5.1 `<condition>`.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
};

use super::datum::Datum;

/// One `<condition>` of a `where`: RFC 7047 §5.1, and the bare booleans of ovsdb-server(7).
///
/// The clauses of a transaction's `where` must all hold; of a monitor's `where`, one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Clause {
    /// `true`: every row.
    True,
    /// `false`: no row.
    False,
    /// `[column, function, value]`
    Test {
        /// The column; `_uuid` is one.
        column: Arc<str>,
        /// What to compare.
        function: Function,
        /// What to compare with.
        value: Datum,
    },
}

/// How a condition compares: RFC 7047 §5.1 `<function>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Function {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    LessOrEqual,
    /// `==`
    #[serde(rename = "==")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    NotEqual,
    /// `>=`
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// `>`
    #[serde(rename = ">")]
    Greater,
    /// `includes`: the column holds all of the value's elements.
    #[serde(rename = "includes")]
    Includes,
    /// `excludes`: the column holds none of the value's elements.
    #[serde(rename = "excludes")]
    Excludes,
}

impl Function {
    /// Whether it compares by order, which only numbers have.
    pub fn is_relational(self) -> bool {
        use Function::{Greater, GreaterOrEqual, Less, LessOrEqual};
        matches!(self, Less | LessOrEqual | GreaterOrEqual | Greater)
    }
}

/// A word that the protocol does not have there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {what} named \"{word}\"")]
pub struct UnknownWord {
    /// What was looked for: "function", "mutator".
    pub what: &'static str,
    /// The word.
    pub word: String,
}

impl Clause {
    /// The test `[column, function, value]`.
    pub fn test(column: impl Into<Arc<str>>, function: Function, value: impl Into<Datum>) -> Self {
        Clause::Test {
            column: column.into(),
            function,
            value: value.into(),
        }
    }

    /// The row of this UUID.
    pub fn uuid(uuid: uuid::Uuid) -> Self {
        Self::test("_uuid", Function::Equal, uuid)
    }
}

impl Function {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Function::Less => "<",
            Function::LessOrEqual => "<=",
            Function::Equal => "==",
            Function::NotEqual => "!=",
            Function::GreaterOrEqual => ">=",
            Function::Greater => ">",
            Function::Includes => "includes",
            Function::Excludes => "excludes",
        }
    }
}

impl std::str::FromStr for Function {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        use Function::{Equal, Excludes, Greater, GreaterOrEqual, Includes, Less, LessOrEqual, NotEqual};
        [
            Less,
            LessOrEqual,
            Equal,
            NotEqual,
            GreaterOrEqual,
            Greater,
            Includes,
            Excludes,
        ]
        .into_iter()
        .find(|function| function.as_str() == word)
        .ok_or_else(|| UnknownWord {
            what: "function",
            word: word.to_owned(),
        })
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clause::True => f.write_str("true"),
            Clause::False => f.write_str("false"),
            Clause::Test {
                column,
                function,
                value,
            } => write!(f, "{column} {} {value}", function.as_str()),
        }
    }
}

impl Serialize for Clause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Clause::True => serializer.serialize_bool(true),
            Clause::False => serializer.serialize_bool(false),
            Clause::Test {
                column,
                function,
                value,
            } => (column, function, value).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Clause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ClauseVisitor;

        impl<'de> Visitor<'de> for ClauseVisitor {
            type Value = Clause;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition: [column, function, value], true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Clause, E> {
                Ok(if value { Clause::True } else { Clause::False })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Clause, A::Error> {
                let (column, function, value) = read_triple(&mut seq)?;
                Ok(Clause::Test {
                    column,
                    function,
                    value,
                })
            }
        }
        deserializer.deserialize_any(ClauseVisitor)
    }
}

/// Reads `[column, word, value]`, which conditions and mutations share.
pub(crate) fn read_triple<'de, A: SeqAccess<'de>, W: Deserialize<'de>>(
    seq: &mut A,
) -> Result<(Arc<str>, W, Datum), A::Error> {
    let missing = || de::Error::custom("an array of three elements is needed");
    let column = seq.next_element()?.ok_or_else(missing)?;
    let word = seq.next_element()?.ok_or_else(missing)?;
    let value = seq.next_element()?.ok_or_else(missing)?;
    match seq.next_element::<de::IgnoredAny>()? {
        None => Ok((column, word, value)),
        Some(_) => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_read_and_print() {
        for text in [
            "true",
            "false",
            r#"["name","==","br0"]"#,
            r#"["tag","includes",["set",[]]]"#,
        ] {
            let clause: Clause = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&clause).unwrap(), text);
        }
        for text in [
            r#"["name","~","br0"]"#,
            r#"["name","=="]"#,
            r#"["name","==","a","b"]"#,
            "1",
        ] {
            assert!(serde_json::from_str::<Clause>(text).is_err(), "{text}");
        }
        assert_eq!("excludes".parse(), Ok(Function::Excludes));
        assert!("like".parse::<Function>().is_err());
    }
}
