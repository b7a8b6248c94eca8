use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::{Column, RowUuid, Table, TableRow};
use ovsdb_client::vswitch::{Bridge, Interface, Mirror, OpenVSwitch, Port};
use ovsdb_client::wire::{Atom, Datum};
use uuid::Uuid;

use crate::edit::{ColumnEdit, Columns, RowChange, RowEdit, RowId, is_default, is_status, rows_in};

/// The UUIDs that the server gave to rows that were made, by those that the plan has for them.
///
/// A plan's own UUID stands for a row that the plan makes, that of a deleted row for the one that an undo made anew.
pub(crate) type Made = BTreeMap<Uuid, Uuid>;

/// What became of a row that a plan names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is this one.
    Row(Uuid),
    /// It is not there.
    Absent,
    /// Several could be it, in a sentence. Whatever is done to one of them may be done to another's.
    Unclear(String),
}

/// Finds the rows that a plan names in a database that has gone on since.
///
/// By UUID where it is there, or where it was written down when the server gave it. Only a row that the plan makes,
/// or that an undo of it made again, is looked for otherwise: taps come and go, and the next guest gets the name of
/// the last. It is found by its name where no two rows can have one name, and else in the column of the row that
/// refers to it, by the values that it was given: sFlow settings have no name, and mirrors may share one.
#[derive(Debug)]
pub(crate) struct Resolver<'s> {
    snapshot: &'s Snapshot,
    made: &'s Made,
    rows: HashMap<Uuid, (RowId, Option<Columns>)>,
    places: HashMap<Uuid, Vec<Place>>,
}

/// Where a row is referred to.
#[derive(Debug, Clone)]
struct Place {
    row: RowId,
    column: String,
    /// Of a map, whose values are the rows.
    key: Option<Atom>,
    /// What the column has while it does not have the row.
    others: Vec<Uuid>,
}

/// A row is referred to by a row that is referred to by a bridge, at most.
const DEPTH: usize = 4;

