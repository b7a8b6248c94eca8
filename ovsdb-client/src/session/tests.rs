//! Transcripts of the engine in virtual time: what goes in, what comes out.

mod calls;
mod locking;
mod monitoring;
mod pacing;
mod stream;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use super::{
    command::{Call, Command},
    core::{Action, Core},
    options::Options,
    status::SessionStatus,
};
use crate::{
    error::{Error, UnreachableReason},
    transport::{Codec, Remote},
};

const SECOND: Duration = Duration::from_secs(1);
/// How long a call may take.
const LIMIT: Duration = Duration::from_secs(30);

struct Stage {
    core: Core,
    now: Instant,
    status: watch::Receiver<SessionStatus>,
}

impl Stage {
    #[expect(clippy::disallowed_methods, reason = "virtual time has to begin somewhere")]
    fn new(remotes: &str, leader_only: bool) -> Self {
        let options = Options {
            remotes: Remote::parse_list(remotes).unwrap(),
            database: "D".to_owned(),
            leader_only,
            probe_interval: Some(5 * SECOND),
            probes_local: false,
            probe_patience: 10 * SECOND,
            connect_limit: 3 * SECOND,
            handshake_limit: 4 * SECOND,
            backoff_min: SECOND,
            backoff_max: 8 * SECOND,
            event_capacity: 8,
            max_message_bytes: 1 << 20,
            transmit_bound: 1 << 10,
            seed: 1,
        };
        let (status_sender, status) = watch::channel(SessionStatus::Connecting {
            failures: 0,
            last_error: None,
        });
        let (schema, _) = watch::channel(None);
        let now = Instant::now();
        Self {
            core: Core::new(Arc::new(options), now, status_sender, schema),
            now,
            status,
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.core.handle_timeout(self.now);
    }

    fn connect(&mut self) -> String {
        self.pass(Duration::ZERO);
        let Some(Action::Connect(remote)) = self.next_connect() else {
            panic!("no connect")
        };
        self.core.handle_connected(self.now);
        remote.to_string()
    }

    fn next_connect(&mut self) -> Option<Action> {
        std::iter::from_fn(|| self.core.poll_action()).find(|action| matches!(action, Action::Connect(_)))
    }

    fn says(&mut self) -> String {
        let said = String::from_utf8(self.core.poll_transmit().to_vec()).unwrap();
        self.core.handle_transmitted(said.len());
        said
    }

    fn hears(&mut self, message: &str) {
        self.core.handle_activity(self.now);
        // In small pieces, so that replies to monitor requests are read row by row.
        let mut codec = Codec::new(1 << 20);
        for piece in message.as_bytes().chunks(7) {
            codec.extend(piece);
            match codec.next_message().unwrap() {
                Some(message) => self.core.handle_message(&message, self.now),
                None => self.core.handle_unfinished(&mut codec),
            }
        }
    }

    /// Answers the first four requests, whose ids are counted downwards from `first`.
    fn greet(&mut self, first: i64, server_row: &str) {
        self.greet_with(first, server_row, r#"{"name":"D","version":"1.0.0","tables":{}}"#);
    }

    fn greet_with(&mut self, first: i64, server_row: &str, schema: &str) {
        self.says();
        self.hears(&format!(r#"{{"id":{first},"result":["D"],"error":null}}"#));
        self.hears(&format!(r#"{{"id":{},"error":"unknown method"}}"#, first - 1));
        self.hears(&format!(
            r#"{{"id":{},"result":{schema},"error":null}}"#,
            first - 2
        ));
        self.hears(&format!(
            r#"{{"id":{},"result":{{{server_row}}},"error":null}}"#,
            first - 3
        ));
    }

    fn call(&mut self, id: i64, is_transact: bool) -> oneshot::Receiver<Result<Bytes, Error>> {
        self.call_within(id, is_transact, LIMIT)
    }

    fn call_within(
        &mut self,
        id: i64,
        is_transact: bool,
        limit: Duration,
    ) -> oneshot::Receiver<Result<Bytes, Error>> {
        let (reply, answer) = oneshot::channel();
        let message = format!("<{id}>").into_bytes();
        let call = Call {
            id,
            method: "transact".into(),
            message,
            is_transact,
            limit,
            reply,
        };
        self.core.handle_command(Command::Call(call), self.now);
        answer
    }
}

#[test]
fn a_session_begins_with_one_round_trip_and_then_sends_what_waited() {
    let mut stage = Stage::new("tcp:127.0.0.1:1", false);
    let mut answer = stage.call(7, true);
    assert_eq!(stage.connect(), "tcp:127.0.0.1:1");
    let first = stage.core.poll_transmit().to_vec();
    for method in ["list_dbs", "set_db_change_aware", "get_schema", "monitor_cond"] {
        assert!(String::from_utf8_lossy(&first).contains(method), "{method}");
    }
    stage.greet(-1, "");
    assert!(stage.status.borrow().is_ready());
    assert_eq!(stage.says(), "<7>");
    stage.hears(r#"{"id":7,"result":[{}],"error":null}"#);
    assert_eq!(answer.try_recv().unwrap().unwrap(), "[{}]");
}

#[test]
fn trap_15_what_was_sent_has_an_unknown_outcome_and_what_was_not_is_sent_later() {
    let mut stage = Stage::new("tcp:127.0.0.1:1", false);
    stage.connect();
    stage.greet(-1, "");
    let (mut sent, mut asked) = (stage.call(1, true), stage.call(2, false));
    stage.says();
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    assert!(sent.try_recv().unwrap().unwrap_err().is_outcome_unknown());
    assert!(matches!(
        asked.try_recv().unwrap(),
        Err(Error::Disconnected { .. })
    ));
    let mut later = stage.call(3, true);
    stage.pass(2 * SECOND);
    stage.connect();
    stage.greet(-5, "");
    assert_eq!(stage.says(), "<3>");
    assert!(later.try_recv().is_err(), "not answered yet");
}

#[test]
fn trap_16_a_unix_socket_is_not_probed_and_any_byte_counts_as_life() {
    let mut local = Stage::new("unix:/run/db.sock", false);
    local.connect();
    local.greet(-1, "");
    assert_eq!(local.core.poll_timeout(), None);

    let mut stage = Stage::new("tcp:127.0.0.1:1", false);
    stage.connect();
    stage.greet(-1, "");
    assert_eq!(stage.core.poll_timeout(), Some(stage.now + 5 * SECOND));
    stage.pass(5 * SECOND);
    assert!(stage.says().contains(r#""id":"echo""#));
    // Some bytes of a long message come, and no answer to the probe: the peer lives.
    stage.pass(9 * SECOND);
    stage.core.handle_activity(stage.now);
    stage.pass(2 * SECOND);
    assert!(stage.status.borrow().is_ready());
    stage.pass(3 * SECOND);
    stage.says();
    stage.pass(10 * SECOND);
    let status = stage.status.borrow().clone();
    assert!(
        status
            .last_error()
            .unwrap()
            .to_string()
            .contains("sent no complete answer within 15 s"),
        "{status:?}"
    );
}

#[test]
fn each_remote_is_tried_before_the_client_waits_and_waits_grow() {
    let mut stage = Stage::new("tcp:a:1,tcp:b:2", false);
    let refused = || UnreachableReason::Refused("no".to_owned());
    for round in 0..3 {
        assert_eq!(stage.connect(), "tcp:a:1");
        stage.core.handle_disconnected(refused(), stage.now);
        assert_eq!(stage.core.poll_timeout(), Some(stage.now), "the next one at once");
        assert_eq!(stage.connect(), "tcp:b:2");
        stage.core.handle_disconnected(refused(), stage.now);
        let wait = stage.core.poll_timeout().unwrap() - stage.now;
        let whole = SECOND * (1 << round);
        assert!(wait <= whole && wait >= whole / 2, "{wait:?}");
        stage.pass(whole);
    }
}

#[test]
fn connecting_and_the_first_answers_have_deadlines() {
    let mut stage = Stage::new("tcp:a:1", false);
    stage.pass(Duration::ZERO);
    assert!(matches!(stage.next_connect(), Some(Action::Connect(_))));
    stage.pass(3 * SECOND);
    let status = stage.status.borrow().clone();
    assert!(status.last_error().unwrap().is_timeout(), "{status:?}");
    stage.pass(SECOND);
    stage.core.handle_connected(stage.now);
    stage.hears(r#"{"id":-1,"result":["D"],"error":null}"#);
    stage.pass(4 * SECOND);
    let status = stage.status.borrow().clone();
    assert!(
        status
            .last_error()
            .unwrap()
            .to_string()
            .contains("no complete answer within 4 s"),
        "{status:?}"
    );
}

#[test]
fn a_member_that_loses_the_leadership_is_left() {
    let row = |leader: bool| {
        format!(
            r#""Database":{{"00000000-0000-0000-0000-000000000001":{{"{}":{{"name":"D","model":"clustered","connected":true,"leader":{leader},"index":5}}}}}}"#,
            if leader { "initial" } else { "modify" }
        )
    };
    let mut stage = Stage::new("tcp:a:1,tcp:b:2", true);
    stage.connect();
    stage.greet(-1, &row(true));
    assert!(stage.status.borrow().is_ready());
    stage.hears(&format!(
        r#"{{"id":null,"method":"update2","params":[-4,{{{}}}]}}"#,
        row(false)
    ));
    assert!(
        stage
            .status
            .borrow()
            .last_error()
            .unwrap()
            .to_string()
            .contains("not its leader")
    );
    assert_eq!(stage.connect(), "tcp:b:2");
    // This one is behind what the first one showed.
    stage.greet(-5, &row(true).replace("\"index\":5", "\"index\":4"));
    assert!(
        stage
            .status
            .borrow()
            .last_error()
            .unwrap()
            .to_string()
            .contains("older")
    );
}

#[test]
fn a_result_that_is_null_is_an_answer_like_any_other() {
    let mut stage = Stage::new("tcp:a", false);
    stage.connect();
    stage.greet(-1, "");
    let mut answer = stage.call(7, true);
    stage.says();
    stage.hears(r#"{"id":7,"result":null,"error":null}"#);
    assert_eq!(answer.try_recv().unwrap().unwrap(), "null");
}

/// A monitor of `D` whose conditions change, or whose schema is told in other words, while no session is there:
/// what the next session asks for.
fn asked_after_an_absence(changes_conditions: bool, other_schema: &str) -> String {
    use super::command::MonitorKey;
    use crate::replica::Selection;
    let mut stage = Stage::new("tcp:a", false);
    let greet = |stage: &mut Stage, first: i64, extra: &str| {
        let schema = format!(
            r#"{{"name":"D","version":"1.0.0",{extra}"tables":{{"T":{{"columns":{{"n":{{"type":"integer"}}}}}}}}}}"#
        );
        stage.greet_with(first, "", &schema);
    };
    stage.connect();
    greet(&mut stage, -1, "");
    let (reply, mut got) = oneshot::channel();
    let selection = Selection::new().table_named("T");
    let command = Command::Monitor {
        key: MonitorKey(1),
        selection,
        reply,
    };
    stage.core.handle_command(command, stage.now);
    stage.says();
    stage.hears(r#"{"id":-5,"result":[false,"00000000-0000-0000-0000-0000000000ff",{"T":{}}],"error":null}"#);
    let _replica = got.try_recv().unwrap().unwrap();
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    let (reply, _changed) = oneshot::channel();
    if changes_conditions {
        let mut selection = Selection::new().table_named("T");
        selection.tables.values_mut().next().unwrap().where_ = vec![crate::wire::Clause::False];
        let command = Command::SetConditions {
            key: MonitorKey(1),
            selection,
            reply,
        };
        stage.core.handle_command(command, stage.now);
    }
    stage.pass(10 * SECOND);
    stage.core.handle_connected(stage.now);
    greet(&mut stage, -6, other_schema);
    stage.says()
}

#[test]
fn a_position_is_kept_for_the_same_conditions_and_the_same_schema_alone() {
    let position = "00000000-0000-0000-0000-0000000000ff";
    let nowhere = "00000000-0000-0000-0000-000000000000";
    assert!(asked_after_an_absence(false, "").contains(position));
    assert!(asked_after_an_absence(true, "").contains(nowhere));
    assert!(asked_after_an_absence(false, r#""cksum":"1 1","#).contains(nowhere));
}
