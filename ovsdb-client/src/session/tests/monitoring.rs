//! Monitors: conditions that change, rows that are asked for anew, and what waits for them.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::{
    super::command::{Command, Forget, MonitorKey},
    LIMIT, SECOND, Stage,
};
use crate::{
    error::{ConfigError, Error, UnreachableReason},
    replica::{Event, ResyncReason, Selection, Shared, Watch},
    transport::Codec,
    wire::{Clause, ErrorKind, Function},
};

const SCHEMA: &str = r#"{"name":"D","version":"1.0.0","tables":{"T":{"columns":{
    "n":{"type":"integer"},"s":{"type":{"key":"string","min":0,"max":"unlimited"}}}}}}"#;
const A: &str = "00000000-0000-0000-0000-00000000000a";
const B: &str = "00000000-0000-0000-0000-00000000000b";
const ZERO: &str = "00000000-0000-0000-0000-000000000000";

/// A stage that asks for all rows of `T`, and where the replica comes out.
fn monitoring() -> (Stage, oneshot::Receiver<Result<Arc<Shared>, Error>>) {
    let mut stage = Stage::new("tcp:a", false);
    stage.connect();
    stage.greet_with(-1, "", SCHEMA);
    let (reply, shared) = oneshot::channel();
    stage.core.handle_command(
        Command::Monitor {
            key: MonitorKey(1),
            selection: Selection::new().table_named("T"),
            reply,
        },
        stage.now,
    );
    (stage, shared)
}

/// A stage whose peer knows this method and none that is newer, and a replica of `T` with row A, where n is 1.
fn monitored(method: &str) -> (Stage, Arc<Shared>) {
    let (mut stage, mut shared) = monitoring();
    answer_monitor(&mut stage, method, &[(A, 1)]);
    let shared = shared.try_recv().unwrap().unwrap();
    (stage, shared)
}

/// The requests that are on their way, as id, method and parameters.
fn requests(stage: &mut Stage) -> Vec<(i64, String, String)> {
    let said = stage.says();
    let messages = serde_json::Deserializer::from_str(&said).into_iter::<serde_json::Value>();
    // A caller's request, which is no JSON in these tests, comes after those of the session.
    messages
        .map_while(Result::ok)
        .map(|message| {
            let id = message["id"].as_i64().unwrap_or_default();
            let method = message["method"].as_str().unwrap().to_owned();
            (id, method, message["params"].to_string())
        })
        .collect()
}

