//! Random streams of updates, in each notation and with conditions, through the engine into a replica, which must
//! equal a plain model of the server after each step; and so must what its watches are told.

mod model;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use tokio::sync::oneshot;
use uuid::Uuid;

use self::model::{Conditions, Model, Plain, SCHEMA, TABLES, Test, initial, updates, visible};
use super::{
    super::command::{Command, MonitorKey},
    SECOND, Stage,
};
use crate::{
    error::{Error, UnreachableReason},
    replica::{Event, Selection, Shared, Version, Watch},
};

const SEEDS: u64 = 100;
const STEPS: usize = 60;

/// The server: what it holds, and what it has told.
struct Peer {
    random: Random,
    version: Version,
    /// Whether it can continue a monitor where the last session ended, as a member of a cluster can.
    history: Option<BTreeMap<Uuid, Model>>,
    model: Model,
    /// What the monitor was told of, and under which conditions; none while there is no monitor.
    told: Option<(Model, Conditions)>,
    transactions: u128,
    refuses: bool,
    /// Monitors that were asked for, changes of conditions that were refused, monitors that went on where they were.
    seen: [u32; 3],
}

/// A reader of events, and the rows as the events alone tell them.
struct Reader {
    watch: Watch,
    rows: Model,
}

#[test]
fn random_streams_of_updates_leave_the_replica_equal_to_a_plain_model() {
    let mut seen = [0; 3];
    for seed in 0..SEEDS {
        for (total, of_seed) in seen.iter_mut().zip(run(seed)) {
            *total += of_seed;
        }
    }
    assert!(
        seen.iter().all(|count| *count > 100),
        "something is hardly tried: {seen:?}"
    );
}

fn run(seed: u64) -> [u32; 3] {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let version = [Version::Since, Version::Since, Version::Cond, Version::Plain][random.below(4)];
    let history = (version == Version::Since && random.below(2) == 0).then(BTreeMap::new);
    let mut peer = Peer {
        random,
        version,
        history,
        model: Model::default(),
        told: None,
        transactions: 0,
        refuses: false,
        seen: [0; 3],
    };
    let mut stage = Stage::new("tcp:a", false);
    stage.connect();
    peer.serve(&mut stage);
    peer.commit();
    let (reply, mut shared) = oneshot::channel();
    stage.core.handle_command(
        Command::Monitor {
            key: MonitorKey(1),
            selection: selection(&Conditions::default(), [true, true]),
            reply,
        },
        stage.now,
    );
    peer.serve(&mut stage);
    let shared = shared.try_recv().unwrap().unwrap();
    let mut wanted = Conditions::default();
    let (mut prompt, mut slow) = (Reader::new(&shared), Reader::new(&shared));
    for step in 0..STEPS {
        let what = match peer.random.below(12) {
            0 => {
                peer.lose_the_session(&mut stage);
                "a lost session"
            }
            1 => {
                peer.tell_nonsense(&mut stage, &shared);
                "nonsense"
            }
            2..=4 => {
                peer.other_conditions(&mut stage, &mut wanted);
                "other conditions"
            }
            _ => {
                peer.commit();
                if peer.random.below(4) > 0 {
                    peer.tell(&mut stage);
                }
                "a commit"
            }
        };
        if peer.random.below(3) > 0 {
            // Else it folds some commits into one update, as for a slow reader.
            peer.tell(&mut stage);
            let held = held(&shared);
            let expected = visible(&peer.model, &wanted);
            assert_eq!(
                held, expected,
                "seed {seed}, step {step}: {what}, {:?}",
                peer.version
            );
        }
        prompt.read();
        assert_eq!(prompt.rows, held(&shared), "seed {seed}, step {step}: {what}");
        if peer.random.below(8) == 0 {
            slow.read();
            assert_eq!(slow.rows, held(&shared), "seed {seed}, step {step}: the slow one");
        }
    }
    peer.seen
}

fn selection(conditions: &Conditions, of: [bool; 2]) -> Selection {
    let named = (0..2).filter(|table| of[*table]);
    let mut selection = named.fold(Selection::new(), |selection, table| {
        selection.table_named(TABLES[table])
    });
    for (table, name) in TABLES.into_iter().enumerate() {
        if let Some(wanted) = selection.tables.get_mut(name) {
            wanted.where_ = conditions[table].iter().map(|test| test.clause()).collect();
        }
    }
    selection
}

fn held(shared: &Arc<Shared>) -> Model {
    let snapshot = shared.snapshot();
    TABLES.map(|table| {
        let rows = snapshot.rows_of(table).unwrap();
        rows.map(|row| (row.uuid(), Plain::of(&row))).collect()
    })
}

