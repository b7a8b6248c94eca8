//! What operations are made of: values, mutations, conditions, references.

use std::{collections::BTreeMap, fmt, marker::PhantomData, sync::Arc};

use crate::{
    table::{Column, Condition, RowUuid, Table},
    value::{AtomValue, ColumnValue, Map, Set},
    wire::{Atom, Clause, Columns, Datum, Mutation, Mutator},
};

/// A row that an insert of the same transaction makes: what other operations refer to it by.
pub struct NewRow<T> {
    name: Arc<str>,
    marker: PhantomData<fn() -> T>,
}

impl<T> NewRow<T> {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self {
            name,
            marker: PhantomData,
        }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }
}

impl<T> Clone for NewRow<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.name))
    }
}

impl<T> fmt::Debug for NewRow<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)
    }
}

/// A row of table `T` that is there, or that the same transaction makes.
pub struct Reference<T> {
    atom: Atom,
    marker: PhantomData<fn() -> T>,
}

impl<T> From<RowUuid<T>> for Reference<T> {
    fn from(uuid: RowUuid<T>) -> Self {
        Self {
            atom: Atom::Uuid(uuid.get()),
            marker: PhantomData,
        }
    }
}

impl<T> From<NewRow<T>> for Reference<T> {
    fn from(row: NewRow<T>) -> Self {
        Self::from(&row)
    }
}

impl<T> From<&NewRow<T>> for Reference<T> {
    fn from(row: &NewRow<T>) -> Self {
        Self {
            atom: Atom::NamedUuid(Arc::clone(&row.name)),
            marker: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Reference<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.atom.fmt(f)
    }
}

/// A column that refers to rows of table `U`: one, perhaps one, or any number.
pub trait ReferenceColumn<U> {}

impl<U> ReferenceColumn<U> for RowUuid<U> {}
impl<U> ReferenceColumn<U> for Option<RowUuid<U>> {}
impl<U> ReferenceColumn<U> for Set<RowUuid<U>> {}

fn references<U, R: Into<Reference<U>>>(rows: impl IntoIterator<Item = R>) -> Datum {
    Datum::set(rows.into_iter().map(|row| row.into().atom))
}

/// Columns and their values, for an insert or an update. Columns that are not named keep what they have.
#[must_use]
pub struct Values<T> {
    columns: Vec<(Arc<str>, Datum)>,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> Values<T> {
    /// No column at all.
    pub fn new() -> Self {
        Self {
            columns: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Gives a column this value.
    pub fn set<V: ColumnValue>(self, column: Column<T, V>, value: impl Into<V>) -> Self {
        self.datum(column.name(), value.into().into_datum())
    }

    /// Clears an optional column.
    pub fn clear<A: AtomValue>(self, column: Column<T, Option<A>>) -> Self {
        self.datum(column.name(), Datum::empty_set())
    }

    /// Gives a column these rows, of which some may be made by this transaction.
    pub fn refer<U, C: ReferenceColumn<U>, R: Into<Reference<U>>>(
        self,
        column: Column<T, C>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        self.datum(column.name(), references(rows))
    }

    /// Gives a map of rows these pairs.
    pub fn refer_map<K: AtomValue, U, R: Into<Reference<U>>>(
        self,
        column: Column<T, Map<K, RowUuid<U>>>,
        pairs: impl IntoIterator<Item = (K, R)>,
    ) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(key, row)| (key.into_atom(), row.into().atom));
        self.datum(column.name(), Datum::map(pairs))
    }

    /// Gives a column known by its name alone this value.
    pub fn datum(mut self, column: &str, datum: Datum) -> Self {
        self.columns.retain(|(known, _)| **known != *column);
        self.columns.push((Arc::from(column), datum));
        self
    }

    pub(super) fn into_columns(self) -> Columns {
        Columns(self.columns)
    }
}

impl<T: Table> Default for Values<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.columns.iter().map(|(name, datum)| (name, datum)))
            .finish()
    }
}

