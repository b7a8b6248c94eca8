use std::collections::BTreeMap;

use ovsdb_client::replica::Snapshot;
use ovsdb_client::table::TableRow;
use ovsdb_client::wire::Datum;

use super::Stand;
use crate::apply::resolve::{Found, Made, Resolver};
use crate::edit::{ColumnEdit, Columns, RowChange, RowEdit};

/// How row changes stand.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// What of them is done: changes of which the rest is left out.
    pub(crate) after: Vec<RowChange>,
    /// How many parts are not done.
    pub(crate) before: usize,
    /// What is not there any more, a sentence each.
    pub(crate) gone: Vec<String>,
    /// What others made of it, a sentence each.
    pub(crate) neither: Vec<String>,
    /// What could be this or another's, a sentence each.
    pub(crate) unclear: Vec<String>,
}

impl Rows {
    /// As one.
    pub(crate) fn stand(&self) -> Stand {
        if let Some(neither) = self.unclear.first().or(self.neither.first()) {
            return Stand::Neither(neither.clone());
        }
        if let Some(gone) = self.gone.first() {
            return Stand::Gone(gone.clone());
        }
        match (self.before, self.after.is_empty()) {
            (0, false) => Stand::After,
            (0, true) => Stand::Before,
            (_, true) => Stand::Before,
            (_, false) => Stand::Neither("the change of the database is done in part".to_owned()),
        }
    }
}

/// How row changes stand in a snapshot, part by part.
pub(crate) fn rows(changes: &[RowChange], made: &Made, snapshot: &Snapshot) -> Rows {
    rows_among(changes, changes, made, snapshot)
}

/// As [`rows`], of some of the changes of a plan that may name rows of the others.
pub(crate) fn rows_among(changes: &[RowChange], all: &[RowChange], made: &Made, snapshot: &Snapshot) -> Rows {
    let resolver = Resolver::new(snapshot, all, made);
    let mut found = Rows::default();
    for change in changes {
        let row = match resolver.row(&change.row) {
            Found::Row(uuid) => resolver.get(&change.row.table, uuid),
            Found::Absent => None,
            Found::Unclear(why) => {
                found.unclear.push(why);
                continue;
            }
        };
        match (&change.edit, row) {
            (RowEdit::Insert(_), None) => found.before += 1,
            (RowEdit::Insert(columns), Some(row)) => match odd(columns, &row, &resolver, true) {
                None => found.after.push(change.clone()),
                Some(odd) => found.neither.push(format!("{} is there, but {odd}", change.row)),
            },
            (RowEdit::Delete(_), None) => found.after.push(change.clone()),
            (RowEdit::Delete(columns), Some(row)) => {
                match odd(columns, &row, &resolver, change.row.is_planned()) {
                    None => found.before += 1,
                    Some(odd) => found
                        .neither
                        .push(format!("{} is still there, but {odd}", change.row)),
                }
            }
            (RowEdit::Update(_), None) => found.gone.push(format!("{} is not there any more", change.row)),
            (RowEdit::Update(columns), Some(row)) => {
                let mut done = BTreeMap::new();
                for (column, edit) in columns {
                    match stand(edit, row.datum(column).ok(), &resolver) {
                        Stand::After => {
                            let torn = partner_changed(column, columns, &row, &resolver);
                            match torn {
                                None => {
                                    done.insert(column.clone(), edit.clone());
                                }
                                Some(partner) => found.neither.push(format!(
                                    "{} {column} goes together with {partner}, which others changed",
                                    change.row
                                )),
                            }
                        }
                        Stand::Before => found.before += 1,
                        Stand::Gone(why) | Stand::Neither(why) => {
                            found.neither.push(format!("{} {column} {why}", change.row));
                        }
                    }
                }
                if !done.is_empty() {
                    found.after.push(RowChange {
                        row: change.row.clone(),
                        edit: RowEdit::Update(done),
                    });
                }
            }
        }
    }
    found
}

/// Columns that say something only together: undoing some of them would make what nobody set.
const TOGETHER: &[&[&str]] = &[&["cvlans", "tag", "trunks", "vlan_mode"], &["bond_mode", "lacp"]];

/// A column of the same change that goes together with this one and is not as the change left it.
fn partner_changed<'c>(
    column: &str,
    columns: &'c BTreeMap<String, ColumnEdit>,
    row: &TableRow,
    resolver: &Resolver<'_>,
) -> Option<&'c str> {
    let together = TOGETHER.iter().find(|together| together.contains(&column))?;
    columns.iter().find_map(|(other, edit)| {
        let is_partner = other != column && together.contains(&other.as_str());
        let is_done = || stand(edit, row.datum(other).ok(), resolver) == Stand::After;
        (is_partner && !is_done()).then_some(other.as_str())
    })
}

/// The first column that is not as a change has it, in a clause. Maps may hold more where `more` is.
fn odd(columns: &Columns, row: &TableRow, resolver: &Resolver<'_>, more: bool) -> Option<String> {
    columns.iter().find_map(|(column, wanted)| {
        let wanted = resolver.here(wanted);
        let found = row.datum(column).ok()?;
        let fits = match &wanted {
            Datum::Map(pairs) if more => pairs.iter().all(|pair| found.pairs().contains(pair)),
            wanted => found == wanted,
        };
        (!fits).then(|| format!("its {column} is {found} and not {wanted}"))
    })
}

fn stand(edit: &ColumnEdit, found: Option<&Datum>, resolver: &Resolver<'_>) -> Stand {
    let Some(found) = found else {
        return Stand::Gone("is not a column of this server".to_owned());
    };
    match edit {
        ColumnEdit::Replace { before, after } => {
            if *found == resolver.here(after) {
                Stand::After
            } else if *found == resolver.here(before) {
                Stand::Before
            } else {
                Stand::Neither(format!("is {found}, neither {before} nor {after}"))
            }
        }
        ColumnEdit::Elements { removed, added } => {
            let (removed, added) = (resolver.here(removed), resolver.here(added));
            let all = |of: &Datum| {
                of.atoms().iter().all(|atom| found.contains(atom))
                    && of.pairs().iter().all(|pair| found.pairs().contains(pair))
            };
            let none = |of: &Datum| {
                !of.atoms().iter().any(|atom| found.contains(atom))
                    && !of.pairs().iter().any(|pair| found.pairs().contains(pair))
            };
            if all(&added) && none(&removed) {
                Stand::After
            } else if all(&removed) && none(&added) {
                Stand::Before
            } else {
                Stand::Neither(format!("is {found}"))
            }
        }
    }
}
