//! Values against types: what ovsdb-server checks when it reads a value of a column.

use super::{
    super::{
        atom::{Atom, AtomicType},
        datum::Datum,
    },
    base::BaseType,
    column::{ColumnType, Max},
};

/// Why a value does not fit its column.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DatumError {
    /// Another atomic type.
    #[error("{found} where {expected} is needed: {atom}")]
    WrongType {
        /// The type of the column.
        expected: AtomicType,
        /// The type of the atom.
        found: AtomicType,
        /// The atom.
        atom: Atom,
    },
    /// A set where a map is needed, or a map where a set is.
    #[error("a {found} where a {expected} is needed")]
    WrongShape {
        /// "map" or "set".
        expected: &'static str,
        /// "map" or "set".
        found: &'static str,
    },
    /// Too few or too many elements.
    #[error("{found} elements where {min} to {} are allowed", .max.map_or("unlimited".to_owned(), |max| max.to_string()))]
    Count {
        /// How many there are.
        found: usize,
        /// The least number.
        min: u32,
        /// The greatest number, if there is one.
        max: Option<u32>,
    },
    /// A value that the column's enum does not list.
    #[error("{atom} is not one of the allowed values ({allowed})")]
    NotInEnum {
        /// The value.
        atom: Atom,
        /// What is allowed.
        allowed: Datum,
    },
    /// A number outside its range.
    #[error("{atom} is not in the valid range {min} to {max}")]
    OutOfRange {
        /// The number.
        atom: Atom,
        /// The least allowed, or "-infinity".
        min: String,
        /// The greatest allowed, or "infinity".
        max: String,
    },
    /// A string that is too short or too long.
    #[error("\"{text}\" length {length} is not in the allowed range {min} to {max} characters")]
    Length {
        /// The string.
        text: String,
        /// Its length in characters.
        length: u64,
        /// The least length.
        min: u64,
        /// The greatest length.
        max: u64,
    },
    /// Two elements or keys that are equal once they are of the column's type.
    #[error("an element or key stands twice")]
    Duplicate,
}

impl DatumError {
    /// Whether the value is of the right notation and breaks only a constraint: what ovsdb-server calls
    /// "constraint violation", where all else is a "syntax error".
    pub fn is_constraint(&self) -> bool {
        matches!(
            self,
            DatumError::NotInEnum { .. } | DatumError::OutOfRange { .. } | DatumError::Length { .. }
        )
    }
}

impl ColumnType {
    /// The value as this type has it, or why it does not fit: types, number of elements, enum, ranges, lengths.
    ///
    /// A number is made an integer or real as the column wants (`5.0` is the integer 5, `1` the real 1.0).
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn conform(&self, datum: Datum) -> Result<Datum, DatumError> {
        let datum = self.conform_atoms(datum)?;
        let found = datum.len();
        let max = if let Max::Count(max) = self.max {
            Some(max)
        } else {
            None
        };
        let fits_max = max.is_none_or(|max| u32::try_from(found).is_ok_and(|found| found <= max));
        if !fits_max || found < usize::try_from(self.min).unwrap_or(usize::MAX) {
            return Err(DatumError::Count {
                found,
                min: self.min,
                max,
            });
        }
        Ok(datum)
    }

    /// Like [`ColumnType::conform`], but with any number of elements: what differences, conditions and mutations
    /// may hold.
    ///
    /// # Errors
    /// The first element that does not fit.
    pub fn conform_atoms(&self, datum: Datum) -> Result<Datum, DatumError> {
        match (datum, &self.value) {
            (Datum::One(atom), None) => Ok(Datum::One(self.key.conform(atom)?)),
            (Datum::Set(atoms), None) => {
                if atoms.iter().all(|atom| self.key.accepts(atom)) {
                    return Ok(Datum::Set(atoms));
                }
                let conformed: Result<Vec<_>, _> =
                    atoms.iter().map(|atom| self.key.conform(atom.clone())).collect();
                unique(Datum::set_checked(conformed?))
            }
            (Datum::Map(pairs), Some(value)) => {
                if pairs
                    .iter()
                    .all(|pair| self.key.accepts(&pair.0) && value.accepts(&pair.1))
                {
                    return Ok(Datum::Map(pairs));
                }
                let conformed: Result<Vec<_>, _> = pairs
                    .iter()
                    .map(|(k, v)| {
                        Ok::<_, DatumError>((self.key.conform(k.clone())?, value.conform(v.clone())?))
                    })
                    .collect();
                unique(Datum::map_checked(&mut conformed?))
            }
            (_, Some(_)) => Err(DatumError::WrongShape {
                expected: "map",
                found: "set",
            }),
            (Datum::Map(_), None) => Err(DatumError::WrongShape {
                expected: "set",
                found: "map",
            }),
        }
    }
}

fn unique((datum, unique): (Datum, bool)) -> Result<Datum, DatumError> {
    if unique {
        Ok(datum)
    } else {
        Err(DatumError::Duplicate)
    }
}

impl BaseType {
    /// Whether the atom fits as it stands, without any conversion. The fast way for all that a server sends.
    fn accepts(&self, atom: &Atom) -> bool {
        atom.atomic_type() == self.type_ && self.check(atom).is_ok()
    }

