//! A standalone database file (`conf.db`): a log of transactions (ovsdb(7), "Standalone Database Format").

use std::borrow::Cow;
use std::collections::BTreeMap;

use ovsdb_client::wire::{ColumnType, DatabaseSchema, Datum, Max, apply_difference};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::capture::{Notes, is_remark};
use super::rows::Rows;

/// What every record of a standalone database file begins with.
pub(super) const MAGIC: &str = "OVSDB JSON ";

/// Reads the log up to its first record that is damaged, as ovsdb-server does: what follows would change
/// rows that are not as they were. The checksums of the records are not verified.
pub(super) fn read(bytes: &[u8], notes: &mut Notes) -> Rows {
    let mut rows = Rows::default();
    let mut schema = None;
    let mut records = Records::of(bytes);
    loop {
        let (line, text) = match records.next() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err((line, what)) => {
                notes.line(line, format!("{what}; what was written before it is shown"));
                break;
            }
        };
        let read = match &schema {
            None => DatabaseSchema::parse(&text)
                .map_err(|error| error.to_string())
                .and_then(|read| match &*read.name {
                    "Open_vSwitch" => {
                        rows.schema_version = Some(read.version.to_string());
                        schema = Some(read);
                        Ok(())
                    }
                    other => Err(format!("the database is {other} and not Open_vSwitch")),
                }),
            Some(schema) => replay(&text, schema, &mut rows),
        };
        if let Err(what) = read {
            notes.line(line, format!("{what}; what was written before it is shown"));
            break;
        }
    }
    match schema {
        Some(schema) => fill_in(&schema, &mut rows),
        None if notes.is_empty() => notes.whole("it has no record"),
        None => {}
    }
    rows
}

/// A log leaves out what is the default. Ephemeral columns it never has: of those nothing is known.
fn fill_in(schema: &DatabaseSchema, rows: &mut Rows) {
    for (name, rows) in &mut rows.tables {
        let Some(table) = schema.table(name) else { continue };
        let scalars = table.columns().iter().filter(|column| {
            let type_ = &column.type_;
            !column.ephemeral && type_.value.is_none() && type_.min == 1 && type_.max == Max::Count(1)
        });
        for column in scalars {
            for row in rows.values_mut() {
                row.entry(column.name.to_string())
                    .or_insert_with(|| Datum::One(column.type_.key.type_.default_atom()));
            }
        }
    }
}

/// The records of a log, with the line on which each begins.
struct Records<'b> {
    rest: &'b [u8],
    line: usize,
}

/// The line on which a record begins, and its text.
type Record<'b> = (usize, Cow<'b, str>);

impl<'b> Records<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, line: 1 }
    }

    /// The next record; `None` at the end, and where it is damaged the line and what is wrong.
    fn next(&mut self) -> Result<Option<Record<'b>>, (usize, String)> {
        loop {
            let Some((head, after)) = split_line(self.rest) else {
                return Ok(None);
            };
            let line = self.line;
            let head = String::from_utf8_lossy(head);
            self.line += 1;
            self.rest = after;
            if head.trim().is_empty() || is_remark(&head) {
                continue;
            }
            let length = head
                .strip_prefix(MAGIC)
                .and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok())
                .ok_or_else(|| (line, "not the head of a record".to_owned()))?;
            let Some((body, after)) = after.split_at_checked(length) else {
                return Err((line, format!("the record of {length} bytes is cut off")));
            };
            self.rest = after;
            self.line += body.iter().filter(|byte| **byte == b'\n').count();
            return Ok(Some((line, String::from_utf8_lossy(body))));
        }
    }
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..).unwrap_or_default()))
}

/// Applies one transaction, or nothing of it. Members with an underscore say who wrote it and when; a row of `null` is
/// deleted; of a row that is there only the columns that changed are written, and with `_is_diff` as
/// differences.
fn replay(text: &str, schema: &DatabaseSchema, rows: &mut Rows) -> Result<(), String> {
    type Changes = BTreeMap<Uuid, Option<BTreeMap<String, Datum>>>;
    let unreadable = |error: serde_json::Error| format!("not a transaction: {error}");
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(unreadable)?;
    let differences = members.get("_is_diff").is_some_and(|value| value.get() == "true");
    // All of it or nothing: what is damaged in the middle has not happened.
    let mut staged = Vec::new();
    for (name, changes) in members.iter().filter(|(name, _)| !name.starts_with('_')) {
        let changes: Changes = serde_json::from_str(changes.get()).map_err(unreadable)?;
        let columns = schema.table(name);
        for (uuid, change) in changes {
            let Some(change) = change else {
                staged.push((name, uuid, None));
                continue;
            };
            let known = rows.tables.get(name).and_then(|table| table.get(&uuid));
            let mut row = known.cloned().unwrap_or_default();
            for (column, value) in change {
                let type_ = columns.and_then(|table| Some(&table.column(&column)?.1.type_));
                let value = match type_ {
                    Some(type_) => {
                        let value = type_
                            .conform_atoms(value)
                            .map_err(|error| format!("column {column} of table {name}: {error}"))?;
                        if differences && known.is_some() {
                            changed(type_, row.get(&column), &value)
                        } else {
                            value
                        }
                    }
                    None => value,
                };
                row.insert(column, value);
            }
            staged.push((name, uuid, Some(row)));
        }
    }
    for (name, uuid, row) in staged {
        let table = rows.tables.entry(name.clone()).or_default();
        match row {
            Some(row) => table.insert(uuid, row),
            None => table.remove(&uuid),
        };
    }
    Ok(())
}

