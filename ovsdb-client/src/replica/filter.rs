//! Conditions, evaluated here for servers that have none.

use uuid::Uuid;

use super::view::TableView;
use crate::wire::{Atom, Clause, Datum, Function, Row};

/// Whether a row meets one of the clauses, as `monitor_cond` has it; no clause at all means every row.
pub(super) fn meets(clauses: &[Clause], view: &TableView, uuid: Uuid, row: &Row) -> bool {
    clauses.is_empty() || clauses.iter().any(|clause| clause_holds(clause, view, uuid, row))
}

fn clause_holds(clause: &Clause, view: &TableView, uuid: Uuid, row: &Row) -> bool {
    match clause {
        Clause::True => true,
        Clause::False => false,
        Clause::Test {
            column,
            function,
            value,
        } if **column == *"_uuid" => compare(*function, &Datum::from(uuid), value),
        Clause::Test {
            column,
            function,
            value,
        } => match view.position(column) {
            Ok(position) => compare(
                *function,
                row.get(position).unwrap_or_else(|| view.default_datum(position)),
                value,
            ),
            // A column that the replica does not hold cannot be tested here: the row is kept rather than lost.
            Err(_) => true,
        },
    }
}

/// Compares as RFC 7047 §5.1 says.
fn compare(function: Function, datum: &Datum, value: &Datum) -> bool {
    let order = || Some(datum.one()?.cmp(value.one()?));
    match function {
        Function::Equal => datum == value,
        Function::NotEqual => datum != value,
        Function::Includes => parts(value).all(|part| holds(datum, part)),
        Function::Excludes => !parts(value).any(|part| holds(datum, part)),
        Function::Less => order().is_some_and(std::cmp::Ordering::is_lt),
        Function::LessOrEqual => order().is_some_and(std::cmp::Ordering::is_le),
        Function::GreaterOrEqual => order().is_some_and(std::cmp::Ordering::is_ge),
        Function::Greater => order().is_some_and(std::cmp::Ordering::is_gt),
    }
}

/// An element of a set, or a pair of a map.
#[derive(Clone, Copy)]
enum Part<'a> {
    Element(&'a Atom),
    Pair(&'a (Atom, Atom)),
}

fn parts(datum: &Datum) -> impl Iterator<Item = Part<'_>> {
    datum
        .atoms()
        .iter()
        .map(Part::Element)
        .chain(datum.pairs().iter().map(Part::Pair))
}

fn holds(datum: &Datum, part: Part<'_>) -> bool {
    match part {
        Part::Element(atom) => datum.contains(atom),
        Part::Pair(pair) => datum.pairs().contains(pair),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(datum: &str, function: &str, value: &str) -> bool {
        let [datum, value] = [datum, value].map(|text| serde_json::from_str(text).unwrap());
        compare(function.parse().unwrap(), &datum, &value)
    }

    #[test]
    fn every_function_compares_as_the_rfc_says() {
        assert!(holds("5", "<", "6") && !holds("5", "<", "5"));
        assert!(holds("5", "<=", "5") && holds("5", ">=", "5") && !holds("5", ">", "5"));
        assert!(
            !holds(r#"["set",[]]"#, "<", "6"),
            "an optional that is not set meets no comparison"
        );
        assert!(holds(r#"["set",[1,2]]"#, "includes", "1") && !holds("1", "includes", r#"["set",[1,2]]"#));
        assert!(holds(r#"["set",[1,2]]"#, "excludes", r#"["set",[3,4]]"#));
        assert!(!holds(r#"["set",[1,2]]"#, "excludes", r#"["set",[2,3]]"#));
        assert!(holds(
            r#"["map",[["a","1"],["b","2"]]]"#,
            "includes",
            r#"["map",[["b","2"]]]"#
        ));
        assert!(!holds(
            r#"["map",[["a","1"]]]"#,
            "includes",
            r#"["map",[["a","2"]]]"#
        ));
        assert!(holds("\"a\"", "==", "\"a\"") && holds("\"a\"", "!=", "\"b\""));
    }
}
