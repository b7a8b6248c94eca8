use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Value, json};
use test_support::Tool;

use super::{
    normal::Names,
    script::{self, Act, Step},
    session::{Heard, Session},
};

/// One server under test, and what it has said.
#[derive(Debug)]
pub(super) struct Peer {
    socket: PathBuf,
    sessions: BTreeMap<char, Session>,
    names: Names,
    /// The UUIDs of inserted rows.
    inserted: Vec<String>,
    transcript: Vec<String>,
}

impl Peer {
    pub(super) fn new(socket: PathBuf) -> Self {
        Self {
            socket,
            sessions: BTreeMap::new(),
            names: Names::default(),
            inserted: Vec::new(),
            transcript: Vec::new(),
        }
    }

    /// Runs a script; what every step brought, what came unasked, and then all rows of all databases.
    pub(super) fn run(mut self, script: &str) -> Result<Vec<String>, String> {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.transcript.push(format!("> {line}"));
            let step = script::parse(line, &self.inserted)?;
            self.step(step).map_err(|error| format!("{line}: {error}"))?;
        }
        let open: Vec<char> = self.sessions.keys().copied().collect();
        for session in open {
            self.transcript.push(format!("> {session} at last"));
            self.act(session, Act::Sync)?;
        }
        self.dump()?;
        Ok(self.transcript)
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Session(session, act) => self.act(session, act),
            Step::Vsctl(arguments) => {
                let remote = format!("--db=unix:{}", self.socket.display());
                let mut all = vec![remote, "--no-wait".to_owned(), "--timeout=10".to_owned()];
                all.extend(arguments);
                self.tool(Tool::OVS_VSCTL, &all, true)
            }
            Step::Client(mut arguments) => {
                if !arguments.is_empty() {
                    arguments.insert(1, format!("unix:{}", self.socket.display()));
                }
                arguments.insert(0, "--timeout=10".to_owned());
                self.tool(Tool::OVSDB_CLIENT, &arguments, false)
            }
        }
    }

    fn act(&mut self, name: char, act: Act) -> Result<(), String> {
        if matches!(act, Act::Close) {
            self.sessions.remove(&name);
            return Ok(());
        }
        if !self.sessions.contains_key(&name) {
            self.sessions.insert(name, Session::connect(&self.socket)?);
        }
        let Some(session) = self.sessions.get_mut(&name) else {
            return Ok(());
        };
        let mut heard = match act {
            Act::Request {
                method,
                params,
                waits,
            } => {
                let id = session.send(&method, &params);
                if waits {
                    session.hear_until(id)?
                } else {
                    Vec::new()
                }
            }
            Act::Raw(bytes) => {
                session.send_raw(&bytes);
                Vec::new()
            }
            Act::Read => vec![session.hear()?],
            Act::Sync => {
                let id = session.send("echo", &json!([]));
                let mut heard = session.hear_until(id)?;
                if matches!(heard.last(), Some(Heard::Message(_))) {
                    heard.pop();
                }
                heard
            }
            Act::Closed => {
                let mut heard = Vec::new();
                loop {
                    let next = session.hear()?;
                    let is_last = matches!(next, Heard::Closed);
                    heard.push(next);
                    if is_last {
                        break heard;
                    }
                }
            }
            Act::Close => Vec::new(),
        };
        if matches!(heard.last(), Some(Heard::Closed)) {
            self.sessions.remove(&name);
        }
        // The updates of several monitors come in no certain order.
        heard.sort_by_key(|heard| match heard {
            Heard::Message(message) if message.get("method").is_some_and(Value::is_string) => {
                (0, message["params"][0].to_string())
            }
            Heard::Message(_) => (1, String::new()),
            Heard::Closed => (2, String::new()),
        });
        for heard in heard {
            self.note(name, &heard);
        }
        Ok(())
    }

    fn note(&mut self, session: char, heard: &Heard) {
        let line = match heard {
            Heard::Closed => "closed".to_owned(),
            Heard::Message(message) => {
                for result in message["result"].as_array().into_iter().flatten() {
                    self.inserted
                        .extend(result["uuid"][1].as_str().map(str::to_owned));
                }
                self.names.value(message).to_string()
            }
        };
        self.transcript.push(format!("{session}< {line}"));
    }

    fn tool(&mut self, tool: Tool, arguments: &[String], by_block: bool) -> Result<(), String> {
        let mut command = tool.command().map_err(|error| error.to_string())?;
        let output = command
            .args(arguments)
            .output()
            .map_err(|error| error.to_string())?;
        // Where a tool lists UUIDs only their order tells them apart, so the rows get their names first.
        self.select_all()?;
        let out = String::from_utf8_lossy(&output.stdout);
        let out = self.names.listing(&out, by_block && out.contains("\n\n"));
        let err =
            String::from_utf8_lossy(&output.stderr).replace(&self.socket.display().to_string(), "SOCKET");
        // A line of the log begins with its time.
        let err = err
            .lines()
            .map(|line| line.split_once("Z|").map_or(line, |(_, rest)| rest));
        let err = self.names.text(&err.collect::<Vec<_>>().join("\n"));
        self.transcript
            .push(format!("{:?} {out:?} {err:?}", output.status.code()));
        Ok(())
    }

    /// All rows, without their versions.
    fn dump(&mut self) -> Result<(), String> {
        let selections = self.select_all()?;
        for (database, table, rows) in &selections {
            if rows["rows"].as_array().is_some_and(|rows| !rows.is_empty()) {
                self.transcript
                    .push(format!("{database} {table} {}", self.names.value(rows)));
            }
        }
        Ok(())
    }

    /// The rows of all tables; each row has a name afterwards.
    fn select_all(&mut self) -> Result<Vec<(&'static str, String, Value)>, String> {
        let mut session = Session::connect(&self.socket)?;
        let mut selections = Vec::new();
        for database in ["Demo", "Open_vSwitch"] {
            let id = session.send("get_schema", &json!([database]));
            let Some(Heard::Message(schema)) = session.hear_until(id)?.pop() else {
                return Err("the server is gone".to_owned());
            };
            if schema.get("result").is_none() {
                continue;
            }
            let mut params = vec![json!(database)];
            let mut tables = Vec::new();
            for (table, schema) in schema["result"]["tables"].as_object().into_iter().flatten() {
                let columns = schema["columns"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.as_str());
                let columns: Vec<&str> = columns.chain(["_uuid"]).collect();
                params.push(json!({"op": "select", "table": table, "where": [], "columns": columns}));
                tables.push(table.clone());
            }
            let id = session.send("transact", &Value::Array(params));
            let Some(Heard::Message(mut rows)) = session.hear_until(id)?.pop() else {
                return Err("the server is gone".to_owned());
            };
            self.names.rows(&rows["result"]);
            for (index, table) in tables.into_iter().enumerate() {
                selections.push((database, table, rows["result"][index].take()));
            }
        }
        Ok(selections)
    }
}
