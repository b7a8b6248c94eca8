//! How soon a session follows another, and with whom.

use super::{SECOND, Stage};
use crate::error::UnreachableReason;

fn dropped(stage: &mut Stage) -> std::time::Duration {
    stage
        .core
        .handle_disconnected(UnreachableReason::ClosedByPeer, stage.now);
    stage.core.poll_timeout().unwrap() - stage.now
}

#[test]
fn a_server_that_lets_everyone_in_and_drops_them_is_come_back_to_ever_later() {
    let mut stage = Stage::new("tcp:a:1", false);
    for (round, whole) in [1, 2, 4, 8, 8].into_iter().enumerate() {
        stage.connect();
        stage.greet(-1 - 4 * round as i64, "");
        assert!(stage.status.borrow().is_ready());
        let wait = dropped(&mut stage);
        assert!(
            wait <= whole * SECOND && wait >= whole * SECOND / 2,
            "{wait:?} in round {round}"
        );
        stage.pass(wait);
    }
    // One that is of use, and one that lasts, count as before.
    stage.connect();
    stage.greet(-21, "");
    let _answer = stage.call(1, false);
    stage.hears(r#"{"id":1,"result":[],"error":null}"#);
    let wait = dropped(&mut stage);
    assert!(wait <= SECOND, "{wait:?}");
    stage.pass(wait);
    stage.connect();
    stage.greet(-25, "");
    stage.now += 8 * SECOND;
    let wait = dropped(&mut stage);
    assert!(wait <= SECOND, "{wait:?}");
}

#[test]
fn two_servers_that_drop_everyone_are_not_run_against_in_turn_without_a_pause() {
    let mut stage = Stage::new("tcp:a:1,tcp:b:2", false);
    let mut waits = Vec::new();
    for round in 0..6 {
        stage.connect();
        stage.greet(-1 - 4 * round, "");
        let wait = dropped(&mut stage);
        waits.push(wait.is_zero());
        stage.pass(wait);
    }
    assert_eq!(waits, [true, false, true, false, true, false]);
}

#[test]
fn an_index_of_another_cluster_says_nothing_of_this_one() {
    let row = |cluster: u8, index: u8| {
        format!(
            r#""Database":{{"00000000-0000-0000-0000-000000000001":{{"initial":{{"name":"D","model":"clustered","connected":true,"leader":true,"cid":["uuid","00000000-0000-0000-0000-0000000000{cluster:02}"],"index":{index}}}}}}}"#
        )
    };
    let mut stage = Stage::new("tcp:a:1", false);
    let mut first = -1;
    let mut meets = |cluster, index| {
        stage.connect();
        stage.greet(first, &row(cluster, index));
        first -= 4;
        let is_ready = stage.status.borrow().is_ready();
        if is_ready {
            dropped(&mut stage);
        }
        stage.pass(20 * SECOND);
        is_ready
    };
    assert!(meets(1, 9));
    assert!(!meets(1, 8), "older than what was seen");
    assert!(meets(2, 3), "another cluster, made anew");
    assert!(!meets(2, 2));
    assert!(meets(2, 4));
}
