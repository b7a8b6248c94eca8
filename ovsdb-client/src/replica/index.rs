//! Indexes of a replica's table.

use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::{GenericHashMap, OrdSet, shared_ptr::DefaultSharedPtr};
use uuid::Uuid;

use super::view::TableView;
use crate::wire::{Datum, Row};

/// From values of some columns to the rows that have them.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// Positions, in the order of the key.
    columns: Box<[u16]>,
    rows: GenericHashMap<Key, Posting, FixedState, DefaultSharedPtr>,
}

/// The values of the indexed columns. Most indexes have one column, whose key needs no allocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    One(Datum),
    Many(Arc<[Datum]>),
}

/// The rows of one key. An index need not be unique, and even one that is passes through states in which it is not
/// while a commit is applied row by row.
#[derive(Clone, Debug, PartialEq)]
enum Posting {
    One(Uuid),
    Many(OrdSet<Uuid>),
}

impl Index {
    pub(crate) fn new(columns: impl Into<Box<[u16]>>) -> Self {
        Self {
            columns: columns.into(),
            rows: GenericHashMap::with_hasher(FixedState::default()),
        }
    }

    pub(crate) fn columns(&self) -> &[u16] {
        &self.columns
    }

    pub(crate) fn insert(&mut self, view: &TableView, uuid: Uuid, row: &Row) {
        let key = self.key(view, row);
        match self.rows.get_mut(&key) {
            None => {
                self.rows.insert(key, Posting::One(uuid));
            }
            Some(Posting::Many(uuids)) => {
                uuids.insert(uuid);
            }
            Some(posting @ Posting::One(_)) => {
                if let Posting::One(first) = *posting {
                    *posting = Posting::Many([first, uuid].into_iter().collect());
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, view: &TableView, uuid: Uuid, row: &Row) {
        let key = self.key(view, row);
        match self.rows.get_mut(&key) {
            Some(Posting::Many(uuids)) => {
                uuids.remove(&uuid);
                match (uuids.len(), uuids.get_min().copied()) {
                    (1, Some(last)) => {
                        self.rows.insert(key, Posting::One(last));
                    }
                    (0, _) => {
                        self.rows.remove(&key);
                    }
                    _ => {}
                }
            }
            Some(Posting::One(only)) if *only == uuid => {
                self.rows.remove(&key);
            }
            _ => {}
        }
    }

    /// Moves a row whose indexed columns changed.
    pub(crate) fn replace(&mut self, view: &TableView, uuid: Uuid, old: &Row, new: &Row) {
        if self
            .columns
            .iter()
            .any(|&column| old.get(column) != new.get(column))
        {
            self.remove(view, uuid, old);
            self.insert(view, uuid, new);
        }
    }

    /// The rows of a key, by UUID.
    pub(crate) fn find(&self, key: &Key) -> impl Iterator<Item = Uuid> + '_ {
        let (one, many) = match self.rows.get(key) {
            None => (None, None),
            Some(Posting::One(uuid)) => (Some(*uuid), None),
            Some(Posting::Many(uuids)) => (None, Some(uuids.iter().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    fn key(&self, view: &TableView, row: &Row) -> Key {
        let value = |column: u16| {
            row.get(column)
                .unwrap_or_else(|| view.default_datum(column))
                .clone()
        };
        match *self.columns {
            [column] => Key::One(value(column)),
            ref columns => Key::Many(columns.iter().map(|&column| value(column)).collect()),
        }
    }
}

impl Key {
    pub(crate) fn new(mut data: Vec<Datum>) -> Self {
        match (data.len(), data.pop()) {
            (1, Some(only)) => Key::One(only),
            (_, last) => Key::Many(data.into_iter().chain(last).collect()),
        }
    }
}
