//! Conditions against rows: RFC 7047 §5.1 `<condition>`.

use super::record::{Column, Record};
use crate::wire::{Atom, AtomicType, Clause, ColumnType, Datum, Function, TableSchema};

/// The clauses of a `where`, checked against a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition(Vec<Test>);

#[derive(Clone, Debug)]
enum Test {
    Always(bool),
    Compare {
        column: Column,
        function: Function,
        value: Datum,
    },
}

/// A clause does not fit its table: no such column, a function that does not go with it, or a wrong value.
#[derive(Debug)]
pub(crate) struct UnfitClause;

impl Condition {
    /// The condition that holds for every row when all of it must hold.
    pub(crate) fn new(table: &TableSchema, clauses: Vec<Clause>) -> Result<Self, UnfitClause> {
        clauses
            .into_iter()
            .map(|clause| Test::new(table, clause))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether every clause holds: the reading of a transaction.
    pub(crate) fn all(&self, record: &Record) -> bool {
        self.0.iter().all(|test| test.holds(record))
    }

    /// Whether some clause holds, or there is none: the reading of a monitor.
    pub(crate) fn any(&self, record: &Record) -> bool {
        self.0.is_empty() || self.0.iter().any(|test| test.holds(record))
    }

    /// The values that columns must be equal to, if all must hold.
    pub(crate) fn equalities(&self) -> impl Iterator<Item = (Column, &Datum)> {
        self.0.iter().filter_map(|test| match test {
            Test::Compare {
                column,
                function: Function::Equal,
                value,
            } => Some((*column, value)),
            _ => None,
        })
    }
}

impl Test {
    fn new(table: &TableSchema, clause: Clause) -> Result<Self, UnfitClause> {
        let (name, function, value) = match clause {
            Clause::True => return Ok(Test::Always(true)),
            Clause::False => return Ok(Test::Always(false)),
            Clause::Test {
                column,
                function,
                value,
            } => (column, function, value),
        };
        let column = Column::find(table, &name).ok_or(UnfitClause)?;
        let type_ = argument_type(column.type_(table), function).ok_or(UnfitClause)?;
        let value = type_.conform(value).map_err(|_| UnfitClause)?;
        Ok(Test::Compare {
            column,
            function,
            value,
        })
    }

    fn holds(&self, record: &Record) -> bool {
        match self {
            Test::Always(holds) => *holds,
            Test::Compare {
                column,
                function,
                value,
            } => compare(*function, &record.value(*column), value),
        }
    }
}

/// The type that the value of a clause must have; none if the function does not go with the column.
pub(crate) fn argument_type(column: &ColumnType, function: Function) -> Option<ColumnType> {
    let mut type_ = column.clone();
    match function {
        Function::Less | Function::LessOrEqual | Function::GreaterOrEqual | Function::Greater => {
            let is_number = matches!(column.key.type_, AtomicType::Integer | AtomicType::Real);
            if !is_number || !(column.is_scalar() || column.is_optional()) {
                return None;
            }
            type_.min = 1;
        }
        Function::Equal | Function::NotEqual => {}
        Function::Includes if !column.is_scalar() => type_.min = 0,
        Function::Excludes if !column.is_scalar() => {
            type_.min = 0;
            type_.max = crate::wire::Max::Unlimited;
        }
        Function::Includes | Function::Excludes => {}
    }
    Some(type_)
}

fn compare(function: Function, field: &Datum, value: &Datum) -> bool {
    let order = |holds: fn(&Atom, &Atom) -> bool| match (field.one(), value.one()) {
        (Some(field), Some(value)) => holds(field, value),
        _ => false,
    };
    match function {
        Function::Less => order(Atom::lt),
        Function::LessOrEqual => order(Atom::le),
        Function::GreaterOrEqual => order(Atom::ge),
        Function::Greater => order(Atom::gt),
        Function::Equal => field == value,
        Function::NotEqual => field != value,
        Function::Includes => match value {
            Datum::Map(pairs) => pairs.iter().all(|pair| has_pair(field, pair)),
            set => set.atoms().iter().all(|atom| field.contains(atom)),
        },
        Function::Excludes => match value {
            Datum::Map(pairs) => !pairs.iter().any(|pair| has_pair(field, pair)),
            set => !set.atoms().iter().any(|atom| field.contains(atom)),
        },
    }
}

fn has_pair(map: &Datum, (key, value): &(Atom, Atom)) -> bool {
    let pairs = map.pairs();
    let found = pairs.binary_search_by(|(known, _)| known.cmp(key));
    found
        .ok()
        .and_then(|index| pairs.get(index))
        .is_some_and(|(_, known)| known == value)
}
