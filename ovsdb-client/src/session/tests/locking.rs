//! Locks, and what the server tells of them.

use tokio::sync::{oneshot, watch};

use super::{
    super::command::{Command, Forget, LockKey},
    Stage,
};
use crate::{
    error::{ConfigError, Error},
    session::LockStatus,
};

struct Handle {
    key: i64,
    status: watch::Receiver<LockStatus>,
    accepted: Result<(), Error>,
}

impl Handle {
    fn status(&self) -> LockStatus {
        *self.status.borrow()
    }
}

fn ask(stage: &mut Stage, key: i64, steal: bool) -> Handle {
    let (sender, status) = watch::channel(LockStatus::Waiting);
    let (reply, mut accepted) = oneshot::channel();
    stage.core.handle_command(
        Command::Lock {
            key: LockKey(key),
            name: "l".to_owned(),
            steal,
            status: sender,
            reply,
        },
        stage.now,
    );
    Handle {
        key,
        status,
        accepted: accepted.try_recv().unwrap(),
    }
}

fn drop_handle(stage: &mut Stage, handle: &Handle) {
    stage.core.handle_forget(Forget::Lock {
        key: LockKey(handle.key),
        name: "l".to_owned(),
    });
}

fn ready() -> Stage {
    let mut stage = Stage::new("tcp:a", false);
    stage.connect();
    stage.greet(-1, "");
    stage
}

const STOLEN: &str = r#"{"id":null,"method":"stolen","params":["l"]}"#;
const LOCKED: &str = r#"{"id":null,"method":"locked","params":["l"]}"#;

#[test]
fn a_robbed_thief_unlocks_and_queues_again() {
    let mut stage = ready();
    let lock = ask(&mut stage, 1, true);
    assert_eq!(stage.says(), r#"{"id":-5,"method":"steal","params":["l"]}"#);
    stage.hears(r#"{"id":-5,"result":{"locked":true},"error":null}"#);
    assert_eq!(lock.status(), LockStatus::Held);
    stage.hears(STOLEN);
    assert_eq!(lock.status(), LockStatus::Lost);
    assert_eq!(
        stage.says(),
        r#"{"id":-6,"method":"unlock","params":["l"]}{"id":-7,"method":"lock","params":["l"]}"#
    );
    stage.hears(r#"{"id":-6,"result":{},"error":null}"#);
    stage.hears(r#"{"id":-7,"result":{"locked":false},"error":null}"#);
    stage.hears(LOCKED);
    assert_eq!(lock.status(), LockStatus::Held);
    // Now it was locked and not stolen, so the server keeps its place.
    stage.hears(STOLEN);
    assert_eq!((lock.status(), stage.says().as_str()), (LockStatus::Lost, ""));
    stage.hears(LOCKED);
    assert_eq!(lock.status(), LockStatus::Held);
}

#[test]
fn a_second_handle_of_a_name_is_refused_and_leaves_the_first_alone() {
    let mut stage = ready();
    let first = ask(&mut stage, 1, false);
    stage.says();
    stage.hears(r#"{"id":-5,"result":{"locked":true},"error":null}"#);
    let second = ask(&mut stage, 2, true);
    assert!(
        matches!(&second.accepted, Err(Error::Config(ConfigError::LockInUse { name })) if name == "l"),
        "{:?}",
        second.accepted
    );
    drop_handle(&mut stage, &second);
    assert_eq!((first.status(), stage.says().as_str()), (LockStatus::Held, ""));
    drop_handle(&mut stage, &first);
    assert!(stage.says().contains("unlock"));
    assert!(ask(&mut stage, 3, false).accepted.is_ok());
}

#[test]
fn what_is_told_of_a_handle_that_is_gone_does_not_reach_the_next() {
    let mut stage = ready();
    let first = ask(&mut stage, 1, false);
    drop_handle(&mut stage, &first);
    let second = ask(&mut stage, 2, false);
    // All of this was said before the server heard of the second.
    stage.hears(r#"{"id":-5,"result":{"locked":false},"error":null}"#);
    stage.hears(LOCKED);
    assert_eq!(second.status(), LockStatus::Waiting);
    stage.hears(r#"{"id":-6,"result":{},"error":null}"#);
    stage.hears(r#"{"id":-7,"result":{"locked":false},"error":null}"#);
    assert_eq!(second.status(), LockStatus::Waiting);
    stage.hears(LOCKED);
    assert_eq!(second.status(), LockStatus::Held);
}

#[test]
fn a_handle_that_was_dropped_before_it_was_heard_of_is_not_asked_for() {
    let mut stage = ready();
    let (sender, _status) = watch::channel(LockStatus::Waiting);
    let (reply, accepted) = oneshot::channel();
    drop(accepted);
    stage.core.handle_command(
        Command::Lock {
            key: LockKey(1),
            name: "l".to_owned(),
            steal: false,
            status: sender,
            reply,
        },
        stage.now,
    );
    assert_eq!(stage.says(), "");
}
