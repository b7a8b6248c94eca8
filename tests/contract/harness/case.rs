use std::{path::Path, sync::OnceLock};

use libtest_mimic::Failed;
use ovsdb_client::{server::Server, wire::DatabaseSchema};
use serde_json::Value;
use test_support::{Outcome, OvsdbServerBuilder};

use super::{
    peer::Peer,
    session::{Heard, Session},
};

/// The database that most cases are about.
const DEMO_SCHEMA: &str = include_str!("demo.ovsschema");
/// The schema that Debian's openvswitch-switch installs.
pub(crate) const VSWITCH_SCHEMA: &str = "/usr/share/openvswitch/vswitch.ovsschema";

/// One case of the contract.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    script: &'static str,
    /// Why the servers are known to differ.
    differs: Option<&'static str>,
}

/// A case in which both servers must say the same.
pub(crate) const fn case(name: &'static str, script: &'static str) -> Case {
    Case {
        name,
        script,
        differs: None,
    }
}

impl Case {
    /// The servers differ here, for this reason, which stands in `docs/in-memory-server.md` too.
    pub(crate) const fn differs(mut self, reason: &'static str) -> Self {
        self.differs = Some(reason);
        self
    }
}

/// Runs a case on both servers and compares what they say.
pub(crate) fn run_case(case: &Case, real: OvsdbServerBuilder) -> Outcome {
    let (real, ours) = both(real, |socket| Peer::new(socket.to_owned()).run(case.script))?;
    compare(case, &real, &ours)
}

/// Does something with the real server, then with ours, which both serve the databases Demo and Open_vSwitch.
pub(crate) fn both<T>(
    real: OvsdbServerBuilder,
    act: impl Fn(&Path) -> Result<T, String>,
) -> Result<(T, T), Failed> {
    let real = real
        .schema_text(DEMO_SCHEMA)
        .schema_file(VSWITCH_SCHEMA)
        .start()?;
    let real_says = act(&real.socket())?;
    drop(real);

    let directory = tempfile::tempdir()?;
    let socket = directory.path().join("db.sock");
    let vswitch = std::fs::read_to_string(VSWITCH_SCHEMA)?;
    let ours = block_on(
        Server::builder()
            .database(DatabaseSchema::parse(DEMO_SCHEMA)?)
            .database(DatabaseSchema::parse(&vswitch)?)
            .listen_unix(&socket)
            .start(),
    )?;
    let ours_says = act(&socket)?;
    drop(ours);
    Ok((real_says, ours_says))
}

/// All rows of a server's databases, one line a table.
pub(crate) fn rows(socket: &Path) -> Result<Vec<String>, String> {
    Peer::new(socket.to_owned()).run("")
}

/// One request on a connection of its own, and its reply.
pub(crate) fn exchange(socket: &Path, method: &str, params: &Value) -> Result<Value, String> {
    let mut session = Session::connect(socket)?;
    let id = session.send(method, params);
    match session.hear_until(id)?.pop() {
        Some(Heard::Message(reply)) => Ok(reply),
        _ => Err("the server closed the connection".to_owned()),
    }
}

/// Runs a future on the runtime of all in-memory servers.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}

fn compare(case: &Case, real: &[String], ours: &[String]) -> Outcome {
    let same = real == ours;
    match (same, case.differs) {
        (true, None) | (false, Some(_)) => Ok(()),
        (true, Some(reason)) => {
            Err(format!("the servers no longer differ; take the reason out of the lists: {reason}").into())
        }
        (false, None) => {
            let at = real
                .iter()
                .zip(ours)
                .take_while(|(real, ours)| real == ours)
                .count();
            let show = |lines: &[String]| {
                lines
                    .get(at)
                    .cloned()
                    .unwrap_or_else(|| "(nothing more)".to_owned())
            };
            let before: Vec<&str> = real.iter().take(at).rev().take(3).map(String::as_str).collect();
            let before: Vec<&str> = before.into_iter().rev().collect();
            Err(format!(
                "the servers differ after\n  {}\nreal: {}\nours: {}",
                before.join("\n  "),
                show(real),
                show(ours)
            )
            .into())
        }
    }
}

/// The runtime of all in-memory servers of this process.
fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime needs only threads")
    })
}