impl<'s> Resolver<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot, changes: &[RowChange], made: &'s Made) -> Self {
        let mut rows: HashMap<Uuid, (RowId, Option<Columns>)> = HashMap::new();
        let mut places: HashMap<Uuid, Vec<Place>> = HashMap::new();
        for change in changes {
            let columns = match &change.edit {
                RowEdit::Insert(columns) | RowEdit::Delete(columns) => Some(columns.clone()),
                RowEdit::Update(_) => None,
            };
            // Of several changes of one row, the one that makes or deletes it says more.
            if columns.is_some() || !rows.contains_key(&change.row.uuid) {
                rows.insert(change.row.uuid, (change.row.clone(), columns));
            }
            for (row, place) in places_in(change) {
                places.entry(row).or_default().push(place);
            }
        }
        Self {
            snapshot,
            made,
            rows,
            places,
        }
    }

    /// The row that a change is about.
    pub(crate) fn row(&self, row: &RowId) -> Found {
        self.find(row, DEPTH)
    }

    /// The row to which a value refers, where this knows of it.
    pub(crate) fn reference(&self, uuid: Uuid) -> Option<Uuid> {
        self.reference_within(uuid, DEPTH)
    }

    fn reference_within(&self, uuid: Uuid, depth: usize) -> Option<Uuid> {
        let (row, _) = self.rows.get(&uuid)?;
        match self.find(row, depth) {
            Found::Row(uuid) => Some(uuid),
            Found::Absent | Found::Unclear(_) => None,
        }
    }

    /// A value with the rows that it names as they are known here and now.
    pub(crate) fn here(&self, datum: &Datum) -> Datum {
        map_rows(datum, |uuid| Atom::Uuid(self.reference(uuid).unwrap_or(uuid)))
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

    /// Whether the server lets no two rows of this table have one name.
    pub(crate) fn is_index(&self, table: &str) -> bool {
        let schema = self.snapshot.schema().table(table);
        schema.is_some_and(|table| {
            let is_name = |index: &Vec<Arc<str>>| matches!(index.as_slice(), [only] if **only == *"name");
            table.indexes.iter().any(is_name)
        })
    }

    fn find(&self, row: &RowId, depth: usize) -> Found {
        let there = |uuid: Uuid| match self.get(&row.table, uuid) {
            Some(_) => Found::Row(uuid),
            None => Found::Absent,
        };
        if let Some(given) = self.made.get(&row.uuid) {
            return there(*given);
        }
        if !row.is_planned() {
            if let found @ Found::Row(_) = there(row.uuid) {
                return found;
            }
            // A row that is only changed and that has gone is gone: whoever has its name now is another.
            let is_made = self
                .rows
                .get(&row.uuid)
                .is_some_and(|(_, columns)| columns.is_some());
            if !is_made {
                return Found::Absent;
            }
        }
        match &row.name {
            Some(name) if self.is_index(&row.table) => {
                self.named(&row.table, name).map_or(Found::Absent, Found::Row)
            }
            _ => self.alike(row, depth),
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

    /// The row with the columns that the plan gave it, among those to which the rows refer that referred to it.
    fn alike(&self, row: &RowId, depth: usize) -> Found {
        let Some((_, Some(columns))) = self.rows.get(&row.uuid) else {
            return Found::Absent;
        };
        let Some(depth) = depth.checked_sub(1) else {
            return Found::Absent;
        };
        let among = match self.places.get(&row.uuid) {
            Some(places) => self.at(places, depth),
            None => self
                .snapshot
                .rows_of(&row.table)
                .map(|rows| rows.map(|row| row.uuid()).collect())
                .map_err(|error| error.to_string()),
        };
        let mut among = match among {
            Ok(among) => among,
            Err(why) => return Found::Unclear(why),
        };
        among.sort_unstable();
        among.dedup();
        let alike: Vec<Uuid> = among
            .into_iter()
            // Rows that are known to be others are not this one.
            .filter(|uuid| !self.rows.contains_key(uuid) && !self.made.values().any(|made| made == uuid))
            .filter(|uuid| {
                let found = self.get(&row.table, *uuid);
                found.is_some_and(|found| self.is_alike(columns, &found, depth))
            })
            .collect();
        match alike.as_slice() {
            [] => Found::Absent,
            [only] => Found::Row(*only),
            several => Found::Unclear(format!(
                "which of {} equal rows in table {} is {row} cannot be told",
                several.len(),
                row.table
            )),
        }
    }

    /// The rows to which these places refer now, without those that they had before.
    fn at(&self, places: &[Place], depth: usize) -> Result<Vec<Uuid>, String> {
        let mut rows = Vec::new();
        for place in places {
            let uuid = match self.find(&place.row, depth) {
                Found::Row(uuid) => uuid,
                Found::Absent => continue,
                Found::Unclear(why) => return Err(why),
            };
            let Some(found) = self.get(&place.row.table, uuid) else {
                continue;
            };
            let Ok(datum) = found.datum(&place.column) else {
                continue;
            };
            let atoms = datum.atoms().iter();
            let values = datum.pairs().iter();
            let values = values
                .filter(|(key, _)| place.key.as_ref().is_none_or(|known| known == key))
                .map(|(_, value)| value);
            let named = atoms.chain(values).filter_map(Atom::as_uuid);
            rows.extend(named.filter(|uuid| !place.others.contains(uuid)));
        }
        Ok(rows)
    }

    /// Whether a row has these values, and in its other columns what a new row has. What others put into its maps
    /// makes it no other row.
    fn is_alike(&self, columns: &Columns, row: &TableRow, depth: usize) -> bool {
        let schema = row.schema();
        schema.columns().iter().all(|column| {
            if column.ephemeral || is_status(row.table(), &column.name) {
                return true;
            }
            let Ok(found) = row.datum(&column.name) else {
                return true;
            };
            match columns.get(&*column.name) {
                Some(wanted) => self.is_same(wanted, found, depth),
                None => column.type_.value.is_some() || is_default(schema, &column.name, found),
            }
        })
    }

    fn is_same(&self, wanted: &Datum, found: &Datum, depth: usize) -> bool {
        let rows = wanted
            .atoms()
            .iter()
            .chain(wanted.pairs().iter().map(|(_, value)| value))
            .filter_map(Atom::as_uuid);
        // Two rows that are known only by one another.
        let is_nameless = |uuid: Uuid| {
            let known = self.rows.get(&uuid);
            known.is_some_and(|(row, _)| row.name.is_none() || !self.is_index(&row.table))
        };
        if rows.into_iter().any(is_nameless) {
            let size = |datum: &Datum| datum.atoms().len() + datum.pairs().len();
            return size(wanted) == size(found);
        }
        let wanted = map_rows(wanted, |uuid| {
            Atom::Uuid(self.reference_within(uuid, depth).unwrap_or(uuid))
        });
        match &wanted {
            Datum::Map(pairs) => pairs.iter().all(|pair| found.pairs().contains(pair)),
            wanted => found == wanted,
        }
    }
}

/// A value with other atoms for the rows that it names.
pub(crate) fn map_rows(datum: &Datum, of: impl Fn(Uuid) -> Atom) -> Datum {
    let atom = |atom: &Atom| match atom {
        Atom::Uuid(uuid) => of(*uuid),
        other => other.clone(),
    };
    match datum {
        Datum::One(one) => Datum::One(atom(one)),
        Datum::Set(atoms) => Datum::set(atoms.iter().map(atom)),
        Datum::Map(pairs) => Datum::map(pairs.iter().map(|(key, value)| (atom(key), atom(value)))),
    }
}

/// The rows that a change has a row refer to, before or after, and where.
fn places_in(change: &RowChange) -> Vec<(Uuid, Place)> {
    let mut places = Vec::new();
    let mut add = |column: &String, with: &Datum, without: &[&Datum]| {
        let others: Vec<Uuid> = without.iter().flat_map(|datum| rows_in(datum)).collect();
        let place = |key: Option<&Atom>| Place {
            row: change.row.clone(),
            column: column.clone(),
            key: key.cloned(),
            others: others.clone(),
        };
        let atoms = with.atoms().iter().filter_map(Atom::as_uuid);
        places.extend(atoms.map(|uuid| (uuid, place(None))));
        let pairs = with.pairs().iter();
        places.extend(pairs.filter_map(|(key, value)| Some((value.as_uuid()?, place(Some(key))))));
    };
    match &change.edit {
        RowEdit::Insert(columns) | RowEdit::Delete(columns) => {
            for (column, datum) in columns {
                add(column, datum, &[]);
            }
        }
        RowEdit::Update(columns) => {
            for (column, edit) in columns {
                let (before, after) = match edit {
                    ColumnEdit::Replace { before, after } => (before, after),
                    ColumnEdit::Elements { removed, added } => (removed, added),
                };
                add(column, before, &[after]);
                add(column, after, &[before]);
            }
        }
    }
    places
}

/// The wire name of a table, where `NAME` is taken by the column of that name.
trait Named {
    const TABLE: &'static str;
}

impl<T: Table> Named for T {
    const TABLE: &'static str = <T as Table>::NAME;
}
