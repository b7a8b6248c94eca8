//! A replica against a plain model: the input is a script of changes, of tellings and of lost sessions, in one of the three
//! notations. After each telling the replica holds what the model holds, and so does a reader of its events alone.

use std::collections::{BTreeMap, BTreeSet};

use ovsdb_client::fuzz::Replica;
use ovsdb_client::replica::{Snapshot, Watch};
use ovsdb_client::table::TableRow;
use ovsdb_client::wire::{Atom, DatabaseSchema};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{"T":{"columns":{
    "n":{"type":"integer"},"o":{"type":{"key":"integer","min":0}},
    "s":{"type":{"key":"integer","min":0,"max":"unlimited"}},
    "m":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}}"#;

#[derive(Clone, Debug, Default, PartialEq)]
struct Plain {
    n: i64,
    o: Option<i64>,
    s: BTreeSet<i64>,
    m: BTreeMap<String, String>,
}

type Model = BTreeMap<Uuid, Plain>;

pub(crate) fn replica(input: &[u8]) {
    let Some((notation, script)) = input.split_first() else {
        return;
    };
    let notation = 1 + notation % 3;
    let schema = DatabaseSchema::parse(SCHEMA).expect("it is a schema");
    let mut replica = Replica::new(schema, notation);
    let (mut model, mut told) = (Model::new(), None::<Model>);
    let mut reader: Option<(Watch, Model)> = None;
    // Three bytes a step: what, which row, which value.
    for step in script.as_chunks::<3>().0 {
        let [what, row, value] = *step;
        let uuid = Uuid::from_u128(u128::from(row % 9) + 1);
        let number = i64::from(value % 7);
        match what % 10 {
            0 => drop(model.remove(&uuid)),
            1 => model.entry(uuid).or_default().n = number,
            2 => model.entry(uuid).or_default().o = (value < 128).then_some(number),
            3 | 4 => {
                let set = &mut model.entry(uuid).or_default().s;
                if !set.remove(&number) {
                    set.insert(number);
                }
            }
            5 => {
                let map = &mut model.entry(uuid).or_default().m;
                map.insert((value % 3).to_string(), (value / 64).to_string());
            }
            6 => drop(model.entry(uuid).or_default().m.remove(&(value % 3).to_string())),
            7 => {
                // What cannot be is refused as a whole, and nothing of it is seen.
                let before = held(&replica.snapshot());
                let nonsense = json!({"T": {uuid.to_string(): {"insert": {"n": 99}}, Uuid::nil().to_string(): {"modify": {"n": 1}}}});
                if told.is_some() && replica.update(&raw(&nonsense)).is_err() {
                    told = None;
                }
                assert!(told.is_none());
                assert_eq!(held(&replica.snapshot()), before);
            }
            8 => told = None,
            _ => {
                if value < 32 {
                    // Another reader begins here, or the one that was there begins anew.
                    reader = Some((replica.watch(), held(&replica.snapshot())));
                }
                tell(&mut replica, notation, told.as_ref(), &model);
                told = Some(model.clone());
                assert_eq!(held(&replica.snapshot()), model, "notation {notation}");
                if value % 2 == 0
                    && let Some((watch, rows)) = &mut reader
                {
                    read(watch, rows);
                    assert_eq!(*rows, model, "what events tell, notation {notation}");
                }
            }
        }
    }
}

/// Tells what is new, or everything where nothing was told.
fn tell(replica: &mut Replica, notation: u8, told: Option<&Model>, model: &Model) {
    let nothing = Model::new();
    let updates = updates(notation, told.unwrap_or(&nothing), model);
    let done = match told {
        Some(_) => replica.update(&raw(&updates)),
        None if notation == 3 => replica.reply(&raw(&json!([false, Uuid::nil(), updates]))),
        None => replica.reply(&raw(&updates)),
    };
    assert_eq!(done, Ok(()));
}

fn raw(json: &Value) -> Box<RawValue> {
    RawValue::from_string(json.to_string()).expect("it is JSON")
}

fn updates(notation: u8, before: &Model, after: &Model) -> Value {
    let uuids: BTreeSet<&Uuid> = before.keys().chain(after.keys()).collect();
    let mut rows = Map::new();
    for uuid in uuids {
        let (old, new) = (before.get(uuid), after.get(uuid));
        if old != new {
            rows.insert(uuid.to_string(), update(notation, old, new));
        }
    }
    json!({ "T": rows })
}

fn update(notation: u8, old: Option<&Plain>, new: Option<&Plain>) -> Value {
    match (notation, old, new) {
        (1, Some(old), Some(new)) => {
            let changed = old.cells().into_iter().zip(new.cells());
            let changed = changed.filter(|(old, new)| old != new).map(|(old, _)| old);
            json!({"old": object(changed), "new": object(new.cells())})
        }
        (1, None, Some(new)) => json!({"new": object(new.cells())}),
        (1, old, None) => json!({"old": object(old.into_iter().flat_map(Plain::cells))}),
        (_, Some(old), Some(new)) => json!({"modify": object(old.difference(new))}),
        (_, None, Some(new)) => {
            let cells = new.cells().into_iter().zip(Plain::default().cells());
            json!({"insert": object(cells.filter(|(cell, default)| cell != default).map(|(cell, _)| cell))})
        }
        (_, _, None) => json!({"delete": null}),
    }
}

fn object(cells: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    cells
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn set<'a>(atoms: impl IntoIterator<Item = &'a i64>) -> Value {
    json!(["set", atoms.into_iter().collect::<Vec<_>>()])
}

fn map<'a>(pairs: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    json!(["map", pairs.into_iter().collect::<Vec<_>>()])
}

