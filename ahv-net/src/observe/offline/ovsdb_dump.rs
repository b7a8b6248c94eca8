//! The text of `ovsdb-client dump`, in its default form and as JSON (`--format=json`).

use ovsdb_client::wire::{Atom, Datum};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::atom::datum;
use super::capture::Notes;
use super::rows::{Columns, Rows};

/// The table that a caption such as `Bridge table` names.
pub(super) fn table_of(caption: &str) -> Option<&str> {
    let table = caption.strip_suffix(" table")?;
    (!table.is_empty()
        && table
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    .then_some(table)
}

/// Reads the default form: for each table its caption, the names of its columns, a rule of dashes, and a
/// row a line. The dashes tell how wide each column is, in bytes.
pub(super) fn tables(text: &str, notes: &mut Notes) -> Rows {
    let mut rows = Rows::default();
    let mut table: Option<Table<'_>> = None;
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        if let Some(name) = table_of(line)
            && lines.peek().is_some_and(|(_, next)| is_heading(next))
        {
            let headings = lines.next().map_or("", |(_, line)| line);
            let rule = lines.next().map_or("", |(_, line)| line);
            table = Table::of(name, headings, rule);
            if table.is_none() {
                notes.line(number, "a table without its columns");
            }
        } else if line.trim().is_empty() {
            table = None;
        } else if let Some(table) = &table {
            table.row(line, number, &mut rows, notes);
        }
    }
    rows
}

/// Whether a line names the columns of a table, of which a dump shows `_uuid` first.
pub(super) fn is_heading(line: &str) -> bool {
    line.split(' ').next() == Some("_uuid")
}

struct Table<'t> {
    name: &'t str,
    columns: Vec<Column<'t>>,
}

struct Column<'t> {
    name: &'t str,
    from: usize,
    to: usize,
}

impl<'t> Table<'t> {
    fn of(name: &'t str, headings: &'t str, rule: &str) -> Option<Self> {
        if rule.is_empty() || !rule.bytes().all(|byte| matches!(byte, b'-' | b' ')) {
            return None;
        }
        let mut columns = Vec::new();
        let mut from = 0;
        for dashes in rule.split(' ') {
            let to = from + dashes.len();
            let name = headings.get(from..to.min(headings.len()))?.trim();
            columns.push(Column { name, from, to });
            from = to + 1;
        }
        Some(Self { name, columns })
    }

    fn row(&self, line: &str, number: usize, rows: &mut Rows, notes: &mut Notes) {
        let mut columns = Columns::new();
        for column in &self.columns {
            let cell = line.get(column.from.min(line.len())..column.to.min(line.len()));
            match cell.and_then(datum) {
                Some(value) => {
                    columns.insert(column.name.to_owned(), value);
                }
                None => notes.line(
                    number,
                    format!("column {} of table {} is no value", column.name, self.name),
                ),
            }
        }
        keep(self.name, columns, number, rows, notes);
    }
}

/// Reads the JSON form: one object a table.
pub(super) fn json(text: &str, notes: &mut Notes) -> Rows {
    #[derive(Deserialize)]
    struct Table<'t> {
        caption: String,
        headings: Vec<String>,
        #[serde(borrow)]
        data: Vec<Vec<&'t RawValue>>,
    }

    let mut rows = Rows::default();
    let mut tables = serde_json::Deserializer::from_str(text).into_iter::<Table<'_>>();
    loop {
        let number = line_at(text, tables.byte_offset());
        let table = match tables.next() {
            None => return rows,
            Some(Ok(table)) => table,
            Some(Err(error)) => {
                notes.line(error.line(), format!("no table: {error}"));
                return rows;
            }
        };
        let Some(name) = table_of(&table.caption) else {
            notes.line(number, "a caption that names no table");
            continue;
        };
        for cells in &table.data {
            let mut columns = Columns::new();
            for (heading, cell) in table.headings.iter().zip(cells) {
                match serde_json::from_str::<Datum>(cell.get()) {
                    Ok(value) => {
                        columns.insert(heading.clone(), value);
                    }
                    Err(_) => notes.line(number, format!("column {heading} of table {name} is no value")),
                }
            }
            keep(name, columns, number, &mut rows, notes);
        }
    }
}