    /// The atom as this type has it, or why it does not fit.
    ///
    /// # Errors
    /// A wrong type, or a constraint that it breaks.
    pub fn conform(&self, atom: Atom) -> Result<Atom, DatumError> {
        let atom = match (self.type_, atom) {
            (AtomicType::Integer, Atom::Real(value)) => match exact_integer(value) {
                Some(value) => Atom::Integer(value),
                None => return Err(wrong_type(self.type_, Atom::Real(value))),
            },
            (AtomicType::Real, Atom::Integer(value)) => {
                Atom::Real(Atom::Integer(value).as_real().unwrap_or_default())
            }
            (type_, atom) if atom.atomic_type() == type_ => atom,
            (type_, atom) => return Err(wrong_type(type_, atom)),
        };
        self.check(&atom)?;
        Ok(atom)
    }

    fn check(&self, atom: &Atom) -> Result<(), DatumError> {
        if let Some(allowed) = &self.enum_
            && !allowed.contains(atom)
        {
            return Err(DatumError::NotInEnum {
                atom: atom.clone(),
                allowed: allowed.clone(),
            });
        }
        match atom {
            Atom::Integer(value) => {
                in_range(atom, value, self.min_integer.as_ref(), self.max_integer.as_ref())
            }
            Atom::Real(value) => in_range(atom, value, self.min_real.as_ref(), self.max_real.as_ref()),
            Atom::String(text) if self.min_length.is_some() || self.max_length.is_some() => {
                let length = text.chars().count() as u64;
                let (min, max) = (self.min_length.unwrap_or(0), self.max_length.unwrap_or(u64::MAX));
                if (min..=max).contains(&length) {
                    Ok(())
                } else {
                    Err(DatumError::Length {
                        text: text.to_string(),
                        length,
                        min,
                        max,
                    })
                }
            }
            _ => Ok(()),
        }
    }
}

fn wrong_type(expected: AtomicType, atom: Atom) -> DatumError {
    DatumError::WrongType {
        expected,
        found: atom.atomic_type(),
        atom,
    }
}

/// Up to 2^53 a real without a fraction is one integer and no other; beyond it the text may have meant another one.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn exact_integer(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}

fn in_range<T: PartialOrd + ToString>(
    atom: &Atom,
    value: &T,
    min: Option<&T>,
    max: Option<&T>,
) -> Result<(), DatumError> {
    if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
        return Err(DatumError::OutOfRange {
            atom: atom.clone(),
            min: min.map_or("-infinity".to_owned(), ToString::to_string),
            max: max.map_or("infinity".to_owned(), ToString::to_string),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_(json: &str) -> ColumnType {
        serde_json::from_str(json).unwrap()
    }

    fn conform(type_json: &str, value: &str) -> Result<String, DatumError> {
        let datum = type_(type_json).conform(serde_json::from_str(value).unwrap())?;
        Ok(serde_json::to_string(&datum).unwrap())
    }

    #[test]
    fn trap_10_integers_never_pass_through_reals_and_reals_arrive_as_integers() {
        assert_eq!(conform(r#""integer""#, "5.0").unwrap(), "5");
        assert_eq!(conform(r#""real""#, "1").unwrap(), "1");
        assert_eq!(
            conform(r#""integer""#, "9223372036854775807").unwrap(),
            "9223372036854775807"
        );
        for beyond in ["5.5", "9223372036854775808", "1e300"] {
            assert!(
                matches!(conform(r#""integer""#, beyond), Err(DatumError::WrongType { .. })),
                "{beyond}"
            );
        }
        let real = type_(r#"{"key":"real","min":0,"max":"unlimited"}"#);
        let set = real
            .conform(serde_json::from_str(r#"["set",[2,1.5]]"#).unwrap())
            .unwrap();
        assert_eq!(set, Datum::set([Atom::Real(1.5), Atom::Real(2.0)]));
        assert_eq!(
            real.conform(serde_json::from_str(r#"["set",[1,1.0]]"#).unwrap()),
            Err(DatumError::Duplicate)
        );
    }

    #[test]
    fn constraints_are_checked() {
        let tag = r#"{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":1}"#;
        assert_eq!(conform(tag, "4095").unwrap(), "4095");
        assert!(conform(tag, "4096").unwrap_err().is_constraint());
        assert!(matches!(
            conform(tag, r#"["set",[1,2]]"#),
            Err(DatumError::Count { found: 2, .. })
        ));
        let mode = r#"{"key":{"type":"string","enum":["set",["access","trunk"]]},"min":0}"#;
        assert_eq!(conform(mode, r#"["set",[]]"#).unwrap(), r#"["set",[]]"#);
        assert!(
            conform(mode, r#""bogus""#)
                .unwrap_err()
                .to_string()
                .contains("[access, trunk]")
        );
        let short = r#"{"key":{"type":"string","minLength":2,"maxLength":3}}"#;
        assert!(conform(short, r#""äö""#).is_ok());
        assert!(conform(short, r#""a""#).unwrap_err().is_constraint());
        assert!(conform(r#""string""#, "1").is_err());
        assert!(conform(r#""string""#, r#"["set",[]]"#).is_err());
    }

    #[test]
    fn a_set_is_no_map_not_even_an_empty_one() {
        let map = r#"{"key":"string","value":"string","min":0,"max":"unlimited"}"#;
        assert!(matches!(
            conform(map, r#"["set",[]]"#),
            Err(DatumError::WrongShape { .. })
        ));
        assert!(matches!(
            conform(map, r#""a""#),
            Err(DatumError::WrongShape { .. })
        ));
        assert!(matches!(
            conform(r#""string""#, r#"["map",[]]"#),
            Err(DatumError::WrongShape { .. })
        ));
    }
}
