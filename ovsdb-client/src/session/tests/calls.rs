//! Calls that are given up, that run out of time, that wait for room.

use bytes::Bytes;
use tokio::sync::oneshot;

use super::{LIMIT, SECOND, Stage};
use crate::{
    error::{Error, UnreachableReason},
    replica::Selection,
    session::command::{Command, Forget, MonitorKey},
};

type Answer = oneshot::Receiver<Result<Bytes, Error>>;

fn ready() -> Stage {
    let mut stage = Stage::new("unix:/run/db.sock", false);
    stage.connect();
    stage.greet(-1, "");
    stage
}

fn error_of(answer: &mut Answer) -> Error {
    answer.try_recv().unwrap().unwrap_err()
}

fn is_open(answer: &mut Answer) -> bool {
    matches!(answer.try_recv(), Err(oneshot::error::TryRecvError::Empty))
}

#[test]
fn a_transaction_that_is_given_up_is_canceled_if_it_was_sent() {
    let mut stage = Stage::new("tcp:a:1", false);
    drop(stage.call(1, true));
    stage.core.handle_forget(Forget::Call(1));
    stage.connect();
    stage.greet(-1, "");
    assert_eq!(stage.says(), "");
    drop(stage.call(2, true));
    stage.core.handle_forget(Forget::Call(2));
    drop(stage.call(3, false));
    stage.core.handle_forget(Forget::Call(3));
    assert_eq!(
        stage.says(),
        r#"<2>{"id":null,"method":"cancel","params":[2]}<3>"#
    );
    // The answers come all the same, and are nobody's.
    stage.hears(r#"{"id":2,"result":[],"error":null}"#);
    stage.hears(r#"{"id":3,"result":[],"error":null}"#);
    assert!(stage.status.borrow().is_ready());
}

#[test]
fn a_call_whose_time_is_over_says_whether_it_was_sent() {
    let mut stage = ready();
    let mut transaction = stage.call(1, true);
    stage.pass(SECOND);
    let (mut answered, mut question) = (stage.call(2, false), stage.call(3, false));
    stage.says();
    stage.hears(r#"{"id":2,"result":[],"error":null}"#);
    assert!(answered.try_recv().unwrap().is_ok());
    assert_eq!(stage.core.poll_timeout(), Some(stage.now + LIMIT - SECOND));
    stage.pass(LIMIT - 2 * SECOND);
    assert!(is_open(&mut transaction));
    stage.pass(SECOND);
    let error = error_of(&mut transaction);
    assert!(error.is_outcome_unknown(), "{error}");
    assert!(error.to_string().contains("not answered within 30s"), "{error}");
    assert_eq!(stage.says(), r#"{"id":null,"method":"cancel","params":[1]}"#);
    assert!(is_open(&mut question));
    assert_eq!(stage.core.poll_timeout(), Some(stage.now + SECOND));
    stage.pass(SECOND);
    let error = error_of(&mut question);
    assert!(matches!(error, Error::TimedOut { limit: LIMIT, .. }), "{error}");
    assert_eq!(stage.says(), "");
    // Nothing is left to wait for.
    assert_eq!(stage.core.poll_timeout(), None);
}

#[test]
fn a_call_that_was_never_sent_ends_with_why_there_is_no_session() {
    let mut stage = Stage::new("tcp:a:1", false);
    let mut early = stage.call(1, true);
    stage.connect();
    stage
        .core
        .handle_disconnected(UnreachableReason::Refused("no".to_owned()), stage.now);
    stage.pass(LIMIT);
    let error = error_of(&mut early);
    assert!(error.is_unreachable(), "{error}");
    // Without a reason it is the time.
    let mut stage = Stage::new("tcp:a:1", false);
    let mut early = stage.call(1, true);
    stage.now += LIMIT;
    stage.pass(SECOND);
    assert!(matches!(error_of(&mut early), Error::TimedOut { .. }));
}

#[test]
fn no_limit_is_too_long() {
    let mut stage = ready();
    let mut answer = stage.call_within(1, true, std::time::Duration::MAX);
    assert_eq!(stage.core.poll_timeout(), None);
    stage.pass(LIMIT);
    assert!(is_open(&mut answer));
}

#[test]
fn no_more_is_printed_than_can_be_sent_and_the_rest_follows_in_order() {
    let mut stage = ready();
    let mut answers: Vec<Answer> = (1..=600).map(|id| stage.call(id, true)).collect();
    let mut said = String::new();
    while !stage.core.poll_transmit().is_empty() {
        assert!(stage.core.poll_transmit().len() < 2 << 10);
        // It is sent by and by.
        let part = stage.core.poll_transmit();
        let part = String::from_utf8_lossy(part.get(..part.len().min(100)).unwrap()).into_owned();
        stage.core.handle_transmitted(part.len());
        said.push_str(&part);
    }
    assert_eq!(said, (1..=600).map(|id| format!("<{id}>")).collect::<String>());
    // A peer that reads nothing does not keep anyone longer than his time.
    let mut stuck: Vec<Answer> = (601..=1200).map(|id| stage.call(id, true)).collect();
    stage.pass(LIMIT);
    let errors: Vec<Error> = stuck.iter_mut().map(error_of).collect();
    assert!(errors.first().unwrap().is_outcome_unknown());
    assert!(matches!(errors.last().unwrap(), Error::TimedOut { .. }));
    assert!(
        answers
            .iter_mut()
            .all(|answer| error_of(answer).is_outcome_unknown())
    );
}

#[test]
fn a_result_that_is_held_back_is_given_when_the_time_is_over() {
    let mut stage = Stage::new("unix:/run/db.sock", false);
    let schema = r#"{"name":"D","version":"1.0.0","tables":{"T":{"columns":{"n":{"type":"integer"}}}}}"#;
    stage.connect();
    stage.greet_with(-1, "", schema);
    let (reply, _replica) = oneshot::channel();
    let command = Command::Monitor {
        key: MonitorKey(1),
        selection: Selection::new().table_named("T"),
        reply,
    };
    stage.core.handle_command(command, stage.now);
    stage.says();
    stage.hears(r#"{"id":-5,"result":[false,"00000000-0000-0000-0000-000000000001",{"T":{}}],"error":null}"#);
    // What the monitor sends does not fit, so that its rows are asked for anew.
    let uuid = "00000000-0000-0000-0000-000000000063";
    stage.hears(&format!(
        r#"{{"id":null,"method":"update3","params":[1,"{uuid}",{{"T":{{"{uuid}":{{"modify":{{"n":1}}}}}}}}]}}"#
    ));
    let (mut kept, gone) = (stage.call(7, true), stage.call(8, true));
    stage.says();
    stage.hears(r#"{"id":7,"result":[{}],"error":null}"#);
    stage.hears(r#"{"id":8,"result":[{}],"error":null}"#);
    assert!(is_open(&mut kept));
    drop(gone);
    stage.core.handle_forget(Forget::Call(8));
    stage.pass(LIMIT);
    assert_eq!(kept.try_recv().unwrap().unwrap(), "[{}]");
    assert_eq!(stage.says(), "", "an answered transaction is not canceled");
}