/// Changes of columns by what they hold: they do not clash with changes of other elements by others.
#[must_use]
pub struct Mutations<T> {
    mutations: Vec<Mutation>,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> Mutations<T> {
    /// No change at all.
    pub fn new() -> Self {
        Self {
            mutations: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Adds a number.
    pub fn add(self, column: Column<T, i64>, number: i64) -> Self {
        self.mutation(column.name(), Mutator::Add, Datum::from(number))
    }

    /// Adds elements to a set.
    pub fn insert<A: AtomValue>(self, column: Column<T, Set<A>>, elements: impl Into<Set<A>>) -> Self {
        self.mutation(column.name(), Mutator::Insert, elements.into().into_datum())
    }

    /// Takes elements out of a set.
    pub fn remove<A: AtomValue>(self, column: Column<T, Set<A>>, elements: impl Into<Set<A>>) -> Self {
        self.mutation(column.name(), Mutator::Delete, elements.into().into_datum())
    }

    /// Adds rows to a set of references.
    pub fn refer<U, R: Into<Reference<U>>>(
        self,
        column: Column<T, Set<RowUuid<U>>>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        self.mutation(column.name(), Mutator::Insert, references(rows))
    }

    /// Takes rows out of a set of references.
    pub fn unrefer<U>(
        self,
        column: Column<T, Set<RowUuid<U>>>,
        rows: impl IntoIterator<Item = RowUuid<U>>,
    ) -> Self {
        self.mutation(column.name(), Mutator::Delete, references(rows))
    }

    /// Puts pairs into a map, in the place of those of the same keys. The server's `insert` alone would silently
    /// keep the old value of a key that is there, so the keys are taken out first.
    pub fn put<K, V, I>(self, column: Column<T, Map<K, V>>, pairs: I) -> Self
    where
        K: AtomValue,
        V: AtomValue,
        I: IntoIterator,
        I::Item: Pair<K, V>,
    {
        let pairs: Vec<(Atom, Atom)> = pairs
            .into_iter()
            .map(|pair| {
                let (key, value) = pair.pair();
                (key.into_atom(), value.into_atom())
            })
            .collect();
        // Of equal keys the last counts, as in any map that is filled one by one.
        let pairs: BTreeMap<Atom, Atom> = pairs.into_iter().collect();
        let keys = Datum::set(pairs.keys().cloned());
        self.mutation(column.name(), Mutator::Delete, keys).mutation(
            column.name(),
            Mutator::Insert,
            Datum::map(pairs),
        )
    }

    /// Takes keys out of a map, whatever their values.
    pub fn remove_keys<K: AtomValue, V, I>(self, column: Column<T, Map<K, V>>, keys: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<K>,
    {
        let keys = keys.into_iter().map(|key| key.into().into_atom());
        self.mutation(column.name(), Mutator::Delete, Datum::set(keys))
    }

    /// A change of a column known by its name alone.
    pub fn mutation(mut self, column: &str, mutator: Mutator, value: Datum) -> Self {
        self.mutations.push(Mutation::new(column, mutator, value));
        self
    }

    pub(super) fn into_mutations(self) -> Vec<Mutation> {
        self.mutations
    }
}

impl<T: Table> Default for Mutations<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Mutations<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mutations.fmt(f)
    }
}

/// What becomes a pair of a map.
pub trait Pair<K, V> {
    /// The key and the value.
    fn pair(self) -> (K, V);
}

impl<A: Into<K>, B: Into<V>, K, V> Pair<K, V> for (A, B) {
    fn pair(self) -> (K, V) {
        (self.0.into(), self.1.into())
    }
}

/// Which rows of table `T` an operation is about: all conditions must hold.
#[derive(Debug)]
pub struct Where<T> {
    pub(super) clauses: Vec<Clause>,
    marker: PhantomData<fn() -> T>,
}

impl<T> Where<T> {
    fn of(clauses: Vec<Clause>) -> Self {
        Self {
            clauses,
            marker: PhantomData,
        }
    }

    /// Every row.
    pub fn every() -> Self {
        Self::of(vec![Clause::True])
    }
}

impl<T> From<RowUuid<T>> for Where<T> {
    fn from(uuid: RowUuid<T>) -> Self {
        Self::of(vec![Clause::uuid(uuid.get())])
    }
}

impl<T: Table> From<&T> for Where<T> {
    fn from(row: &T) -> Self {
        Self::from(row.uuid())
    }
}

impl<T> From<NewRow<T>> for Where<T> {
    fn from(row: NewRow<T>) -> Self {
        Self::from(&row)
    }
}

impl<T> From<&NewRow<T>> for Where<T> {
    fn from(row: &NewRow<T>) -> Self {
        let uuid = Datum::One(Atom::NamedUuid(Arc::clone(&row.name)));
        Self::of(vec![Clause::test("_uuid", crate::wire::Function::Equal, uuid)])
    }
}

impl<T> From<Condition<T>> for Where<T> {
    fn from(condition: Condition<T>) -> Self {
        Self::of(vec![condition.into_clause()])
    }
}

impl<T, const N: usize> From<[Condition<T>; N]> for Where<T> {
    fn from(conditions: [Condition<T>; N]) -> Self {
        Self::of(conditions.into_iter().map(Condition::into_clause).collect())
    }
}