/// The line of the first character at or after `offset` that is no white space.
fn line_at(text: &str, offset: usize) -> usize {
    let blank = |rest: &str| rest.len() - rest.trim_start().len();
    let offset = offset + text.get(offset..).map_or(0, blank);
    let before = text.get(..offset).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

fn keep(table: &str, mut columns: Columns, number: usize, rows: &mut Rows, notes: &mut Notes) {
    let uuid = columns
        .remove("_uuid")
        .and_then(|uuid| uuid.one().and_then(Atom::as_uuid));
    match uuid {
        Some(uuid) => {
            let table = rows.tables.entry(table.to_owned()).or_default();
            table.insert(uuid, columns);
        }
        None => notes.line(number, format!("a row of table {table} without its uuid")),
    }
}

#[cfg(test)]
mod tests {
    use libvirt_model::vocab::VlanId;

    use super::*;

    const TABLE: &str = "\
Bridge table
_uuid                                name ports                                 \n\
------------------------------------ ---- --------------------------------------\n\
7f99f336-8baa-48e1-aefb-146bd3be49ea br0  [2dd07f39-3b60-44c0-a86e-bbd9e1a090a7]\n\
\n\
Open_vSwitch table
_uuid                                bridges                                external_ids
------------------------------------ -------------------------------------- -----------------------
35ab8156-1f47-44da-a31d-661e41c0d0f8 [7f99f336-8baa-48e1-aefb-146bd3be49ea] {hostname=\"a, b\", x=y}
\n\
Port table
_uuid                                name     tag trunks
------------------------------------ -------- --- ------
2dd07f39-3b60-44c0-a86e-bbd9e1a090a7 \"tap é\" 5   [1, 3]\n";

    const JSON: &str = r#"{"caption":"Bridge table","data":[[["uuid","7f99f336-8baa-48e1-aefb-146bd3be49ea"],"br0",["uuid","2dd07f39-3b60-44c0-a86e-bbd9e1a090a7"]]],"headings":["_uuid","name","ports"]}
{"caption":"Open_vSwitch table","data":[[["uuid","35ab8156-1f47-44da-a31d-661e41c0d0f8"],["uuid","7f99f336-8baa-48e1-aefb-146bd3be49ea"],["map",[["hostname","a, b"],["x","y"]]]]],"headings":["_uuid","bridges","external_ids"]}
{"caption":"Port table","data":[[["uuid","2dd07f39-3b60-44c0-a86e-bbd9e1a090a7"],"tap é",5,["set",[1,3]]]],"headings":["_uuid","name","tag","trunks"]}
"#;

    #[test]
    fn both_forms_read_alike() {
        let mut notes = Notes::of("dump.txt");
        let table = tables(TABLE, &mut notes);
        assert_eq!(notes.sentences(), Vec::<String>::new());
        let json = json(JSON, &mut notes);
        assert_eq!(table.tables, json.tables);
        let said = table.observation(&mut notes);
        assert_eq!(notes.sentences(), Vec::<String>::new());
        let port = &said.bridges[0].ports[0];
        assert_eq!(
            (port.name.as_str(), port.tag.map(VlanId::get)),
            ("tap é", Some(5))
        );
        assert_eq!(said.external_ids["hostname"], "a, b");
    }

    #[test]
    fn a_dump_that_is_cut_off_keeps_what_came_before() {
        let mut notes = Notes::of("dump.txt");
        let cut = TABLE.len() - 5;
        let rows = tables(&TABLE[..cut], &mut notes);
        assert_eq!(rows.tables["Port"].len(), 1);
        assert_eq!(
            notes.sentences(),
            ["dump.txt, line 14: column trunks of table Port is no value"]
        );
        let mut notes = Notes::of("dump.json");
        let rows = json(&JSON[..JSON.len() - 30], &mut notes);
        assert!(rows.tables.contains_key("Open_vSwitch") && !rows.tables.contains_key("Port"));
        assert_eq!(notes.sentences().len(), 1);
        assert!(notes.sentences()[0].starts_with("dump.json, line 3: no table"));
    }
}
