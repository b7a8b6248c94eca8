//! Rows that a monitor reports, by column position.

use std::{fmt, sync::Arc};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, Visitor},
};

use super::{
    datum::{Datum, DatumSeed},
    intern::Interner,
    schema::TableSchema,
};

/// Columns of a row, each named by its position in [`TableSchema::columns`], in that order.
///
/// A row is sparse: a column that is not there has its default value (in a whole row) or did not change (in a
/// difference). A clone shares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row(Arc<[(u16, Datum)]>);

impl Row {
    /// A row of these columns, in any order. Of equal positions the last stays.
    pub fn new(cells: impl IntoIterator<Item = (u16, Datum)>) -> Self {
        let mut cells: Vec<_> = cells.into_iter().collect();
        Self::from_scratch(&mut cells)
    }

    /// Takes the columns out of a vector that can then be used again.
    fn from_scratch(cells: &mut Vec<(u16, Datum)>) -> Self {
        if !cells.is_sorted_by(|a, b| a.0 < b.0) {
            cells.reverse();
            cells.sort_by_key(|(column, _)| *column);
            cells.dedup_by_key(|(column, _)| *column);
        }
        Self(cells.drain(..).collect())
    }

    /// The value at this position, if the row holds one.
    pub fn get(&self, column: u16) -> Option<&Datum> {
        let index = self.0.binary_search_by_key(&column, |(known, _)| *known).ok()?;
        self.0.get(index).map(|(_, datum)| datum)
    }

    /// The columns that it holds, in order.
    pub fn cells(&self) -> &[(u16, Datum)] {
        &self.0
    }

    /// Whether it holds no column: all are default, or none changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The row as JSON prints it, with the names of its columns.
    pub fn named<'a>(&'a self, table: &'a TableSchema) -> impl Serialize + use<'a> {
        Named { row: self, table }
    }
}

struct Named<'a> {
    row: &'a Row,
    table: &'a TableSchema,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.row
                .cells()
                .iter()
                .filter_map(|(column, datum)| Some((&self.table.column_at(*column)?.name, datum))),
        )
    }
}

/// Reads a row of a known table.
#[derive(Debug)]
pub struct RowSeed<'a> {
    /// The table.
    pub table: &'a TableSchema,
    /// Where its strings are shared.
    pub interner: &'a mut Interner,
    /// Whether it is a difference or a part of a row: then all that stands there is kept and may have any number
    /// of elements. Else default values are dropped.
    pub is_partial: bool,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row of table {}", self.table.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut cells = std::mem::take(&mut self.interner.cells);
        // What a failed row left behind is no part of this one.
        cells.clear();
        while let Some(index) = map.next_key_seed(ColumnName(self.table))? {
            let Some(column) = self.table.column_at(index) else {
                continue;
            };
            let at = |error: &dyn fmt::Display| {
                de::Error::custom(format_args!(
                    "column {}.{}: {error}",
                    self.table.name, column.name
                ))
            };
            let datum: Datum = map
                .next_value_seed(DatumSeed(self.interner))
                .map_err(|error| at(&error))?;
            let datum = if self.is_partial {
                column.type_.conform_atoms(datum).map_err(|error| at(&error))?
            } else {
                column.type_.conform(datum).map_err(|error| at(&error))?
            };
            if self.is_partial || !column.type_.is_default(&datum) {
                cells.push((index, datum));
            }
        }
        let row = Row::from_scratch(&mut cells);
        self.interner.cells = cells;
        Ok(row)
    }
}

/// Finds a column by its name without copying the name.
struct ColumnName<'a>(&'a TableSchema);

impl<'de> DeserializeSeed<'de> for ColumnName<'_> {
    type Value = u16;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u16, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for ColumnName<'_> {
    type Value = u16;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a column of table {}", self.0.name)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<u16, E> {
        match self.0.column(name) {
            Some((index, _)) => Ok(index),
            None => Err(E::custom(format_args!(
                "table {} has no column {name}",
                self.0.name
            ))),
        }
    }
}