fn changed(type_: &ColumnType, old: Option<&Datum>, change: &Datum) -> Datum {
    if !type_.has_difference() {
        return change.clone();
    }
    match old {
        Some(old) => apply_difference(type_, old, change),
        None => apply_difference(type_, &type_.default_datum(), change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"name":"Open_vSwitch","version":"7.4.0","tables":{"Open_vSwitch":{"columns":{"bridges":{"type":{"key":{"type":"uuid","refTable":"Bridge"},"min":0,"max":"unlimited"}}},"isRoot":true},"Bridge":{"columns":{"name":{"type":"string"},"flood_vlans":{"type":{"key":"integer","min":0,"max":4096}}}}}}"#;
    const ROOT: &str = "00000000-0000-0000-0000-000000000001";
    const BRIDGE: &str = "00000000-0000-0000-0000-000000000002";

    fn log(records: &[&str]) -> String {
        records
            .iter()
            .map(|record| format!("{MAGIC}{} 0000\n{record}\n", record.len() + 1))
            .collect()
    }

    fn read_text(text: &str) -> (Rows, Vec<String>) {
        let mut notes = Notes::of("conf.db");
        let rows = read(text.as_bytes(), &mut notes);
        (rows, notes.sentences())
    }

    fn transactions() -> [String; 3] {
        [
            format!(
                r#"{{"_date":1,"Open_vSwitch":{{"{ROOT}":{{"bridges":["uuid","{BRIDGE}"]}}}},"Bridge":{{"{BRIDGE}":{{"name":"br0","flood_vlans":["set",[1,2]]}}}}}}"#
            ),
            format!(
                r#"{{"_is_diff":true,"Bridge":{{"{BRIDGE}":{{"flood_vlans":["set",[2,3]],"name":"br1"}}}}}}"#
            ),
            format!(
                r#"{{"Bridge":{{"{BRIDGE}":null}},"Open_vSwitch":{{"{ROOT}":{{"bridges":["set",[]]}}}}}}"#
            ),
        ]
    }

    #[test]
    fn rows_are_made_changed_by_value_and_by_difference_and_deleted() {
        let [insert, difference, delete] = transactions();
        let (rows, damage) = read_text(&log(&[SCHEMA, &insert]));
        assert_eq!(
            (damage, rows.schema_version.as_deref()),
            (Vec::new(), Some("7.4.0"))
        );
        assert_eq!(rows.observation(&mut Notes::of("x")).bridges[0].name, "br0");
        let (rows, _) = read_text(&log(&[SCHEMA, &insert, &difference]));
        let bridge = &rows.tables["Bridge"][&BRIDGE.parse::<Uuid>().unwrap()];
        let vlans: Vec<_> = bridge["flood_vlans"]
            .atoms()
            .iter()
            .filter_map(|atom| atom.as_integer())
            .collect();
        assert_eq!(vlans, [1, 3]);
        assert_eq!(bridge["name"].one().unwrap().as_str(), Some("br1"));
        let (rows, _) = read_text(&log(&[SCHEMA, &insert, &difference, &delete]));
        assert_eq!(rows.tables["Bridge"].len(), 0);
    }

    #[test]
    fn a_log_that_is_cut_off_shows_what_was_written_before() {
        let [insert, difference, _] = transactions();
        let whole = log(&[SCHEMA, &insert, &difference]);
        let (rows, damage) = read_text(&format!("# source: a test\n{}", &whole[..whole.len() - 20]));
        assert_eq!(rows.observation(&mut Notes::of("x")).bridges[0].name, "br0");
        assert_eq!(damage.len(), 1);
        assert!(
            damage[0].starts_with("conf.db, line 6: the record of"),
            "{damage:?}"
        );
    }

    #[test]
    fn what_is_no_such_log_is_said() {
        for (text, said) in [
            ("OVSDB JSON 5 00\n{}  \nnonsense", "line 1"),
            ("OVSDB JSON x 00\n", "not the head of a record"),
            ("", "it has no record"),
        ] {
            let (_, damage) = read_text(text);
            assert!(damage[0].contains(said), "{damage:?}");
        }
        let other = log(&[r#"{"name":"hardware_vtep","version":"1.0.0","tables":{}}"#]);
        assert!(read_text(&other).1[0].contains("hardware_vtep and not Open_vSwitch"));
        let half = format!(r#"{{"Bridge":{{"{BRIDGE}":{{"name":"br0"}}}},"Open_vSwitch":3}}"#);
        assert!(read_text(&log(&[SCHEMA, &half])).0.tables.is_empty());
        let broken = log(&[SCHEMA, "{\"Bridge\":3}"]);
        assert!(read_text(&broken).1[0].contains("line 3: not a transaction"));
    }
}
