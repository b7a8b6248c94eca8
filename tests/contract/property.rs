//! Random transactions on both servers leave equal databases.
//!
//! All rows have UUIDs of the test's own, so that everything but versions and wording must be equal. Weak references
//! are left out: there ovsdb-server 3.1 leaves dangling ones behind (see `docs/in-memory-server.md`).

use serde_json::{Value, json};
use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite, long_run};

use crate::harness::{both, exchange, rows};

/// Seeds of every run, and of a long one.
const SEEDS: u64 = 6;
const LONG_SEEDS: u64 = 200;
const TRANSACTIONS: usize = 60;

pub(crate) fn add(suite: &mut Suite) {
    for seed in 0..SEEDS {
        suite.case_with(
            format!("property: seed {seed}"),
            OvsdbServer::available(),
            move |real| run(real, seed),
        );
    }
    let need = long_run().and_then(|()| OvsdbServer::available());
    suite.limit(std::time::Duration::from_secs(1800));
    suite.case_with("property: many seeds", need, |real| {
        (SEEDS..LONG_SEEDS).try_for_each(|seed| run(real.clone(), seed))
    });
}

fn run(real: OvsdbServerBuilder, seed: u64) -> Outcome {
    let transactions: Vec<Value> = {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..TRANSACTIONS).map(|_| random.transaction()).collect()
    };
    let (theirs, ours) = both(real, |socket| {
        let mut says = Vec::new();
        for transaction in &transactions {
            says.push(kinds(exchange(socket, "transact", transaction)?));
        }
        let rows = rows(socket)?.into_iter().map(Value::from);
        says.extend(rows);
        Ok(says)
    })?;
    for (index, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
        let transaction = transactions.get(index).unwrap_or(&Value::Null);
        assert_eq!(
            theirs, ours,
            "seed {seed}, real then ours, at {index}: {transaction}"
        );
    }
    assert_eq!(theirs.len(), ours.len());
    let failed = ours
        .iter()
        .filter(|result| result.to_string().contains("\"error\":\""))
        .count();
    assert!(failed < TRANSACTIONS, "seed {seed}: every transaction failed");
    Ok(())
}

/// The reply without wording, which may name any of several culprits, and with rows in one order.
fn kinds(mut reply: Value) -> Value {
    for result in reply["result"].as_array_mut().into_iter().flatten() {
        if let Some(members) = result.as_object_mut() {
            members.remove("details");
            members.remove("syntax");
            if let Some(rows) = members.get_mut("rows").and_then(Value::as_array_mut) {
                rows.sort_by_key(Value::to_string);
            }
        }
    }
    reply
}

/// A small generator, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        &from[index]
    }

    fn transaction(&mut self) -> Value {
        let mut params = vec![json!("Demo")];
        for _ in 0..=self.below(4) {
            params.push(self.operation());
        }
        Value::Array(params)
    }

    fn operation(&mut self) -> Value {
        let root = self.below(3) > 0;
        let table = if root { "Root" } else { "Kid" };
        let (row, where_) = (self.row(root), self.condition(root));
        match self.below(9) {
            0..=3 => json!({"op": "insert", "table": table, "row": row, "uuid": self.uuid_text(root)}),
            4 => json!({"op": "update", "table": table, "where": where_, "row": row}),
            5 => json!({"op": "mutate", "table": table, "where": where_, "mutations": [self.mutation(root)]}),
            6 => json!({"op": "delete", "table": table, "where": where_}),
            7 => json!({"op": "wait", "table": table, "where": where_, "columns": ["name"], "until": "!=",
                        "rows": [{"name": "n1"}], "timeout": 0}),
            _ => json!({"op": "select", "table": table, "where": where_, "columns": ["name", "_uuid"]}),
        }
    }

    fn uuid_text(&mut self, root: bool) -> String {
        format!(
            "{}0000000-0000-4000-8000-00000000000{}",
            if root { 1 } else { 2 },
            self.below(8)
        )
    }

    fn uuid(&mut self, root: bool) -> Value {
        json!(["uuid", self.uuid_text(root)])
    }

    fn set(&mut self, mut element: impl FnMut(&mut Self) -> Value) -> Value {
        let mut elements: Vec<Value> = (0..self.below(4)).map(|_| element(self)).collect();
        elements.sort_by_key(Value::to_string);
        elements.dedup();
        json!(["set", elements])
    }

    fn row(&mut self, root: bool) -> Value {
        let mut row = json!({"name": format!("n{}", self.below(9))});
        if !root {
            if self.below(2) == 0 {
                row["next"] = self.uuid(false);
            }
            return row;
        }
        row["a"] = json!(self.below(6));
        for _ in 0..self.below(4) {
            match self.below(8) {
                0 => row["b"] = json!(self.below(5)),
                1 => row["i"] = json!(self.below(110)),
                2 => row["ints"] = self.set(|random| json!(random.below(20))),
                3 => row["few"] = self.set(|random| json!(random.below(5))),
                4 => row["m"] = json!(["map", [["k", format!("{}", self.below(3))], ["l", "x"]]]),
                5 => row["kids"] = self.set(|random| random.uuid(false)),
                6 => row["kidmap"] = json!(["map", [["k", self.uuid(false)]]]),
                _ => row["r"] = json!(self.pick(&[0.5, 1.0, -2.25, 1e10])),
            }
        }
        row
    }

    fn condition(&mut self, root: bool) -> Value {
        match self.below(if root { 7 } else { 3 }) {
            0 => json!([]),
            1 => json!([["_uuid", "==", self.uuid(root)]]),
            2 => json!([["name", "==", format!("n{}", self.below(9))]]),
            3 => json!([["a", self.pick(&["<", "<=", "==", "!=", ">", ">="]), self.below(6)]]),
            4 => json!([[
                "ints",
                self.pick(&["includes", "excludes"]),
                self.set(|random| json!(random.below(20)))
            ]]),
            5 => json!([["m", "includes", ["map", [["k", format!("{}", self.below(3))]]]]]),
            _ => json!([["i", "!=", ["set", []]], ["a", ">", self.below(4)]]),
        }
    }

    fn mutation(&mut self, root: bool) -> Value {
        if !root {
            return json!(["next", self.pick(&["insert", "delete"]), self.uuid(false)]);
        }
        match self.below(6) {
            0 => json!(["a", self.pick(&["+=", "-=", "*=", "/=", "%="]), self.below(4)]),
            1 => json!([
                "ints",
                self.pick(&["insert", "delete"]),
                self.set(|random| json!(random.below(20)))
            ]),
            2 => json!(["few", self.pick(&["insert", "delete"]), self.below(5)]),
            3 => json!(["kids", self.pick(&["insert", "delete"]), self.uuid(false)]),
            4 => json!(["m", "insert", ["map", [["k", "new"], ["z", "new"]]]]),
            _ => json!(["m", "delete", ["set", ["k"]]]),
        }
    }
}
