//! The end of a transaction: its checks, in ovsdb-server's order, and what it changes.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    indexes::check_indexes,
    record::Record,
    references,
    state::{RowId, TableId},
    transaction::{Touched, Transaction},
};
use crate::wire::{ErrorKind, OvsdbError};

/// A transaction that passed all checks, to be applied whole.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// The rows that differ; empty for a transaction that changes nothing.
    pub(crate) changes: Vec<Change>,
    /// How the numbers of strong references change.
    pub(super) referrers: Vec<(RowId, i64)>,
}

/// One row, before and after.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) table: TableId,
    pub(crate) uuid: Uuid,
    /// Absent for an insert.
    pub(crate) old: Option<Arc<Record>>,
    /// Absent for a deletion.
    pub(crate) new: Option<Arc<Record>>,
}

impl Transaction<'_> {
    /// Checks the transaction against all constraints of the schema.
    ///
    /// # Errors
    /// "referential integrity violation" or "constraint violation": then nothing of it may be applied.
    pub(crate) fn prepare(mut self) -> Result<Prepared, OvsdbError> {
        self.drop_unchanged();
        if self.touched.is_empty() {
            return Ok(Prepared::default());
        }
        let mut referrers = references::count(&self)?;
        references::check_deleted(&self, &referrers)?;
        references::collect_garbage(&mut self, &mut referrers);
        self.check_max_rows()?;
        references::prune_weak(&mut self)?;
        check_indexes(self.database, &self.touched)?;
        self.drop_unchanged();
        let changes = self
            .touched
            .into_iter()
            .map(|((table, uuid), Touched { old, mut new })| {
                if let Some(record) = &mut new {
                    Arc::make_mut(record).version = Uuid::new_v4();
                }
                Change {
                    table,
                    uuid,
                    old,
                    new,
                }
            })
            .collect();
        Ok(Prepared {
            changes,
            referrers: referrers.into_iter().filter(|(_, delta)| *delta != 0).collect(),
        })
    }

    fn drop_unchanged(&mut self) {
        self.touched.retain(|_, row| match (&row.old, &row.new) {
            (Some(old), Some(new)) => !Arc::ptr_eq(old, new) && !old.same_values(new),
            (None, None) => false,
            _ => true,
        });
    }

    fn check_max_rows(&self) -> Result<(), OvsdbError> {
        for table in self.database.table_ids() {
            let Some(max) = self.database[table].schema.max_rows else {
                continue;
            };
            let before = self.database[table].len();
            let of_table = self.touched.range((table, Uuid::nil())..=(table, Uuid::max()));
            let (mut came, mut went) = (0, 0);
            for (_, row) in of_table {
                came += usize::from(row.old.is_none() && row.new.is_some());
                went += usize::from(row.old.is_some() && row.new.is_none());
            }
            let after = before + came - went;
            if after > before && u64::try_from(after).is_ok_and(|after| after > max) {
                return Err(OvsdbError::new(
                    &ErrorKind::ConstraintViolation,
                    format!(
                        "transaction causes \"{}\" table to contain {after} rows, greater than the schema-defined limit \
                         of {max} row(s)",
                        self.database[table].schema.name
                    ),
                ));
            }
        }
        Ok(())
    }
}
