use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use uuid::Uuid;

use super::super::xdr::Encoder;
use super::super::{Keepalive, Rpc, SessionOptions};
use super::*;
use crate::live::{DomainChange, Error, Event, EventKind, EventStream, Hypervisor as _};
use bytes::Bytes;

const URI: i32 = 110;
const XML: i32 = 14;
const LIFECYCLE: i32 = 318;

fn options() -> SessionOptions {
    SessionOptions {
        connect_timeout: Duration::from_millis(500),
        call_timeout: Duration::from_secs(2),
        ..SessionOptions::new("qemu:///system")
    }
}

struct Stage {
    _directory: tempfile::TempDir,
    peer: ScriptedPeer,
}

fn stage(connections: Vec<Vec<Step>>) -> Stage {
    let directory = tempfile::tempdir().unwrap();
    let peer = ScriptedPeer::start(&directory.path().join("sock"), connections).unwrap();
    Stage {
        _directory: directory,
        peer,
    }
}

async fn connect(stage: &Stage) -> Rpc {
    Rpc::connect(stage.peer.socket(), options()).await.unwrap()
}

fn text(text: &str) -> Step {
    Step::Reply(Encoder::new().string(text).finish())
}

fn lifecycle(change: i32) -> Step {
    let domain = Encoder::new()
        .i32(1)
        .string("web")
        .uuid(Uuid::from_u128(7))
        .i32(3);
    Step::Event(LIFECYCLE, domain.i32(change).i32(0).finish())
}

/// The seven registrations of a follower.
fn registrations() -> Vec<Step> {
    let answer = |procedure| {
        [
            Step::Expect(procedure),
            Step::Reply(Encoder::new().i32(1).finish()),
        ]
    };
    [316, 316, 316, 316, 316, 316, 313]
        .into_iter()
        .flat_map(answer)
        .collect()
}

async fn xml(rpc: &Rpc) -> Result<String, Error> {
    rpc.domain_xml(Uuid::from_u128(7), crate::live::Definition::Live)
        .await
}

async fn next(events: &mut EventStream) -> Event {
    tokio::time::timeout(Duration::from_secs(5), events.next())
        .await
        .expect("an event is due")
        .expect("it goes on")
}

#[tokio::test]
async fn an_event_between_call_and_reply_goes_its_own_way() {
    let mut steps = vec![Step::Handshake];
    steps.extend(registrations());
    steps.extend([
        Step::Expect(XML),
        lifecycle(3),
        Step::Ping,
        lifecycle(4),
        text("<domain/>"),
        Step::Expect(XML),
        text("<b/>"),
    ]);
    let stage = stage(vec![steps]);
    let rpc = connect(&stage).await;
    let mut events = rpc.events().await.unwrap();
    assert_eq!(xml(&rpc).await.unwrap(), "<domain/>");
    assert_eq!(xml(&rpc).await.unwrap(), "<b/>");
    for wanted in [DomainChange::Suspended, DomainChange::Resumed] {
        assert!(matches!(next(&mut events).await, Event::Domain { change, .. } if change == wanted));
    }
}

#[tokio::test]
async fn what_is_not_followed_is_said_first() {
    // The agent's, the third, and the network's, the last, are refused.
    let mut steps = vec![Step::Handshake];
    steps.extend(registrations());
    for at in [6, 14] {
        steps[at] = Step::Fail(3, 0, "no such event".into());
    }
    steps.extend([Step::Expect(XML), lifecycle(3), text("<domain/>")]);
    let stage = stage(vec![steps]);
    let rpc = connect(&stage).await;
    let mut events = rpc.events().await.unwrap();
    for wanted in [EventKind::Agent, EventKind::Network] {
        let event = next(&mut events).await;
        assert!(
            matches!(&event, Event::NotFollowed { kind, reason } if *kind == wanted && reason.contains("no such event")),
            "{event:?}"
        );
    }
    xml(&rpc).await.unwrap();
    assert!(matches!(next(&mut events).await, Event::Domain { .. }));
}

