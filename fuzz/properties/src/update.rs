//! Updates as a server sends them, each line a reply or a notification's updates, in the notation that the first byte names.
//!
//! What reads is printed so that it reads the same. A replica takes each as a whole: what does not fit changes nothing that
//! readers see, what fits is one generation, and the difference to the state before is what leads from it to the new one.

use std::collections::BTreeMap;

use ovsdb_client::fuzz::Replica;
use ovsdb_client::replica::Snapshot;
use ovsdb_client::wire::{
    DatabaseSchema, Datum, Interner, RowForm, RowUpdate, RowUpdate2, TableUpdates, decode_update_notification,
};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Columns of each shape.
const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{
    "A":{"columns":{"name":{"type":"string"},"on":{"type":"boolean"},"n":{"type":"integer"},"r":{"type":"real"},
        "tag":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0}},
        "set":{"type":{"key":"string","min":0,"max":"unlimited"}},
        "map":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},
        "mode":{"type":{"key":{"type":"string","enum":["set",["access","trunk"]]},"min":0}},
        "to":{"type":{"key":{"type":"uuid","refTable":"B"},"min":0,"max":3}}},"indexes":[["name"]]},
    "B":{"columns":{"id":{"type":"uuid"},"pair":{"type":{"key":"integer","value":"real","min":1,"max":2}}}}}}"#;

pub(crate) fn update(input: &[u8]) {
    let Some((notation, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let schema = DatabaseSchema::parse(SCHEMA).expect("it is a schema");
    let mut replica = Replica::new(schema.clone(), notation % 4);
    let mut must_reply = true;
    for line in text.lines() {
        let Ok(json) = serde_json::from_str::<&RawValue>(line) else {
            continue;
        };
        for method in ["update", "update3"] {
            let _ = decode_update_notification(method, json);
        }
        reads_as_printed::<RowUpdate>(json, &schema);
        reads_as_printed::<RowUpdate2>(json, &schema);
        let before = replica.snapshot();
        let mut watch = replica.watch();
        let applied = if must_reply {
            replica.reply(json)
        } else {
            replica.update(json)
        };
        let after = replica.snapshot();
        match applied {
            Err(reason) => {
                assert!(!reason.is_empty());
                assert_eq!(after.generation(), before.generation());
                assert_eq!(rows(&after), rows(&before), "half an update was seen");
                must_reply = true;
            }
            Ok(()) => {
                assert_eq!(after.generation(), before.generation() + 1);
                leads_to(&before, &after);
                super::watch::follow(&mut watch, &after);
                must_reply = false;
            }
        }
    }
}

fn reads_as_printed<U: RowForm + PartialEq + std::fmt::Debug>(json: &RawValue, schema: &DatabaseSchema) {
    let mut interner = Interner::none();
    let Ok(updates) = TableUpdates::<U>::from_json(json, schema, &mut interner) else {
        return;
    };
    // Twice, for a real is printed with 15 digits, and of equal names the last is kept.
    let mut read = updates;
    let mut printed = String::new();
    for pass in 0..2 {
        let text = serde_json::to_string(&read).expect("updates print");
        assert!(pass == 0 || text == printed, "{text}");
        let raw = RawValue::from_string(text.clone()).expect("it is JSON");
        read = TableUpdates::from_json(&raw, schema, &mut interner)
            .unwrap_or_else(|error| panic!("{error}: {text}"));
        printed = text;
    }
}

type Rows = BTreeMap<(String, Uuid), Vec<(u16, Datum)>>;

fn rows(snapshot: &Snapshot) -> Rows {
    let tables = snapshot.tables().cloned().collect::<Vec<_>>();
    let rows = tables.iter().flat_map(|table| {
        let rows = snapshot.rows_of(table).expect("it is one of its tables");
        rows.map(|row| ((table.to_string(), row.uuid()), row.cells().cells().to_vec()))
    });
    rows.collect()
}

/// The changes between two snapshots, applied to the rows of the one, are the rows of the other.
fn leads_to(before: &Snapshot, after: &Snapshot) {
    let mut told = rows(before);
    for change in after.changes_since(before) {
        let row = change
            .new
            .as_ref()
            .or(change.old.as_ref())
            .expect("a change is of a row");
        let key = (row.table().to_string(), row.uuid());
        let known = match &change.new {
            Some(new) => told.insert(key, new.cells().cells().to_vec()),
            None => told.remove(&key),
        };
        assert_eq!(known, change.old.as_ref().map(|old| old.cells().cells().to_vec()));
    }
    assert_eq!(told, rows(after));
}
