//! How changed rows are printed: `<table-updates>` of RFC 7047 §4.1.6 and `<table-updates2>` of ovsdb-server(7)
//! §4.1.14.

use std::io::Write;

use uuid::Uuid;

use super::{
    super::database::{Record, TableId},
    monitor::{MonitoredColumn, MonitoredTable},
};
use crate::wire::{Datum, MonitorSelect, difference};

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Initial,
    Insert,
    Modify,
    Delete,
}

impl Kind {
    fn of(old: Option<&Record>, new: Option<&Record>) -> Option<Self> {
        match (old, new) {
            (None, None) => None,
            (None, Some(_)) => Some(Kind::Insert),
            (Some(_), Some(_)) => Some(Kind::Modify),
            (Some(_), None) => Some(Kind::Delete),
        }
    }

    fn is_selected(self, select: MonitorSelect) -> bool {
        match self {
            Kind::Initial => select.initial,
            Kind::Insert => select.insert,
            Kind::Modify => select.modify,
            Kind::Delete => select.delete,
        }
    }
}

/// An object of tables of rows, in the making. A table begins with its first row that prints.
pub(super) struct Updates {
    out: Vec<u8>,
    table: Option<TableId>,
}

impl Updates {
    pub(super) fn new() -> Self {
        Self {
            out: b"{".to_vec(),
            table: None,
        }
    }

    /// Adds a row, unless `print` says that there is nothing to print. Rows come ordered by table.
    pub(super) fn row(
        &mut self,
        id: TableId,
        table: &MonitoredTable,
        uuid: Uuid,
        print: impl FnOnce(&mut Vec<u8>) -> bool,
    ) {
        let start = self.out.len();
        let is_new_table = self.table != Some(id);
        let out = &mut self.out;
        if is_new_table {
            out.extend_from_slice(if self.table.is_some() { b"}," } else { b"" });
            value(out, &table.schema.name);
            out.extend_from_slice(b":{\"");
        } else {
            out.extend_from_slice(b",\"");
        }
        let mut buffer = Uuid::encode_buffer();
        out.extend_from_slice(uuid.hyphenated().encode_lower(&mut buffer).as_bytes());
        out.extend_from_slice(b"\":");
        if print(out) {
            self.table = Some(id);
        } else {
            out.truncate(start);
        }
    }

    /// The object, and whether it holds any row.
    pub(super) fn finish(mut self) -> (String, bool) {
        self.out
            .extend_from_slice(if self.table.is_some() { b"}}" } else { b"}" });
        let is_any = self.table.is_some();
        (String::from_utf8(self.out).unwrap_or_default(), is_any)
    }
}

/// Prints `<row-update>`: version 1. Whether there is anything to tell.
pub(super) fn row_update(
    out: &mut Vec<u8>,
    table: &MonitoredTable,
    old: Option<&Record>,
    new: Option<&Record>,
    kind: Option<Kind>,
) -> bool {
    let Some(kind) = kind.or_else(|| Kind::of(old, new)) else {
        return false;
    };
    if !kind.is_selected(table.select) {
        return false;
    }
    let start = out.len();
    out.push(b'{');
    let selected = || {
        table
            .columns
            .iter()
            .filter(|column| kind.is_selected(column.select))
    };
    if let (Some(old), Some(new)) = (old, new) {
        let differs = |column: &MonitoredColumn| old.value(column.column) != new.value(column.column);
        if !table.columns.iter().any(differs) {
            out.truncate(start);
            return false;
        }
    }
    if let Some(old) = old {
        out.extend_from_slice(b"\"old\":");
        let changed = selected().filter_map(|column| {
            let value = old.value(column.column);
            let is_told = new.is_none_or(|new| new.value(column.column) != value);
            is_told.then_some((column, value))
        });
        cells(out, changed);
    }
    if let Some(new) = new {
        out.extend_from_slice(if old.is_some() { b",\"new\":" } else { b"\"new\":" });
        cells(out, selected().map(|column| (column, new.value(column.column))));
    }
    out.push(b'}');
    true
}

/// Prints `<row-update2>`: versions 2 and 3. Whether there is anything to tell.
pub(super) fn row_update2(
    out: &mut Vec<u8>,
    table: &MonitoredTable,
    old: Option<&Record>,
    new: Option<&Record>,
    kind: Option<Kind>,
) -> bool {
    let Some(kind) = Kind::of(old, new).map(|found| kind.unwrap_or(found)) else {
        return false;
    };
    if !kind.is_selected(table.select) {
        return false;
    }
    let selected = || {
        table
            .columns
            .iter()
            .filter(|column| kind.is_selected(column.select))
    };
    let start = out.len();
    match (kind, old, new) {
        (Kind::Initial | Kind::Insert, _, Some(new)) => {
            out.extend_from_slice(if kind == Kind::Initial {
                b"{\"initial\":"
            } else {
                b"{\"insert\":"
            });
            let set = selected().filter_map(|column| {
                let value = new.value(column.column);
                let is_default = column.column.type_(&table.schema).is_default(&value);
                (!is_default).then_some((column, value))
            });
            cells(out, set);
        }
        (Kind::Modify, Some(old), Some(new)) => {
            out.extend_from_slice(b"{\"modify\":");
            let changed = selected().filter_map(|column| {
                let type_ = column.column.type_(&table.schema);
                let change = difference(type_, &old.value(column.column), &new.value(column.column))?;
                Some((column, std::borrow::Cow::Owned(change)))
            });
            let differs = |column: &MonitoredColumn| old.value(column.column) != new.value(column.column);
            if !table.columns.iter().any(differs) {
                out.truncate(start);
                return false;
            }
            cells(out, changed);
        }
        _ => out.extend_from_slice(b"{\"delete\":null"),
    }
    out.push(b'}');
    true
}

/// Prints an object of columns.
fn cells<'a>(
    out: &mut Vec<u8>,
    cells: impl Iterator<Item = (&'a MonitoredColumn, std::borrow::Cow<'a, Datum>)>,
) {
    out.push(b'{');
    for (number, (column, datum)) in cells.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        out.extend_from_slice(column.member.as_bytes());
        value(out, &*datum);
    }
    out.push(b'}');
}

/// Prints a value. Writing to memory does not fail, and no value lacks a notation.
fn value<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    if serde_json::to_writer(&mut *out, value).is_err() {
        let _ = out.write_all(b"null");
    }
}