#[tokio::test]
async fn a_refused_lifecycle_fails_the_follower() {
    let mut steps = vec![Step::Handshake];
    steps.extend(registrations());
    steps[2] = Step::Fail(88, 0, "access denied".into());
    let stage = stage(vec![steps]);
    let rpc = connect(&stage).await;
    let error = rpc.events().await.err().expect("it is refused");
    assert!(error.to_string().contains("access denied"), "{error}");
}

#[tokio::test]
async fn a_flood_of_pings_is_borne() {
    let ping = super::super::frame::Frame::keepalive(1).encode();
    let flood = Bytes::from(ping.repeat(200_000));
    let steps = vec![
        Step::Handshake,
        Step::Expect(XML),
        Step::Raw(flood),
        text("<domain/>"),
    ];
    let stage = stage(vec![steps]);
    assert_eq!(xml(&connect(&stage).await).await.unwrap(), "<domain/>");
}

#[tokio::test]
async fn pieces_of_any_size_are_put_together() {
    for size in [1, 2, 3, 5, 7, 27, 28, 29] {
        let steps = vec![
            Step::Pieces(size),
            Step::Handshake,
            Step::Expect(XML),
            lifecycle(3),
            text("<domain/>"),
        ];
        let stage = stage(vec![steps]);
        assert_eq!(xml(&connect(&stage).await).await.unwrap(), "<domain/>", "{size}");
    }
}

#[tokio::test]
async fn a_refusal_is_typed() {
    let stage = stage(vec![vec![
        Step::Handshake,
        Step::Expect(XML),
        Step::Fail(42, 10, "Domain not found".into()),
    ]]);
    let error = xml(&connect(&stage).await).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.libvirt().map(|error| (error.code, error.domain)),
        Some((42, 10))
    );
    assert_eq!(
        error.to_string(),
        "DomainGetXmlDesc failed: Domain not found (libvirt error 42, domain 10)"
    );
}

/// Runs bad `steps` after a call, expects its error, and then a good answer over the next connection.
async fn recovers_from(steps: Vec<Step>) -> Error {
    let mut first = vec![Step::Handshake];
    first.extend(registrations());
    first.push(Step::Expect(XML));
    first.extend(steps);
    let mut second = vec![Step::Handshake];
    second.extend(registrations());
    second.extend([Step::Expect(XML), text("<again/>")]);
    let stage = stage(vec![first, second]);
    let rpc = connect(&stage).await;
    let mut events = rpc.events().await.unwrap();
    let error = xml(&rpc).await.unwrap_err();
    assert_eq!(xml(&rpc).await.unwrap(), "<again/>", "after {error}");
    assert!(matches!(next(&mut events).await, Event::Disconnected { .. }));
    assert!(matches!(next(&mut events).await, Event::Resync { .. }));
    error
}

#[tokio::test]
async fn a_daemon_that_dies_leaves_the_outcome_unknown() {
    let error = recovers_from(vec![Step::Close]).await;
    assert!(error.is_outcome_unknown(), "{error}");
    // Half a message, then the end.
    let error = recovers_from(vec![
        Step::Raw(Bytes::from_static(&[0, 0, 0, 60, 0x20])),
        Step::Close,
    ])
    .await;
    assert!(error.is_outcome_unknown(), "{error}");
}

