//! The plain model: rows as they are, conditions as one would write them down, and both notations of updates.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{replica::Version, table::TableRow, wire::Clause};

pub(super) const TABLES: [&str; 2] = ["T", "U"];

pub(super) const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{
    "T":{"columns":{"n":{"type":"integer"},"o":{"type":{"key":"integer","min":0}},
        "s":{"type":{"key":"integer","min":0,"max":"unlimited"}},
        "m":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},
    "U":{"columns":{"n":{"type":"integer"},"o":{"type":{"key":"integer","min":0}},
        "s":{"type":{"key":"integer","min":0,"max":"unlimited"}},
        "m":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}}"#;

/// A row of either table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plain {
    pub(super) n: i64,
    pub(super) o: Option<i64>,
    pub(super) s: BTreeSet<i64>,
    pub(super) m: BTreeMap<String, String>,
}

/// The rows of both tables.
pub(super) type Model = [BTreeMap<Uuid, Plain>; 2];

/// The conditions of both tables; none of a table means every row.
pub(super) type Conditions = [Vec<Test>; 2];

/// One alternative of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    Nothing,
    NumberIs(i64),
    NumberIsNot(i64),
    NumberBelow(i64),
    OptionAtLeast(i64),
    OptionUnset,
    SetIncludes(i64),
    SetExcludes(i64),
    MapIncludes(i64),
}

impl Test {
    pub(super) fn json(self) -> Value {
        match self {
            Test::Nothing => json!(false),
            Test::NumberIs(k) => json!(["n", "==", k]),
            Test::NumberIsNot(k) => json!(["n", "!=", k]),
            Test::NumberBelow(k) => json!(["n", "<", k]),
            Test::OptionAtLeast(k) => json!(["o", ">=", k]),
            Test::OptionUnset => json!(["o", "==", ["set", []]]),
            Test::SetIncludes(k) => json!(["s", "includes", k]),
            Test::SetExcludes(k) => json!(["s", "excludes", k]),
            Test::MapIncludes(k) => json!(["m", "includes", ["map", [["a", k.to_string()]]]]),
        }
    }

    pub(super) fn clause(self) -> Clause {
        serde_json::from_value(self.json()).unwrap()
    }

    /// Reads what [`Test::json`] wrote, out of what the client made of it; nothing of `true`.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let all = (0..=9).flat_map(|k| {
            [
                Test::Nothing,
                Test::NumberIs(k),
                Test::NumberIsNot(k),
                Test::NumberBelow(k),
                Test::OptionAtLeast(k),
                Test::OptionUnset,
                Test::SetIncludes(k),
                Test::SetExcludes(k),
                Test::MapIncludes(k),
            ]
        });
        let known = all.into_iter().find(|test| test.json() == *json);
        assert!(known.is_some() || *json == Value::Bool(true), "{json}");
        known
    }

    fn holds(self, row: &Plain) -> bool {
        match self {
            Test::Nothing => false,
            Test::NumberIs(k) => row.n == k,
            Test::NumberIsNot(k) => row.n != k,
            Test::NumberBelow(k) => row.n < k,
            Test::OptionAtLeast(k) => row.o.is_some_and(|o| o >= k),
            Test::OptionUnset => row.o.is_none(),
            Test::SetIncludes(k) => row.s.contains(&k),
            Test::SetExcludes(k) => !row.s.contains(&k),
            Test::MapIncludes(k) => row.m.get("a") == Some(&k.to_string()),
        }
    }
}

/// The rows that meet the conditions.
pub(super) fn visible(model: &Model, conditions: &Conditions) -> Model {
    [0, 1].map(|table| {
        let tests = &conditions[table];
        let meets = |row: &Plain| tests.is_empty() || tests.iter().any(|test| test.holds(row));
        let rows = model[table].iter().filter(|(_, row)| meets(row));
        rows.map(|(uuid, row)| (*uuid, row.clone())).collect()
    })
}