// What happens to the server.
impl Peer {
    /// Some rows come, change or go.
    fn commit(&mut self) {
        for _ in 0..=self.random.below(4) {
            let table = self.random.below(2);
            let uuid = Uuid::from_u128(self.random.below(12) as u128 + 1);
            if self.random.below(5) == 0 {
                self.model[table].remove(&uuid);
                continue;
            }
            let row = self.model[table].entry(uuid).or_default();
            let (value, atom) = (self.random.below(5) as i64, self.random.below(5) as i64);
            match self.random.below(6) {
                0 => row.n = value,
                1 => row.o = Some(value),
                2 => row.o = None,
                3 => row.m = self.random.map(),
                _ if row.s.remove(&atom) => {}
                _ => {
                    row.s.insert(atom);
                    row.n = value;
                }
            }
        }
    }

    /// The client's session ends, some things happen, and it comes back.
    fn lose_the_session(&mut self, stage: &mut Stage) {
        stage
            .core
            .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
        self.told = None;
        if self.random.below(3) > 0 {
            self.commit();
        }
        stage.pass(20 * SECOND);
        stage.connect();
        self.serve(stage);
    }

    /// An update comes that cannot be: the client asks for everything anew.
    fn tell_nonsense(&mut self, stage: &mut Stage, shared: &Arc<Shared>) {
        let generation = shared.snapshot().generation();
        let [stranger, other] = [98, 99].map(|uuid| Uuid::from_u128(uuid).to_string());
        // The first part would do; nobody may see it.
        let update = if self.version == Version::Plain {
            json!({"T": {stranger: {"new": {"n": 1}}}, "U": {other: {"new": {"n": "no number"}}}})
        } else {
            json!({"T": {stranger: {"insert": {"n": 1}}}, "U": {other: {"modify": {"n": 1}}}})
        };
        self.notify(stage, &update);
        // What it tells before it hears of that belongs to the monitor of before.
        if self.random.below(2) == 0 {
            self.commit();
            self.tell(stage);
        }
        assert_eq!(shared.snapshot().generation(), generation);
        self.serve(stage);
    }

    /// The client asks for other conditions, of one table or both, once or several times in a row.
    fn other_conditions(&mut self, stage: &mut Stage, wanted: &mut Conditions) {
        self.refuses = self.version != Version::Plain && self.random.below(5) == 0;
        let changes: Vec<_> = (0..=self.random.below(2))
            .map(|_| self.random.conditions())
            .collect();
        let mut answers: Vec<oneshot::Receiver<Result<(), Error>>> = Vec::new();
        for (conditions, of) in &changes {
            let (reply, answer) = oneshot::channel();
            stage.core.handle_command(
                Command::SetConditions {
                    key: MonitorKey(1),
                    selection: selection(conditions, *of),
                    reply,
                },
                stage.now,
            );
            answers.push(answer);
        }
        match self.random.below(4) {
            // The session is lost while the request is on its way.
            0 => self.lose_the_session(stage),
            // Or something happens that is told under the conditions of before.
            1 => {
                self.commit();
                self.tell(stage);
            }
            _ => {}
        }
        self.serve(stage);
        for ((conditions, of), mut answer) in changes.into_iter().zip(answers) {
            if answer.try_recv().unwrap().is_ok() {
                for table in (0..2).filter(|table| of[*table]) {
                    wanted[table].clone_from(&conditions[table]);
                }
            }
        }
        self.refuses = false;
    }
}

// What it says.
impl Peer {
    fn notify(&self, stage: &mut Stage, updates: &Value) {
        let (method, params) = match self.version {
            Version::Since => ("update3", json!([1, self.transaction(), updates])),
            Version::Cond => ("update2", json!([1, updates])),
            Version::Plain => ("update", json!([1, updates])),
        };
        stage.hears(&json!({"method": method, "params": params, "id": null}).to_string());
    }

    /// The last transaction; none of a standalone database.
    fn transaction(&self) -> Uuid {
        Uuid::from_u128(if self.history.is_some() {
            self.transactions
        } else {
            0
        })
    }

    fn seen_by(&self, model: &Model, conditions: &Conditions) -> Model {
        if self.version == Version::Plain {
            model.clone()
        } else {
            visible(model, conditions)
        }
    }

    /// Tells the monitor what it does not know, if there is one.
    fn tell(&mut self, stage: &mut Stage) {
        if let Some((_, conditions)) = &self.told {
            let conditions = conditions.clone();
            self.tell_under(stage, &conditions);
        }
    }

    fn tell_under(&mut self, stage: &mut Stage, conditions: &Conditions) {
        let Some((told, former)) = self.told.take() else {
            return;
        };
        let before = self.seen_by(&told, &former);
        let after = self.seen_by(&self.model, conditions);
        self.remember();
        if let Some(updates) = updates(self.version, &before, &after) {
            self.notify(stage, &updates);
        }
        self.told = Some((self.model.clone(), conditions.clone()));
    }

    fn remember(&mut self) {
        self.transactions += 1;
        if let Some(history) = &mut self.history {
            history.insert(Uuid::from_u128(self.transactions), self.model.clone());
        }
    }