#[tokio::test]
async fn what_breaks_the_protocol_ends_the_session_and_a_new_one_begins() {
    let over = (32_u32 << 20) + 1;
    for (steps, words) in [
        (vec![Step::ReplyTo(99_999, Bytes::new())], "never made"),
        (
            vec![Step::Raw(Bytes::copy_from_slice(&over.to_be_bytes()))],
            "32 MiB",
        ),
        (
            vec![Step::Raw(Bytes::from_static(b"HTTP/1.1 400 Bad Request\r\n\r\n"))],
            "32 MiB",
        ),
        (vec![Step::Raw(Bytes::from_static(&[0, 0, 0, 4]))], "shorter"),
        (vec![Step::ReplyAs(URI, Bytes::new())], "with procedure 110"),
        (
            vec![Step::Event(LIFECYCLE, Bytes::from_static(&[0, 0]))],
            "cannot be read",
        ),
    ] {
        // The call was sent, so it may have been carried out before.
        let error = recovers_from(steps).await;
        assert!(error.is_outcome_unknown(), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_reply_that_makes_no_sense_fails_its_call_only() {
    let steps = vec![
        Step::Handshake,
        Step::Expect(XML),
        Step::Reply(Bytes::from_static(&[0xff; 8])),
        Step::Expect(XML),
        text("<domain/>"),
    ];
    let stage = stage(vec![steps]);
    let rpc = connect(&stage).await;
    let error = xml(&rpc).await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.to_string().contains("cannot be read"),
        "{error}"
    );
    assert_eq!(xml(&rpc).await.unwrap(), "<domain/>");
}

#[tokio::test]
async fn a_late_reply_answers_nobody_else() {
    let slow = SessionOptions {
        call_timeout: Duration::from_millis(100),
        ..options()
    };
    let late = Step::ReplyTo(6, Encoder::new().string("<late/>").finish());
    let steps = vec![
        Step::Handshake,
        Step::Expect(XML),
        Step::Expect(XML),
        late,
        Step::ReplyTo(7, Encoder::new().string("<now/>").finish()),
    ];
    let stage = stage(vec![steps]);
    let rpc = Rpc::connect(stage.peer.socket(), slow).await.unwrap();
    let error = xml(&rpc).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert_eq!(xml(&rpc).await.unwrap(), "<now/>");
}

#[tokio::test]
async fn a_call_that_is_given_up_disturbs_no_other() {
    let reply = |serial, text| Step::ReplyTo(serial, Encoder::new().string(text).finish());
    let steps = vec![
        Step::Handshake,
        Step::Expect(XML),
        Step::Expect(XML),
        reply(6, "<old/>"),
        reply(7, "<new/>"),
    ];
    let stage = stage(vec![steps]);
    let rpc = connect(&stage).await;
    let given_up = tokio::time::timeout(Duration::from_millis(50), xml(&rpc)).await;
    assert!(given_up.is_err());
    assert_eq!(xml(&rpc).await.unwrap(), "<new/>");
}

#[tokio::test]
async fn silence_is_found_out() {
    let started = Instant::elapsed;
    #[expect(clippy::disallowed_methods, reason = "a test measures time")]
    let begin = Instant::now();
    let mute = stage(vec![vec![]]);
    let error = Rpc::connect(mute.peer.socket(), options()).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    let quiet = SessionOptions {
        keepalive: Keepalive {
            interval: Duration::from_millis(50),
            count: 2,
        },
        ..options()
    };
    let dead = stage(vec![vec![Step::HandshakeWithKeepalive, Step::Expect(XML)]]);
    let rpc = Rpc::connect(dead.peer.socket(), quiet).await.unwrap();
    let error = xml(&rpc).await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.to_string().contains("keepalive"),
        "{error}"
    );
    assert!(started(&begin) < Duration::from_secs(5));
}

#[tokio::test]
async fn a_peer_that_is_no_libvirtd_fails_the_connect() {
    let stage = stage(vec![vec![Step::Raw(Bytes::from_static(
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ))]]);
    let error = Rpc::connect(stage.peer.socket(), options()).await.unwrap_err();
    assert!(matches!(error, Error::PeerMisbehaved { .. }), "{error}");
    let gone = Rpc::connect(std::path::Path::new("/nonexistent/sock"), options())
        .await
        .unwrap_err();
    assert!(matches!(gone, Error::Unreachable { .. }), "{gone}");
}
