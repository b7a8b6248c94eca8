//! The committed state of a database.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Index,
    sync::Arc,
};

use uuid::Uuid;

use super::{commit::Prepared, indexes::UniqueIndex, record::Record};
use crate::wire::{DatabaseSchema, RefType, TableSchema};

/// A table by its position in [`DatabaseSchema::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TableId(usize);

/// A row of some table.
pub(crate) type RowId = (TableId, Uuid);

/// The committed rows of one database, and what is derived from them.
#[derive(Debug)]
pub(crate) struct Database {
    schema: DatabaseSchema,
    tables: Vec<Table>,
    /// Pairs of (target, source): the rows whose weak columns name the target.
    weak: BTreeSet<(RowId, RowId)>,
}

/// One table and its rows.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) schema: Arc<TableSchema>,
    rows: BTreeMap<Uuid, Slot>,
    pub(crate) indexes: Vec<UniqueIndex>,
    pub(crate) references: Vec<Reference>,
    /// The columns whose default value breaks their own constraints.
    pub(crate) unfit_defaults: Vec<u16>,
}

#[derive(Debug)]
struct Slot {
    record: Arc<Record>,
    /// How many strong references of *other* rows keep it alive.
    referrers: u64,
}

/// A column that refers to rows of another table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    /// The column that refers.
    pub(crate) column: u16,
    /// The table that its keys or elements refer to.
    pub(crate) key: Option<(TableId, RefType)>,
    /// The table that its values refer to.
    pub(crate) value: Option<(TableId, RefType)>,
}

impl Database {
    /// An empty database.
    pub(crate) fn new(schema: DatabaseSchema) -> Self {
        let tables = schema
            .tables()
            .iter()
            .map(|table| Table {
                schema: Arc::clone(table),
                rows: BTreeMap::new(),
                indexes: table
                    .indexes
                    .iter()
                    .map(|columns| UniqueIndex::new(table, columns))
                    .collect(),
                references: references(&schema, table),
                unfit_defaults: (0..)
                    .zip(table.columns())
                    .filter(|(_, column)| column.type_.conform(column.type_.default_datum()).is_err())
                    .map(|(index, _)| index)
                    .collect(),
            })
            .collect();
        Self {
            schema,
            tables,
            weak: BTreeSet::new(),
        }
    }

    pub(crate) fn schema(&self) -> &DatabaseSchema {
        &self.schema
    }

    /// The table of this name.
    pub(crate) fn table_id(&self, name: &str) -> Option<TableId> {
        table_id(&self.schema, name)
    }

    /// All tables.
    pub(crate) fn table_ids(&self) -> impl Iterator<Item = TableId> + use<> {
        (0..self.tables.len()).map(TableId)
    }

    /// How many strong references of other rows a committed row has.
    pub(crate) fn referrers(&self, (table, uuid): RowId) -> u64 {
        self[table].rows.get(&uuid).map_or(0, |slot| slot.referrers)
    }

    /// The committed rows whose weak columns name this one.
    pub(crate) fn weak_referrers(&self, target: RowId) -> impl Iterator<Item = RowId> + '_ {
        let least = (TableId(0), Uuid::nil());
        self.weak
            .range((target, least)..)
            .take_while(move |(known, _)| *known == target)
            .map(|(_, source)| *source)
    }

    /// Makes the changes of a transaction that passed all checks the committed state.
    pub(crate) fn apply(&mut self, prepared: &Prepared) {
        for change in &prepared.changes {
            let source = (change.table, change.uuid);
            let targets = |record: &Option<Arc<Record>>| -> Vec<RowId> {
                let record = record.iter();
                record
                    .flat_map(|record| self[change.table].weak_targets(record))
                    .collect()
            };
            let (before, after) = (targets(&change.old), targets(&change.new));
            for target in before {
                self.weak.remove(&(target, source));
            }
            for target in after {
                self.weak.insert((target, source));
            }
            if let (Some(table), Some(old)) = (self.tables.get_mut(change.table.0), &change.old) {
                for index in &mut table.indexes {
                    index.remove(old);
                }
            }
        }
        for change in &prepared.changes {
            let Some(table) = self.tables.get_mut(change.table.0) else {
                continue;
            };
            match &change.new {
                Some(new) => {
                    for index in &mut table.indexes {
                        index.insert(new);
                    }
                    let slot = table.rows.entry(change.uuid).or_insert_with(|| Slot {
                        record: Arc::clone(new),
                        referrers: 0,
                    });
                    slot.record = Arc::clone(new);
                }
                None => {
                    table.rows.remove(&change.uuid);
                }
            }
        }
        for ((table, uuid), delta) in &prepared.referrers {
            let table = self.tables.get_mut(table.0);
            if let Some(slot) = table.and_then(|table| table.rows.get_mut(uuid)) {
                slot.referrers = slot.referrers.saturating_add_signed(*delta);
            }
        }
    }
}

impl Index<TableId> for Database {
    type Output = Table;

    #[expect(
        clippy::indexing_slicing,
        reason = "a TableId is made only for a table of the schema"
    )]
    fn index(&self, table: TableId) -> &Table {
        &self.tables[table.0]
    }
}

impl Table {
    /// The committed row of this UUID.
    pub(crate) fn row(&self, uuid: &Uuid) -> Option<&Arc<Record>> {
        self.rows.get(uuid).map(|slot| &slot.record)
    }

    /// The committed rows, ordered by UUID.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.rows.values().map(|slot| &slot.record)
    }

    /// The number of committed rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that the weak columns of a row name.
    pub(crate) fn weak_targets<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = RowId> + 'a {
        self.targets(record, RefType::Weak).map(|(_, target)| target)
    }

    /// The rows that the columns of a row refer to in this way, with the column that does.
    pub(crate) fn targets<'a>(
        &'a self,
        record: &'a Record,
        ref_type: RefType,
    ) -> impl Iterator<Item = (u16, RowId)> + 'a {
        self.references.iter().flat_map(move |reference| {
            let datum = &record[reference.column];
            let of_kind = move |end: Option<(TableId, RefType)>| {
                end.filter(|(_, kind)| *kind == ref_type).map(|(table, _)| table)
            };
            let keys = of_kind(reference.key).into_iter().flat_map(move |table| {
                let keys = datum
                    .atoms()
                    .iter()
                    .chain(datum.pairs().iter().map(|(key, _)| key));
                keys.filter_map(move |atom| Some((table, atom.as_uuid()?)))
            });
            let values = of_kind(reference.value).into_iter().flat_map(move |table| {
                datum
                    .pairs()
                    .iter()
                    .filter_map(move |(_, value)| Some((table, value.as_uuid()?)))
            });
            keys.chain(values).map(|target| (reference.column, target))
        })
    }
}

fn table_id(schema: &DatabaseSchema, name: &str) -> Option<TableId> {
    let found = schema.tables().binary_search_by(|table| (*table.name).cmp(name));
    found.ok().map(TableId)
}

fn references(schema: &DatabaseSchema, table: &TableSchema) -> Vec<Reference> {
    (0..)
        .zip(table.columns())
        .filter_map(|(index, column)| {
            let end = |base: &crate::wire::BaseType| {
                let target = table_id(schema, base.ref_table.as_deref()?)?;
                Some((target, base.ref_type))
            };
            let key = end(&column.type_.key);
            let value = column.type_.value.as_ref().and_then(end);
            (key.is_some() || value.is_some()).then_some(Reference {
                column: index,
                key,
                value,
            })
        })
        .collect()
}

/// Changes of reference counts, by row.
pub(crate) type Referrers = HashMap<RowId, i64>;
