//! A transaction: the committed state with a layer of changes above it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    record::Record,
    state::{Database, RowId, TableId},
};

/// Changes that are not committed yet. Dropping it aborts it.
#[derive(Debug)]
pub(crate) struct Transaction<'d> {
    pub(super) database: &'d Database,
    pub(super) touched: BTreeMap<RowId, Touched>,
    /// Names that `uuid-name` and `named-uuid` gave to rows.
    pub(super) symbols: BTreeMap<Arc<str>, Symbol>,
    /// What its `comment` operations said.
    pub(super) comments: Vec<Arc<str>>,
}

/// A row that the transaction changed.
#[derive(Debug)]
pub(crate) struct Touched {
    /// The committed row, unless it was inserted.
    pub(crate) old: Option<Arc<Record>>,
    /// The row as it is now, unless it is deleted.
    pub(crate) new: Option<Arc<Record>>,
}

/// A row that is called by a name within the transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub(super) uuid: Uuid,
    /// Whether an insert has made it; until then it was only referred to.
    pub(super) is_created: bool,
}

impl<'d> Transaction<'d> {
    /// A transaction without changes.
    pub(crate) fn new(database: &'d Database) -> Self {
        Self {
            database,
            touched: BTreeMap::new(),
            symbols: BTreeMap::new(),
            comments: Vec::new(),
        }
    }

    /// The row as the transaction sees it.
    pub(super) fn row(&self, table: TableId, uuid: &Uuid) -> Option<&Arc<Record>> {
        match self.touched.get(&(table, *uuid)) {
            Some(touched) => touched.new.as_ref(),
            None => self.database[table].row(uuid),
        }
    }

    /// The rows as the transaction sees them: the untouched ones, then those it changed.
    pub(super) fn rows(&self, table: TableId) -> impl Iterator<Item = &Arc<Record>> {
        let untouched = self.database[table]
            .rows()
            .filter(move |record| !self.touched.contains_key(&(table, record.uuid)));
        let of_table = (table, Uuid::nil())..=(table, Uuid::max());
        let changed = self.touched.range(of_table);
        untouched.chain(changed.filter_map(|(_, touched)| touched.new.as_ref()))
    }

    /// The rows of a table that the transaction changed.
    pub(super) fn touched_in(&self, table: TableId) -> impl Iterator<Item = Uuid> {
        let of_table = (table, Uuid::nil())..=(table, Uuid::max());
        self.touched.range(of_table).map(|((_, uuid), _)| *uuid)
    }

    /// Whether the transaction has the row, or a committed one that it deleted.
    pub(super) fn knows(&self, table: TableId, uuid: &Uuid) -> bool {
        match self.touched.get(&(table, *uuid)) {
            Some(touched) => touched.old.is_some() || touched.new.is_some(),
            None => self.database[table].row(uuid).is_some(),
        }
    }

    pub(crate) fn insert(&mut self, table: TableId, record: Record) {
        let uuid = record.uuid;
        let touched = Touched {
            old: None,
            new: Some(Arc::new(record)),
        };
        self.touched.insert((table, uuid), touched);
    }

    /// The row to be changed in place; none if it is not there.
    pub(super) fn row_mut(&mut self, table: TableId, uuid: &Uuid) -> Option<&mut Record> {
        let touched = touch(&mut self.touched, self.database, (table, *uuid))?;
        touched.new.as_mut().map(Arc::make_mut)
    }

    pub(super) fn delete(&mut self, table: TableId, uuid: &Uuid) {
        if let Some(touched) = touch(&mut self.touched, self.database, (table, *uuid)) {
            touched.new = None;
        }
    }

    /// The UUID behind a name, which is made up at its first use.
    pub(super) fn symbol(&mut self, name: &Arc<str>) -> &mut Symbol {
        self.symbols.entry(Arc::clone(name)).or_insert_with(|| Symbol {
            uuid: Uuid::new_v4(),
            is_created: false,
        })
    }
}

/// The entry of a row, made of the committed row if the transaction has not touched it yet.
pub(super) fn touch<'t>(
    touched: &'t mut BTreeMap<RowId, Touched>,
    database: &Database,
    row: RowId,
) -> Option<&'t mut Touched> {
    match touched.entry(row) {
        Entry::Occupied(known) => Some(known.into_mut()),
        Entry::Vacant(free) => {
            let committed = database[row.0].row(&row.1)?;
            Some(free.insert(Touched {
                old: Some(Arc::clone(committed)),
                new: Some(Arc::clone(committed)),
            }))
        }
    }
}
