use std::collections::HashMap;

use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::{Column, RowUuid, Table, TableRow};
use ovsdb_client::vswitch::{Bridge, Interface, Mirror, OpenVSwitch, Port};
use std::sync::Arc;
use uuid::Uuid;

use crate::edit::{Columns, RowChange, RowEdit, RowId};

/// Finds the rows that a plan names in a database that has gone on since.
///
/// By UUID where it is there. Only a row that the plan makes, or that an undo of it made again, is found by
/// its name, and one without a name by the columns that the plan gave it: taps come and go, and the next guest
/// gets the name of the last.
#[derive(Debug)]
pub(crate) struct Resolver<'s> {
    snapshot: &'s Snapshot,
    rows: HashMap<Uuid, (RowId, Option<Columns>)>,
}

impl<'s> Resolver<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot, changes: &[RowChange]) -> Self {
        let rows = changes.iter().map(|change| {
            let columns = match &change.edit {
                RowEdit::Insert(columns) | RowEdit::Delete(columns) => Some(columns.clone()),
                RowEdit::Update(_) => None,
            };
            (change.row.uuid, (change.row.clone(), columns))
        });
        // Of several changes of one row, the one that makes or deletes it says more.
        let mut known: HashMap<Uuid, (RowId, Option<Columns>)> = HashMap::new();
        for (uuid, row) in rows {
            match known.get(&uuid) {
                Some((_, Some(_))) => {}
                _ => {
                    known.insert(uuid, row);
                }
            }
        }
        Self {
            snapshot,
            rows: known,
        }
    }

    /// The row that a change is about.
    pub(crate) fn row(&self, uuid: Uuid, row: &RowId) -> Option<Uuid> {
        if !row.is_planned() {
            if self.get(&row.table, uuid).is_some() {
                return Some(uuid);
            }
            // A row that is only changed and that has gone is gone: whoever has its name now is another.
            let is_made = self.rows.get(&uuid).is_some_and(|(_, columns)| columns.is_some());
            if !is_made {
                return None;
            }
        }
        match &row.name {
            Some(name) => self.named(&row.table, name),
            None => self.alike(row),
        }
    }

    /// The row to which a value refers, where this knows of it.
    pub(crate) fn reference(&self, uuid: Uuid) -> Option<Uuid> {
        let (row, _) = self.rows.get(&uuid)?;
        self.row(uuid, row)
    }

    /// The row of this UUID as it is now.
    pub(crate) fn get(&self, table: &str, uuid: Uuid) -> Option<TableRow> {
        let snapshot = self.snapshot;
        fn of<T: Table>(snapshot: &Snapshot, uuid: Uuid) -> Option<TableRow> {
            snapshot.row(RowUuid::<T>::new(uuid)).map(|row| row.row().clone())
        }
        match table {
            Port::TABLE => of::<Port>(snapshot, uuid),
            Interface::TABLE => of::<Interface>(snapshot, uuid),
            Bridge::TABLE => of::<Bridge>(snapshot, uuid),
            Mirror::TABLE => of::<Mirror>(snapshot, uuid),
            OpenVSwitch::TABLE => of::<OpenVSwitch>(snapshot, uuid),
            other => snapshot.rows_of(other).ok()?.find(|row| row.uuid() == uuid),
        }
    }

    fn named(&self, table: &str, name: &str) -> Option<Uuid> {
        fn of<T: Table>(snapshot: &Snapshot, column: Column<T, Arc<str>>, name: &str) -> Option<Uuid> {
            snapshot
                .find(column, name)
                .ok()
                .flatten()
                .map(|row| row.row().uuid())
        }
        let snapshot = self.snapshot;
        match table {
            Port::TABLE => of(snapshot, Port::NAME, name),
            Interface::TABLE => of(snapshot, Interface::NAME, name),
            Bridge::TABLE => of(snapshot, Bridge::NAME, name),
            Mirror::TABLE => of(snapshot, Mirror::NAME, name),
            other => {
                let mut rows = snapshot.rows_of(other).ok()?;
                let is_it = |row: &TableRow| {
                    let known = row.datum("name").ok().and_then(|known| known.one()?.as_str());
                    known == Some(name)
                };
                rows.find(is_it).map(|row| row.uuid())
            }
        }
    }

    /// The only row with the columns that the plan gave it.
    fn alike(&self, row: &RowId) -> Option<Uuid> {
        let (_, columns) = self.rows.get(&row.uuid)?;
        let columns = columns.as_ref()?;
        let is_alike = |row: &TableRow| {
            columns
                .iter()
                .all(|(column, wanted)| row.datum(column).is_ok_and(|found| found == wanted))
        };
        let mut alike = self.snapshot.rows_of(&row.table).ok()?.filter(is_alike);
        match (alike.next(), alike.next()) {
            (Some(only), None) => Some(only.uuid()),
            _ => None,
        }
    }
}

/// The wire name of a table, where `NAME` is taken by the column of that name.
trait Named {
    const TABLE: &'static str;
}

impl<T: Table> Named for T {
    const TABLE: &'static str = <T as Table>::NAME;
}