/// Answers requests for a monitor: those for newer methods than this with an error, and this one with rows.
fn answer_monitor(stage: &mut Stage, method: &str, rows: &[(&str, i64)]) {
    loop {
        let (id, asked, _) = requests(stage)
            .pop()
            .unwrap_or_else(|| panic!("{method} was not asked for"));
        if asked == method {
            return stage.hears(&monitor_reply(id, method, rows));
        }
        stage.hears(&format!(r#"{{"id":{id},"error":"unknown method"}}"#));
    }
}

fn monitor_reply(id: i64, method: &str, rows: &[(&str, i64)]) -> String {
    let kind = if method == "monitor" { "new" } else { "initial" };
    let rows: Vec<String> = rows
        .iter()
        .map(|(uuid, n)| format!(r#""{uuid}":{{"{kind}":{{"n":{n}}}}}"#))
        .collect();
    let table = format!(r#"{{"T":{{{}}}}}"#, rows.join(","));
    let result = if method == "monitor_cond_since" {
        format!(r#"[false,"{ZERO}",{table}]"#)
    } else {
        table
    };
    format!(r#"{{"id":{id},"result":{result},"error":null}}"#)
}

fn where_n_is(value: impl Into<crate::wire::Datum>) -> Selection {
    let mut selection = Selection::new().table_named("T");
    selection.tables.values_mut().next().unwrap().where_ = vec![Clause::test("n", Function::Equal, value)];
    selection
}

fn set_conditions(stage: &mut Stage, selection: Selection) -> oneshot::Receiver<Result<(), Error>> {
    let (reply, done) = oneshot::channel();
    stage.core.handle_command(
        Command::SetConditions {
            key: MonitorKey(1),
            selection,
            reply,
        },
        stage.now,
    );
    done
}

fn rows(shared: &Arc<Shared>) -> usize {
    shared.snapshot().rows_of("T").unwrap().count()
}

fn transact(stage: &mut Stage, id: i64) -> oneshot::Receiver<Result<Bytes, Error>> {
    let answer = stage.call(id, true);
    stage.hears_nothing_but(id);
    answer
}

impl Stage {
    /// The answer to a call comes.
    fn hears_nothing_but(&mut self, id: i64) {
        self.hears(&format!(r#"{{"id":{id},"result":[{{"count":1}}],"error":null}}"#));
    }
}

#[test]
fn conditions_that_cannot_be_tested_are_refused_here_and_change_nothing() {
    let (mut stage, _shared) = monitored("monitor_cond_since");
    let mut of_no_column = where_n_is(1);
    of_no_column.tables.values_mut().next().unwrap().where_ = vec![Clause::test("none", Function::Equal, 1)];
    let mut by_order = where_n_is(1);
    by_order.tables.values_mut().next().unwrap().where_ = vec![Clause::test("s", Function::Less, "x")];
    for (selection, says) in [
        (of_no_column, "column T.none is unsupported by this server"),
        (where_n_is("one"), "column T.n: string where integer is needed"),
        (by_order, "column T.s cannot be compared by <"),
    ] {
        let error = set_conditions(&mut stage, selection)
            .try_recv()
            .unwrap()
            .unwrap_err();
        assert!(
            matches!(error, Error::Config(_)) && error.to_string().contains(says),
            "{error}"
        );
    }
    assert_eq!(stage.says(), "", "the server is not asked");
    let error = set_conditions(&mut stage, where_n_is("one"))
        .try_recv()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(error, Error::Config(ConfigError::Value { .. })),
        "{error:?}"
    );
    // The next session asks for what was in force.
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    stage.pass(10 * SECOND);
    stage.connect();
    stage.greet_with(-6, "", SCHEMA);
    assert!(stage.says().contains(r#""where":[true]"#));
}

#[test]
fn refused_conditions_leave_those_of_before_in_force() {
    let (mut stage, shared) = monitored("monitor_cond_since");
    let mut refused = set_conditions(&mut stage, where_n_is(7));
    let mut later = set_conditions(&mut stage, where_n_is(1));
    let sent = requests(&mut stage);
    let [(id, method, params)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert!(
        method == "monitor_cond_change" && params.contains(r#"["n","==",7]"#),
        "{sent:?}"
    );
    stage.hears(&format!(
        r#"{{"id":{id},"error":{{"error":"syntax error","details":"no"}}}}"#
    ));
    let error = refused.try_recv().unwrap().unwrap_err();
    assert_eq!(error.rejection(), Some(ErrorKind::SyntaxError));
    // The monitor is made anew, with the next conditions in their turn and not with the refused ones.
    let sent = requests(&mut stage);
    let [(_, cancel, _), (id, again, params)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(
        (cancel.as_str(), again.as_str()),
        ("monitor_cancel", "monitor_cond_since")
    );
    assert!(
        params.contains(r#"["n","==",1]"#) && !params.contains("7"),
        "{params}"
    );
    assert!(later.try_recv().is_err(), "not answered yet");
    stage.hears(&monitor_reply(*id, "monitor_cond_since", &[(A, 1)]));
    later.try_recv().unwrap().unwrap();
    assert_eq!(rows(&shared), 1);
}

#[test]
fn conditions_that_a_new_session_refuses_are_put_back_and_do_not_end_the_replica() {
    let (mut stage, shared) = monitored("monitor_cond_since");
    let mut change = set_conditions(&mut stage, where_n_is(7));
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    stage.pass(10 * SECOND);
    stage.connect();
    stage.greet_with(-7, "", SCHEMA);
    let sent = requests(&mut stage);
    let [(id, _, params)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert!(params.contains(r#"["n","==",7]"#), "{params}");
    stage.hears(&format!(
        r#"{{"id":{id},"error":{{"error":"syntax error","details":"no"}}}}"#
    ));
    assert!(change.try_recv().unwrap().is_err());
    answer_monitor(&mut stage, "monitor_cond_since", &[(A, 1), (B, 2)]);
    assert_eq!(rows(&shared), 2);
}

#[test]
fn changes_of_conditions_that_nobody_waits_for_do_not_pile_up() {
    let (mut stage, _shared) = monitored("monitor_cond_since");
    for n in 0..1000 {
        drop(set_conditions(&mut stage, where_n_is(n)));
    }
    let mut last = set_conditions(&mut stage, where_n_is(1000));
    let mut asked = Vec::new();
    while last.try_recv().is_err() {
        let sent = requests(&mut stage);
        let [(id, _, params)] = sent.as_slice() else {
            panic!("{sent:?}")
        };
        stage.hears(&format!(r#"{{"id":{id},"result":{{}},"error":null}}"#));
        asked.push(params.clone());
    }
    assert_eq!(asked.len(), 2, "the first and the last");
    assert!(asked.last().unwrap().contains("1000"));
}

#[test]
fn other_conditions_of_a_plain_monitor_are_told_as_such() {
    let (mut stage, shared) = monitored("monitor");
    let mut watch = Watch::new(&shared);
    let mut change = set_conditions(&mut stage, where_n_is(2));
    answer_monitor(&mut stage, "monitor", &[(A, 1), (B, 2)]);
    change.try_recv().unwrap().unwrap();
    let Some(Event::Resync(resync)) = watch.try_next() else {
        panic!("no event")
    };
    assert_eq!(
        (resync.reason, resync.changes.len()),
        (ResyncReason::ConditionsChanged, 2)
    );
    // A session that is lost meanwhile is the greater news.
    let _change = set_conditions(&mut stage, where_n_is(1));
    stage.says();
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    stage.pass(10 * SECOND);
    stage.connect();
    stage.greet_with(-12, "", SCHEMA);
    answer_monitor(&mut stage, "monitor", &[(A, 1)]);
    let Some(Event::Resync(resync)) = watch.try_next() else {
        panic!("no event")
    };
    assert_eq!(resync.reason, ResyncReason::Reconnected);
}

#[test]
fn what_is_written_while_a_plain_monitor_gets_other_conditions_is_read() {
    let (mut stage, shared) = monitored("monitor");
    let _change = set_conditions(&mut stage, where_n_is(1));
    // The server commits before it comes to the monitor: nothing but the answer to that tells of B.
    let mut answer = transact(&mut stage, 7);
    assert!(answer.try_recv().is_err(), "the replica does not hold it yet");
    answer_monitor(&mut stage, "monitor", &[(A, 1), (B, 1)]);
    assert_eq!(answer.try_recv().unwrap().unwrap(), r#"[{"count":1}]"#);
    assert_eq!(rows(&shared), 2);
}

#[test]
fn what_is_written_while_rows_are_asked_for_anew_is_read() {
    let (mut stage, shared) = monitored("monitor_cond_since");
    let resync = format!(
        r#"{{"id":null,"method":"update3","params":[1,"{ZERO}",{{"T":{{"{B}":{{"modify":{{"n":2}}}}}}}}]}}"#
    );
    stage.hears(&resync);
    let mut first = transact(&mut stage, 7);
    stage.pass(SECOND);
    let mut second = transact(&mut stage, 8);
    assert!(first.try_recv().is_err() && second.try_recv().is_err());
    // Through the next session too.
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    assert!(first.try_recv().is_err());
    stage.pass(LIMIT - 2 * SECOND);
    stage.connect();
    stage.greet_with(-8, "", SCHEMA);
    // Who cannot wait so long gets what is known.
    stage.pass(SECOND);
    assert!(first.try_recv().unwrap().is_ok());
    answer_monitor(&mut stage, "monitor_cond_since", &[(A, 1), (B, 2)]);
    assert!(second.try_recv().unwrap().is_ok());
    assert_eq!(rows(&shared), 2);
}

#[test]
fn a_result_does_not_wait_for_a_replica_that_nobody_holds() {
    let (mut stage, _shared) = monitored("monitor_cond_since");
    let (reply, _first_rows) = oneshot::channel();
    stage.core.handle_command(
        Command::Monitor {
            key: MonitorKey(2),
            selection: Selection::new().table_named("T"),
            reply,
        },
        stage.now,
    );
    assert!(transact(&mut stage, 7).try_recv().unwrap().is_ok());
    stage.hears(r#"{"id":null,"method":"update3","params":[1,"x"]}"#);
}

#[test]
fn a_monitor_that_was_given_up_before_it_was_heard_of_is_not_asked_for() {
    let (mut stage, _shared) = monitored("monitor_cond_since");
    let (reply, first_rows) = oneshot::channel();
    drop(first_rows);
    stage.core.handle_forget(Forget::Monitor(MonitorKey(2)));
    stage.core.handle_command(
        Command::Monitor {
            key: MonitorKey(2),
            selection: Selection::new().table_named("T"),
            reply,
        },
        stage.now,
    );
    assert_eq!(stage.says(), "");
}

/// A stage that asked for all rows of `T`, and the id of the request.
fn asked() -> (Stage, oneshot::Receiver<Result<Arc<Shared>, Error>>, i64) {
    let (mut stage, shared) = monitoring();
    let (id, ..) = requests(&mut stage).pop().unwrap();
    (stage, shared, id)
}

fn many_rows(id: i64, last: &str) -> String {
    let rows: Vec<String> = (1..100)
        .map(|number| format!(r#""00000000-0000-0000-0000-{number:012}":{{"initial":{{"n":{number}}}}}"#))
        .collect();
    let rows = rows.join(",");
    format!(
        r#"{{"id":{id},"result":[false,"{ZERO}",{{"T":{{{rows},"{A}":{{"initial":{{"n":{last}}}}}}}}}],"error":null}}"#
    )
}

#[test]
fn the_rows_of_a_large_reply_are_read_as_they_come_and_shown_at_once() {
    let (mut stage, mut shared, id) = asked();
    let mut codec = Codec::new(1 << 20);
    let mut longest = 0;
    for piece in many_rows(id, "7").as_bytes().chunks(50) {
        assert!(shared.try_recv().is_err(), "shown before its end");
        codec.extend(piece);
        match codec.next_message().unwrap() {
            Some(message) => stage.core.handle_message(&message, stage.now),
            None => stage.core.handle_unfinished(&mut codec),
        }
        longest = longest.max(codec.unfinished().len());
    }
    assert!(longest < 250, "{longest} bytes were kept");
    assert_eq!(rows(&shared.try_recv().unwrap().unwrap()), 100);
}

#[test]
fn a_row_of_a_large_reply_that_does_not_read_has_all_asked_for_anew() {
    let (mut stage, mut shared, id) = asked();
    for (asked_before, reply) in [
        // The last of the rows, the first, and the text itself.
        (id, many_rows(id, "\"x\"")),
        (
            id - 2,
            many_rows(id - 2, "7").replacen("\"n\":1}", "\"n\":true}", 1),
        ),
        (id - 4, many_rows(id - 4, "7").replacen("initial", "in\\\\ial", 1)),
    ] {
        stage.hears(&reply);
        let asked: Vec<_> = requests(&mut stage)
            .into_iter()
            .map(|(id, method, _)| (id, method))
            .collect();
        let expected = [
            (asked_before - 1, "monitor_cancel".to_owned()),
            (asked_before - 2, "monitor_cond_since".to_owned()),
        ];
        assert_eq!(asked, expected);
        assert!(shared.try_recv().is_err());
    }
    stage.hears(&many_rows(id - 6, "7"));
    assert_eq!(rows(&shared.try_recv().unwrap().unwrap()), 100);
}

#[test]
fn a_monitor_may_be_given_up_while_its_rows_come() {
    let (mut stage, _, id) = asked();
    let reply = many_rows(id, "7");
    let mut codec = Codec::new(1 << 20);
    for (number, piece) in reply.as_bytes().chunks(500).enumerate() {
        if number == 3 {
            stage.core.handle_forget(Forget::Monitor(MonitorKey(1)));
        }
        codec.extend(piece);
        match codec.next_message().unwrap() {
            Some(message) => stage.core.handle_message(&message, stage.now),
            None => stage.core.handle_unfinished(&mut codec),
        }
    }
    let asked: Vec<_> = requests(&mut stage)
        .into_iter()
        .map(|(_, method, _)| method)
        .collect();
    assert_eq!(asked, ["monitor_cancel"]);
    assert!(stage.status.borrow().is_ready());
}
