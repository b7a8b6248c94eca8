use super::*;

/// A session in virtual time: what it sends is read as procedure numbers, what it hears is made here.
struct Bench {
    core: Core,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "one instant, from which the time of the test is counted"
        )]
        let now = Instant::now();
        let mut bench = Self {
            core: Core::new(SessionOptions::new("qemu:///system"), "sock".to_owned()),
            now,
        };
        bench.core.handle_connected(now);
        bench
    }

    fn after(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self.core.handle_timeout(self.now);
        self
    }

    /// What it did since the last look: `>66` is a call, `>ping` a keepalive, `ok 1` and `err 1` the end of a call.
    fn said(&mut self) -> String {
        let mut lines = Vec::new();
        while let Some(output) = self.core.poll_output() {
            lines.push(match output {
                Output::Transmit(bytes) => {
                    let mut framer = crate::live::rpc::frame::Framer::default();
                    framer.buffer().extend_from_slice(&bytes);
                    let header = framer.next().unwrap().unwrap().header;
                    match (header.program, header.procedure) {
                        (program::KEEPALIVE, PING) => ">ping".to_owned(),
                        (program::KEEPALIVE, other) => format!(">keepalive {other}"),
                        (_, procedure) => format!(">{procedure}"),
                    }
                }
                Output::Pong => ">pong".to_owned(),
                Output::Followed(id, Ok(refused)) => format!("follows {id} but {}", refused.len()),
                Output::Followed(id, Err(_)) => format!("fails {id}"),
                Output::Complete(id, Ok(_)) => format!("ok {id}"),
                Output::Complete(id, Err(error)) if error.is_outcome_unknown() => format!("unknown {id}"),
                Output::Complete(id, Err(_)) => format!("err {id}"),
                Output::Opened => "opened".to_owned(),
                Output::Event(Event::Resync { .. }) => "resync".to_owned(),
                Output::Event(Event::Disconnected { .. }) => "disconnected".to_owned(),
                Output::Event(Event::NotFollowed { kind, .. }) => format!("not {kind:?}"),
                Output::Event(_) => "event".to_owned(),
                Output::Close(_) => "close".to_owned(),
            });
        }
        lines.join(" ")
    }

    fn hear(&mut self, procedure: i32, serial: u32, status: u32, body: Bytes) {
        let header = Header {
            program: program::REMOTE,
            version: 1,
            procedure,
            kind: kind::REPLY,
            serial,
            status,
        };
        self.core.handle_frame(&Frame { header, body }, self.now);
    }

    fn refuse(&mut self, procedure: i32, serial: u32) {
        let error = Encoder::new().i32(3).i32(0).u32(0).finish();
        self.hear(procedure, serial, status::ERROR, error);
    }

    fn number(&mut self, procedure: i32, serial: u32, number: u32) {
        self.hear(procedure, serial, status::OK, Encoder::new().u32(number).finish());
    }

    fn open(&mut self, first: u32, keepalive: u32) {
        self.number(66, first, 0);
        self.hear(1, first + 1, status::OK, Bytes::new());
        self.number(60, first + 2, keepalive);
        self.number(60, first + 3, 1);
        self.number(60, first + 4, 0);
    }

    fn call(&mut self, id: CallId) {
        self.core
            .handle_call(id, Procedure::ConnectGetUri, Bytes::new(), self.now);
    }

    fn lose(&mut self) {
        let error = self.core.unreachable("it closed the connection");
        self.core.handle_lost(&error);
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn opens_step_by_step_and_then_sends_what_waited() {
    let mut bench = Bench::new();
    bench.call(1);
    assert_eq!(bench.said(), ">66");
    // 2 is polkit: it is asked for once, and answered by the daemon alone.
    bench.hear(66, 1, status::OK, Encoder::new().u32(1).i32(2).finish());
    assert_eq!(bench.said(), ">70");
    bench.number(70, 2, 1);
    assert_eq!(bench.said(), ">1");
    bench.hear(1, 3, status::OK, Bytes::new());
    bench.number(60, 4, 1);
    bench.number(60, 5, 1);
    assert_eq!(bench.said(), ">60 >60 >60");
    // The close callback is offered, and registered before anything else.
    bench.number(60, 6, 1);
    assert_eq!(bench.said(), ">360");
    bench.hear(360, 7, status::OK, Bytes::new());
    assert_eq!(bench.said(), "opened >110");
    bench.hear(
        110,
        8,
        status::OK,
        Encoder::new().string("qemu:///system").finish(),
    );
    assert_eq!(bench.said(), "ok 1");
    assert!(bench.core.network_update_in_order());
}

#[test]
fn pings_in_silence_and_gives_up_after_five() {
    let mut bench = Bench::new();
    bench.open(1, 1);
    bench.said();
    assert_eq!(bench.after(4 * SECOND).said(), "");
    for _ in 0..5 {
        assert_eq!(bench.after(5 * SECOND).said(), ">ping");
    }
    bench.call(1);
    bench.said();
    assert_eq!(bench.after(5 * SECOND).said(), "unknown 1 close disconnected");
    // Any sign of life counts, not the pong alone.
    let mut bench = Bench::new();
    bench.open(1, 1);
    for _ in 0..20 {
        bench.after(4 * SECOND);
        let header = Header {
            program: program::KEEPALIVE,
            version: 1,
            procedure: PING,
            kind: kind::MESSAGE,
            serial: 0,
            status: 0,
        };
        bench.core.handle_frame(
            &Frame {
                header,
                body: Bytes::new(),
            },
            bench.now,
        );
    }
    assert!(!bench.said().contains("close"));
}

#[test]
fn without_keepalive_it_does_not_ping() {
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.said();
    assert_eq!(bench.after(3600 * SECOND).said(), "");
    assert_eq!(bench.core.poll_timeout(), None);
}

#[test]
fn what_was_sent_is_unknown_and_what_waits_goes_on_until_its_deadline() {
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.said();
    bench.call(1);
    assert_eq!(bench.said(), ">110");
    bench.lose();
    bench.call(2);
    bench.call(3);
    assert_eq!(bench.said(), "unknown 1 disconnected");
    bench.core.handle_cancel(3);
    assert_eq!(bench.after(29 * SECOND).said(), "");
    bench.core.handle_connected(bench.now);
    bench.open(7, 0);
    assert_eq!(bench.said(), ">66 >1 >60 >60 >60 opened resync >110");
    bench.lose();
    bench.call(4);
    assert_eq!(bench.said(), "unknown 2 disconnected");
    assert_eq!(bench.after(31 * SECOND).said(), "err 4");
}

#[test]
fn an_opening_that_takes_too_long_ends() {
    let mut bench = Bench::new();
    bench.said();
    assert_eq!(bench.after(5 * SECOND).said(), "close");
}

#[test]
fn followers_share_one_registration_and_it_is_made_again_after_a_loss() {
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.said();
    bench.core.handle_follow(1, bench.now);
    bench.core.handle_follow(2, bench.now);
    assert_eq!(bench.said(), ">316 >316 >316 >316 >316 >316 >313");
    for serial in 6..12 {
        bench.number(316, serial, 1);
    }
    assert_eq!(bench.said(), "");
    // A driver that does not know the last one: the others do their work, and everyone is told.
    bench.refuse(313, 12);
    assert_eq!(bench.said(), "follows 1 but 1 follows 2 but 1");
    bench.core.handle_follow(3, bench.now);
    assert_eq!(bench.said(), "follows 3 but 1");
    bench.lose();
    bench.core.handle_connected(bench.now);
    bench.open(13, 0);
    assert_eq!(
        bench.said(),
        "disconnected >66 >1 >60 >60 >60 >316 >316 >316 >316 >316 >316 >313"
    );
    for serial in 18..24 {
        bench.number(316, serial, 1);
    }
    bench.refuse(313, 24);
    assert_eq!(bench.said(), "opened resync not Network");
}

#[test]
fn nobody_follows_without_lifecycle_or_removals() {
    for essential in [6, 7] {
        let mut bench = Bench::new();
        bench.open(1, 0);
        bench.core.handle_follow(1, bench.now);
        bench.said();
        for serial in 6..12 {
            if serial == essential {
                bench.refuse(316, serial);
            } else {
                bench.number(316, serial, 1);
            }
        }
        bench.number(313, 12, 1);
        assert_eq!(bench.said(), "fails 1");
        bench.core.handle_follow(2, bench.now);
        assert_eq!(bench.said(), "fails 2");
    }
}

#[test]
fn a_registration_that_is_not_answered_fails() {
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.core.handle_follow(1, bench.now);
    bench.said();
    for serial in 7..12 {
        bench.number(316, serial, 1);
    }
    bench.number(313, 12, 1);
    assert_eq!(bench.said(), "");
    assert_eq!(bench.after(31 * SECOND).said(), "fails 1");
    // One that can be done without does not fail the others.
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.core.handle_follow(1, bench.now);
    bench.said();
    for serial in 6..12 {
        bench.number(316, serial, 1);
    }
    assert_eq!(bench.after(31 * SECOND).said(), "follows 1 but 1");
}

#[test]
fn a_follower_waits_for_the_session_and_not_forever() {
    let mut bench = Bench::new();
    bench.core.handle_follow(1, bench.now);
    bench.core.handle_follow(2, bench.now);
    bench.core.handle_cancel(2);
    assert_eq!(bench.said(), ">66");
    bench.lose();
    assert_eq!(bench.said(), "");
    bench.core.handle_connected(bench.now);
    bench.open(2, 0);
    bench.said();
    for serial in 7..13 {
        bench.number(316, serial, 1);
    }
    bench.number(313, 13, 1);
    assert_eq!(bench.said(), "opened follows 1 but 0");
    bench.lose();
    bench.core.handle_follow(3, bench.now);
    bench.said();
    assert_eq!(bench.after(31 * SECOND).said(), "fails 3");
}

#[test]
fn a_daemon_that_loses_its_hypervisor_is_left() {
    let mut bench = Bench::new();
    bench.open(1, 0);
    bench.said();
    let header = Header {
        program: program::REMOTE,
        version: 1,
        procedure: 362,
        kind: kind::MESSAGE,
        serial: 0,
        status: 0,
    };
    bench.core.handle_frame(
        &Frame {
            header,
            body: Encoder::new().i32(1).finish(),
        },
        bench.now,
    );
    assert_eq!(bench.said(), "close disconnected");
}