/// What leads from some rows to others, in the notation of a version; none if nothing does.
pub(super) fn updates(version: Version, before: &Model, after: &Model) -> Option<Value> {
    let mut tables = Map::new();
    for (table, name) in TABLES.into_iter().enumerate() {
        let (before, after) = (&before[table], &after[table]);
        let uuids: BTreeSet<&Uuid> = before.keys().chain(after.keys()).collect();
        let rows: Map<String, Value> = uuids
            .into_iter()
            .filter_map(|uuid| {
                let (old, new) = (before.get(uuid), after.get(uuid));
                (old != new).then(|| (uuid.to_string(), update(version, old, new)))
            })
            .collect();
        if !rows.is_empty() {
            tables.insert(name.to_owned(), Value::Object(rows));
        }
    }
    (!tables.is_empty()).then_some(Value::Object(tables))
}

/// All rows, as the answer to a request for a monitor has them.
pub(super) fn initial(version: Version, rows: &Model) -> Value {
    let updates = updates(version, &Model::default(), rows).unwrap_or_else(|| json!({}));
    if version == Version::Plain {
        return updates;
    }
    serde_json::from_str(&updates.to_string().replace(r#""insert":"#, r#""initial":"#)).unwrap()
}

fn update(version: Version, old: Option<&Plain>, new: Option<&Plain>) -> Value {
    if version == Version::Plain {
        return match (old, new) {
            (Some(old), Some(new)) => {
                let changed = old.cells().into_iter().zip(new.cells());
                let changed = changed.filter(|(old, new)| old != new).map(|(old, _)| old);
                json!({"old": object(changed), "new": object(new.cells())})
            }
            (None, Some(new)) => json!({"new": object(new.cells())}),
            (old, None) => json!({"old": object(old.into_iter().flat_map(Plain::cells))}),
        };
    }
    match (old, new) {
        (Some(old), Some(new)) => json!({"modify": object(old.difference(new))}),
        (None, Some(new)) => {
            let defaults = Plain::default().cells();
            let cells = new.cells().into_iter().zip(defaults);
            json!({"insert": object(cells.filter(|(cell, default)| cell != default).map(|(cell, _)| cell))})
        }
        (_, None) => json!({"delete": null}),
    }
}

fn object(cells: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(
        cells
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn set(atoms: impl IntoIterator<Item = i64>) -> Value {
    let atoms: Vec<i64> = atoms.into_iter().collect();
    match atoms.as_slice() {
        [only] => json!(only),
        atoms => json!(["set", atoms]),
    }
}

fn map<'a>(pairs: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let pairs: Vec<_> = pairs.into_iter().collect();
    json!(["map", pairs])
}

impl Plain {
    fn cells(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("n", json!(self.n)),
            ("o", set(self.o)),
            ("s", set(self.s.iter().copied())),
            ("m", map(&self.m)),
        ]
    }

    /// What changes: the new value where there is one element at most, else what is on one side alone.
    fn difference(&self, new: &Self) -> Vec<(&'static str, Value)> {
        let mut cells = Vec::new();
        if self.n != new.n {
            cells.push(("n", json!(new.n)));
        }
        if self.o != new.o {
            cells.push(("o", set(new.o)));
        }
        if self.s != new.s {
            cells.push(("s", set(self.s.symmetric_difference(&new.s).copied())));
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

    /// The row that a replica holds.
    pub(super) fn of(row: &TableRow) -> Self {
        let datum = |column: &'static str| row.datum(column).unwrap();
        let integers =
            |column: &'static str| datum(column).atoms().iter().filter_map(|atom| atom.as_integer());
        let text = |atom: &crate::wire::Atom| atom.as_str().unwrap().to_owned();
        let pairs = datum("m").pairs().iter();
        Self {
            n: datum("n").one().unwrap().as_integer().unwrap(),
            o: integers("o").next(),
            s: integers("s").collect(),
            m: pairs.map(|(key, value)| (text(key), text(value))).collect(),
        }
    }
}