impl Plain {
    fn cells(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("n", json!(self.n)),
            ("o", set(&self.o)),
            ("s", set(&self.s)),
            ("m", map(&self.m)),
        ]
    }

    /// The new value where there is one element at most, else what is on one side alone; a pair that changed as it is.
    fn difference(&self, new: &Self) -> Vec<(&'static str, Value)> {
        let mut cells = Vec::new();
        if self.n != new.n {
            cells.push(("n", json!(new.n)));
        }
        if self.o != new.o {
            cells.push(("o", set(&new.o)));
        }
        if self.s != new.s {
            cells.push(("s", set(self.s.symmetric_difference(&new.s))));
        }
        if self.m != new.m {
            let gone = self.m.iter().filter(|(key, _)| !new.m.contains_key(*key));
            let come = new
                .m
                .iter()
                .filter(|(key, value)| self.m.get(*key) != Some(*value));
            cells.push(("m", map(gone.chain(come))));
        }
        cells
    }

    fn of(row: &TableRow) -> Self {
        let datum = |column: &str| row.datum(column).expect("it is a column");
        let text = |atom: &Atom| atom.as_str().expect("it is a string").to_owned();
        let integers = |column: &str| {
            datum(column)
                .atoms()
                .iter()
                .filter_map(Atom::as_integer)
                .collect::<Vec<_>>()
        };
        Self {
            n: integers("n").first().copied().expect("a scalar holds one"),
            o: integers("o").first().copied(),
            s: integers("s").into_iter().collect(),
            m: datum("m")
                .pairs()
                .iter()
                .map(|(key, value)| (text(key), text(value)))
                .collect(),
        }
    }
}

fn held(snapshot: &Snapshot) -> Model {
    let rows = snapshot.rows_of("T");
    rows.map(|rows| rows.map(|row| (row.uuid(), Plain::of(&row))).collect())
        .unwrap_or_default()
}

/// Takes in all events, each of which must begin where those before it led to.
fn read(watch: &mut Watch, rows: &mut Model) {
    while let Some(event) = super::watch::next(watch) {
        for change in event.changes() {
            let row = change
                .new
                .as_ref()
                .or(change.old.as_ref())
                .expect("a change is of a row");
            let before = match &change.new {
                Some(new) => rows.insert(row.uuid(), Plain::of(new)),
                None => rows.remove(&row.uuid()),
            };
            assert_eq!(before, change.old.as_ref().map(Plain::of));
        }
        assert_eq!(*rows, held(event.snapshot()));
    }
}