    /// Answers all that the client asks, until it asks no more.
    fn serve(&mut self, stage: &mut Stage) {
        loop {
            let said = stage.says();
            if said.is_empty() {
                return;
            }
            for message in serde_json::Deserializer::from_str(&said).into_iter::<Value>() {
                let message = message.unwrap();
                let answer = match self.answer(stage, message["method"].as_str().unwrap(), &message["params"])
                {
                    Ok(result) => json!({"id": message["id"], "result": result, "error": null}),
                    Err(error) => json!({"id": message["id"], "error": error}),
                };
                stage.hears(&answer.to_string());
            }
        }
    }

    fn answer(&mut self, stage: &mut Stage, method: &str, params: &Value) -> Result<Value, Value> {
        let unknown = || Err(json!("unknown method"));
        match method {
            "list_dbs" => Ok(json!(["D"])),
            "get_schema" => Ok(serde_json::from_str(SCHEMA).unwrap()),
            "monitor_cancel" => {
                self.told = None;
                Ok(json!({}))
            }
            "monitor_cond_since" if self.version != Version::Since => unknown(),
            "monitor_cond" if params[0] == "_Server" || self.version == Version::Plain => unknown(),
            "monitor_cond_since" | "monitor_cond" | "monitor" => self.monitor(params),
            "monitor_cond_change" => {
                let (_, former) = self.told.clone().ok_or(json!("unknown monitor"))?;
                let conditions = merged(&former, &params[2]);
                if std::mem::take(&mut self.refuses) {
                    self.seen[1] += 1;
                    if self.random.below(2) == 0 {
                        // One table's were in force before the other's were found wrong.
                        self.tell_under(stage, &conditions);
                    }
                    return Err(json!({"error": "syntax error", "details": "no"}));
                }
                self.tell_under(stage, &conditions);
                Ok(json!({}))
            }
            _ => unknown(),
        }
    }

    fn monitor(&mut self, params: &Value) -> Result<Value, Value> {
        self.seen[0] += 1;
        if std::mem::take(&mut self.refuses) {
            self.seen[1] += 1;
            return Err(json!({"error": "syntax error", "details": "no"}));
        }
        let conditions = merged(&Conditions::default(), &params[2]);
        let after = self.seen_by(&self.model, &conditions);
        self.remember();
        self.told = Some((self.model.clone(), conditions.clone()));
        if self.version != Version::Since {
            return Ok(initial(self.version, &after));
        }
        let since: Uuid = serde_json::from_value(params[3].clone()).unwrap();
        let known = self.history.as_ref().and_then(|history| history.get(&since));
        let Some(known) = known else {
            return Ok(json!([false, self.transaction(), initial(self.version, &after)]));
        };
        self.seen[2] += 1;
        let before = visible(known, &conditions);
        let updates = updates(self.version, &before, &after).unwrap_or_else(|| json!({}));
        Ok(json!([true, self.transaction(), updates]))
    }
}

/// Conditions with those that a request names in their place.
fn merged(former: &Conditions, requests: &Value) -> Conditions {
    let mut conditions = former.clone();
    for (table, name) in TABLES.into_iter().enumerate() {
        if let Some(tests) = requests[name][0]["where"].as_array() {
            conditions[table] = tests.iter().filter_map(Test::read).collect();
        }
    }
    conditions
}

impl Reader {
    fn new(shared: &Arc<Shared>) -> Self {
        let watch = Watch::new(shared);
        Self {
            rows: held(shared),
            watch,
        }
    }

    /// Takes in all events, each of which must begin with what those before it led to.
    fn read(&mut self) {
        let mut generation = self.watch.snapshot().generation();
        while let Some(event) = self.watch.try_next() {
            let next = event.snapshot().generation();
            assert!(next > generation, "{event:?}");
            assert!(
                matches!(event, Event::Resync(_)) || next == generation + 1,
                "{event:?}"
            );
            generation = next;
            for change in event.changes() {
                let row = change.new.as_ref().or(change.old.as_ref()).unwrap();
                let table = TABLES.iter().position(|table| **table == **row.table()).unwrap();
                let before = match &change.new {
                    Some(new) => self.rows[table].insert(row.uuid(), Plain::of(new)),
                    None => self.rows[table].remove(&row.uuid()),
                };
                assert_eq!(before, change.old.as_ref().map(Plain::of), "{change:?}");
            }
        }
    }
}

/// A small generator, the same on every machine: xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 20) % bound).unwrap()
    }

    fn map(&mut self) -> BTreeMap<String, String> {
        let keys = ["a", "b", "c"].into_iter().filter(|_| self.below(2) == 0);
        let keys: Vec<_> = keys.collect();
        keys.into_iter()
            .map(|key| (key.to_owned(), self.below(5).to_string()))
            .collect()
    }

    /// Conditions, and of which tables.
    fn conditions(&mut self) -> (Conditions, [bool; 2]) {
        let of = [[true, false], [false, true], [true, true]][self.below(3)];
        let conditions = [0, 1].map(|_| (0..self.below(3)).map(|_| self.test()).collect());
        (conditions, of)
    }

    fn test(&mut self) -> Test {
        let k = self.below(5) as i64;
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
        ][self.below(9)]
    }
}
