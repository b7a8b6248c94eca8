//! Mutations of values: RFC 7047 §5.1 `<mutation>`.

use super::wording::{constraint_text, describe_type};
use crate::wire::{
    Atom, AtomicType, BaseType, ColumnType, Datum, ErrorKind, Max, Mutator, OvsdbError, difference,
};

/// The types that the value of a mutation may have, in the order to try them; none if the mutator does not go with
/// the column.
pub(crate) fn argument_types(column: &ColumnType, mutator: Mutator) -> Vec<ColumnType> {
    let is_map = column.is_map();
    let loose = |max| ColumnType {
        min: 0,
        max,
        ..column.clone()
    };
    match mutator {
        Mutator::Add | Mutator::Subtract | Mutator::Multiply | Mutator::Divide | Mutator::Modulo => {
            let fits = match column.key.type_ {
                AtomicType::Integer => !is_map,
                AtomicType::Real => !is_map && mutator != Mutator::Modulo,
                _ => false,
            };
            // The operand is a plain number: the constraints of the column are for the result.
            let operand = ColumnType::scalar(BaseType::plain(column.key.type_));
            if fits { vec![operand] } else { Vec::new() }
        }
        _ if column.is_scalar() => Vec::new(),
        Mutator::Insert => vec![loose(column.max)],
        Mutator::Delete if is_map => {
            let keys = ColumnType {
                value: None,
                ..loose(Max::Unlimited)
            };
            vec![loose(Max::Unlimited), keys]
        }
        Mutator::Delete => vec![loose(Max::Unlimited)],
    }
}

/// The value after the mutation, whose operand has one of the [`argument_types`].
///
/// # Errors
/// "domain error", "range error" or "constraint violation".
pub(super) fn mutate(
    column: &ColumnType,
    value: &Datum,
    mutator: Mutator,
    operand: &Datum,
) -> Result<Datum, OvsdbError> {
    match mutator {
        Mutator::Insert => insert(column, value, operand),
        Mutator::Delete => delete(column, value, operand),
        _ => {
            let Some(operand) = operand.one() else {
                return Ok(value.clone());
            };
            let atoms: Result<Vec<_>, _> = value
                .atoms()
                .iter()
                .map(|atom| compute(column, atom, mutator, operand))
                .collect();
            let (result, unique) = Datum::set_checked(atoms?);
            if unique {
                Ok(result)
            } else {
                Err(violation(format!(
                    "Result of \"{}\" operation contains duplicates.",
                    mutator.as_str()
                )))
            }
        }
    }
}

fn compute(column: &ColumnType, atom: &Atom, mutator: Mutator, operand: &Atom) -> Result<Atom, OvsdbError> {
    let result = match (atom, operand) {
        (Atom::Integer(a), Atom::Integer(b)) => {
            if *b == 0 && matches!(mutator, Mutator::Divide | Mutator::Modulo) {
                return Err(division_by_zero());
            }
            let result = match mutator {
                Mutator::Add => a.checked_add(*b),
                Mutator::Subtract => a.checked_sub(*b),
                Mutator::Multiply => a.checked_mul(*b),
                Mutator::Divide => a.checked_div(*b),
                // The rest of a division by -1 is 0, also where the quotient would be out of range.
                Mutator::Modulo => Some(a.wrapping_rem(*b)),
                Mutator::Insert | Mutator::Delete => None,
            };
            result.map(Atom::Integer)
        }
        (a, b) => {
            let (a, b) = (a.as_real().unwrap_or_default(), b.as_real().unwrap_or_default());
            let result = match mutator {
                Mutator::Add => a + b,
                Mutator::Subtract => a - b,
                Mutator::Multiply => a * b,
                Mutator::Divide if b == 0.0 => return Err(division_by_zero()),
                _ => a / b,
            };
            result.is_finite().then_some(Atom::Real(result))
        }
    };
    let Some(result) = result else {
        let details = format!("Result of \"{}\" operation is out of range.", mutator.as_str());
        return Err(OvsdbError::new(&ErrorKind::RangeError, details));
    };
    column
        .key
        .conform(result)
        .map_err(|error| violation(constraint_text(&error)))
}

fn insert(column: &ColumnType, value: &Datum, operand: &Datum) -> Result<Datum, OvsdbError> {
    let result = if column.is_map() {
        // Of equal keys the first stays, so what was there before stays.
        Datum::map(value.pairs().iter().chain(operand.pairs()).cloned())
    } else if value.len() > 64 && operand.len() < 8 {
        // A long set is not sorted again for a few elements.
        let new = operand.atoms().iter().filter(|atom| !value.contains(atom));
        difference(&unlimited(column), value, &Datum::set(new.cloned())).unwrap_or_else(|| value.clone())
    } else {
        Datum::set(value.atoms().iter().chain(operand.atoms()).cloned())
    };
    check_count(column, result)
}

fn delete(column: &ColumnType, value: &Datum, operand: &Datum) -> Result<Datum, OvsdbError> {
    let result = match (value, operand) {
        (Datum::Map(pairs), Datum::Map(gone)) => {
            let gone = |pair: &(Atom, Atom)| gone.binary_search(pair).is_ok();
            Datum::map(pairs.iter().filter(|pair| !gone(pair)).cloned())
        }
        (Datum::Map(pairs), keys) => Datum::map(pairs.iter().filter(|(key, _)| !keys.contains(key)).cloned()),
        (set, gone) => Datum::set(set.atoms().iter().filter(|atom| !gone.contains(atom)).cloned()),
    };
    check_count(column, result)
}

fn unlimited(column: &ColumnType) -> ColumnType {
    ColumnType {
        min: 0,
        max: Max::Unlimited,
        ..column.clone()
    }
}

fn check_count(column: &ColumnType, value: Datum) -> Result<Datum, OvsdbError> {
    let count = u32::try_from(value.len()).unwrap_or(u32::MAX);
    if count < column.min || Max::Count(count) > column.max {
        return Err(violation(format!(
            "Attempted to store {count} elements in {}.",
            describe_type(column)
        )));
    }
    Ok(value)
}

fn division_by_zero() -> OvsdbError {
    OvsdbError::new(&ErrorKind::DomainError, "Division by zero.")
}

fn violation(details: String) -> OvsdbError {
    OvsdbError::new(&ErrorKind::ConstraintViolation, details)
}
