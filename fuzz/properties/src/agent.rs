//! The bodies that the agent takes, through its door: HTTP over a unix socket, with a token for editing.
//!
//! Every body is answered, by JSON-RPC 2.0 or by nothing where it only notifies; an answer is of an id that was sent or of
//! none, and an error is one line. No body alone edits: a plan has to be asked for first.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use ahv_net::Host;
use ahv_net::agent::{Agent, AgentOptions, Limits, Listen, new_token};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

thread_local! {
    static STAGE: Stage = Stage::new();
}

/// An agent of the embedded host, which lasts: to start one takes longer than many bodies.
struct Stage {
    runtime: Runtime,
    socket: PathBuf,
    secret: String,
    _agent: Agent,
    _directory: TempDir,
}

pub(crate) fn agent(input: &[u8]) {
    let (status, answer) = STAGE.with(|stage| stage.runtime.block_on(stage.post(input)));
    assert!(
        (200..500).contains(&status),
        "{status}: {}",
        String::from_utf8_lossy(&answer)
    );
    if answer.is_empty() {
        return;
    }
    let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    // So jsonrpsee says over HTTP that it has nothing to say.
    if answer.is_null() {
        return;
    }
    let text = String::from_utf8_lossy(input);
    let sent = ids(&text);
    for answer in each(&answer) {
        assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
        let id = &answer["id"];
        // To jsonrpsee an array, too, is a request that is none: its first value is the id.
        let is_sent = sent.contains(&id.to_string()) || text.contains(&id.to_string());
        assert!(id.is_null() || is_sent, "{answer} to {sent:?}");
        let error = &answer["error"];
        assert_ne!(answer.get("result").is_some(), error.is_object(), "{answer}");
        if error.is_object() {
            assert!(error["code"].is_i64(), "{answer}");
            let message = error["message"].as_str().expect("an error has a message");
            assert!(!message.is_empty() && !message.contains('\n'), "{answer}");
        }
    }
}

/// The calls of a batch, or the one call.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

/// The ids of the calls in the body, as JSON.
fn ids(body: &str) -> BTreeSet<String> {
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    each(&body).iter().map(|call| call["id"].to_string()).collect()
}

impl Stage {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let (tokens, socket) = (
            directory.path().join("tokens"),
            directory.path().join("agent.sock"),
        );
        let secret = new_token();
        fs::write(&tokens, format!("anna edit {secret}\n")).expect("a file can be written");
        fs::set_permissions(&tokens, fs::Permissions::from_mode(0o600)).expect("its mode can be set");
        let mut limits = Limits::default();
        (limits.calls_per_second, limits.burst) = (u32::MAX, u32::MAX);
        let mut options = AgentOptions::new(&tokens)
            .listen(Listen::Unix(socket.clone()))
            .audit(directory.path().join("audit"))
            .allow_edits(true);
        options.state = Some(directory.path().join("state"));
        options.limits = limits;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let started = async { Agent::start(Host::embedded().await.expect("it starts"), options).await };
        let agent = runtime.block_on(started).expect("an agent starts");
        Self {
            runtime,
            socket,
            secret,
            _agent: agent,
            _directory: directory,
        }
    }

    /// The status and the body of the answer.
    async fn post(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: agent\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.secret,
            body.len()
        );
        let exchange = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            std::io::Result::Ok(answer)
        };
        let answer = tokio::time::timeout(PATIENCE, exchange).await;
        let answer = answer.expect("it is answered in time").expect("it is answered");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.expect("an answer has a head") + 4);
        let head = String::from_utf8_lossy(head);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("an answer has a status"), body.to_vec())
    }
}
