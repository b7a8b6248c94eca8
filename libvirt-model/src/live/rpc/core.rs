//! The session as a value without IO: frames, calls and time go in; frames, results and events come out.
//!
//! ```text
//! Closed ── connected ──▶ Opening ── AuthList [→ AuthPolkit] → ConnectOpen → SupportsFeature* → callbacks* ──▶ Open
//!    ▲                        │                                                                             │
//!    └────────────────────────┴──────────────── lost, misbehaved, deadline, no answer to pings ─────────────┘
//! ```

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::frame::{Frame, Header, kind, program, status};
use super::message::{read_error, read_event};
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder};
use crate::live::{Error, Event, EventKind, LibvirtError};
use following::{Follower, registration};

const PING: i32 = 1;
/// Replies that nobody waits for any more; more than this many means that the peer does not answer at all.
const MOST_ABANDONED: usize = 1024;

/// How a session is kept.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// The URI that the daemon is asked to open, such as `qemu:///system`.
    pub uri: String,
    /// Whether to open it read-only.
    pub read_only: bool,
    /// How long opening a session may take, the socket included.
    pub connect_timeout: Duration,
    /// How long one call may take. A detach that waits for its guest takes libvirtd 5 seconds.
    pub call_timeout: Duration,
    /// How long a guest may take to give up a device after libvirtd reported success.
    pub detach_timeout: Duration,
    /// How a silent peer is found out.
    pub keepalive: Keepalive,
}

/// How a silent peer is found out: after `count` pings, `interval` apart, without a sign of life.
#[derive(Debug, Clone, Copy)]
pub struct Keepalive {
    /// The silence after which a ping is sent.
    pub interval: Duration,
    /// How many pings may go unanswered.
    pub count: u32,
}

impl SessionOptions {
    /// The defaults for `uri`: 5 s to connect, 30 s a call, a ping after 5 s of silence, 5 of them.
    #[must_use]
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            read_only: false,
            connect_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(30),
            detach_timeout: Duration::from_secs(20),
            keepalive: Keepalive {
                interval: Duration::from_secs(5),
                count: 5,
            },
        }
    }
}

/// The identity of a call towards the driver.
pub(super) type CallId = u64;

/// What the core wants the driver to do.
#[derive(Debug)]
pub(super) enum Output {
    /// Send these bytes.
    Transmit(Bytes),
    /// Answer a keepalive ping. One answer is enough for all pings that wait for one.
    Pong,
    /// The call is over.
    Complete(CallId, Result<Bytes, Error>),
    /// The one who wants to follow events does, or cannot; the events tell what of it is not followed.
    Followed(CallId, Result<Vec<Event>, Error>),
    /// The session is open, for the first time or again.
    Opened,
    /// Something happened on the host, or to the session.
    Event(Event),
    /// Close the socket. The pending calls are completed already.
    Close(Error),
}

#[derive(Debug)]
enum Phase {
    /// There is no socket.
    Closed,
    /// The socket is there; the session is being opened, until the deadline.
    Opening { deadline: Instant },
    /// Calls are sent at once.
    Open,
}

/// What a reply is for.
#[derive(Debug)]
enum Purpose {
    Caller(CallId),
    AuthList,
    AuthPolkit,
    OpenConnection,
    Feature(Feature),
    CloseCallback,
    /// One of [`CALLBACKS`], by its place.
    Register(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feature {
    Keepalive,
    NetworkUpdateOrder,
    CloseCallback,
}

impl Feature {
    fn number(self) -> i32 {
        match self {
            Self::Keepalive => 10,
            Self::NetworkUpdateOrder => 16,
            Self::CloseCallback => 15,
        }
    }
}

#[derive(Debug)]
struct Pending {
    purpose: Purpose,
    procedure: Procedure,
    deadline: Option<Instant>,
}

#[derive(Debug)]
struct Waiting {
    id: CallId,
    procedure: Procedure,
    arguments: Bytes,
    deadline: Instant,
}

/// The session.
#[derive(Debug)]
pub(super) struct Core {
    options: SessionOptions,
    endpoint: String,
    phase: Phase,
    serial: u32,
    pending: HashMap<u32, Pending>,
    /// Serials whose caller gave up; their replies are dropped when they come.
    abandoned: HashSet<u32>,
    waiting: VecDeque<Waiting>,
    outputs: VecDeque<Output>,
    /// Whether someone follows events, so that the callbacks are registered, now and after each reconnect.
    following: bool,
    /// How many registrations are not answered yet; `None` when this session has not begun with them.
    registering: Option<usize>,
    /// The callbacks that this session does not have, and why.
    not_followed: Vec<(EventKind, Error)>,
    /// Those who wait for the registration to be complete.
    followers: Vec<Follower>,
    opened_before: bool,
    network_update_in_order: bool,
    keepalive: bool,
    last_heard: Option<Instant>,
    last_ping: Option<Instant>,
    pings: u32,
}

impl Core {
    pub(super) fn new(options: SessionOptions, endpoint: String) -> Self {
        Self {
            options,
            endpoint,
            phase: Phase::Closed,
            serial: 0,
            pending: HashMap::new(),
            abandoned: HashSet::new(),
            waiting: VecDeque::new(),
            outputs: VecDeque::new(),
            following: false,
            registering: None,
            not_followed: Vec::new(),
            followers: Vec::new(),
            opened_before: false,
            network_update_in_order: false,
            keepalive: false,
            last_heard: None,
            last_ping: None,
            pings: 0,
        }
    }

    /// A socket is there: opens the session over it.
    pub(super) fn handle_connected(&mut self, now: Instant) {
        self.phase = Phase::Opening {
            deadline: now + self.options.connect_timeout,
        };
        self.last_heard = Some(now);
        self.last_ping = None;
        self.pings = 0;
        self.keepalive = false;
        self.registering = None;
        self.not_followed.clear();
        self.send(Procedure::AuthList, Bytes::new(), Purpose::AuthList, None);
    }

    /// A caller wants an answer. Before the session is open it waits its turn, within its deadline.
    pub(super) fn handle_call(&mut self, id: CallId, procedure: Procedure, arguments: Bytes, now: Instant) {
        let deadline = now + self.options.call_timeout;
        if matches!(self.phase, Phase::Open) {
            self.send(procedure, arguments, Purpose::Caller(id), Some(deadline));
        } else {
            self.waiting.push_back(Waiting {
                id,
                procedure,
                arguments,
                deadline,
            });
        }
    }

    /// A caller gave up waiting.
    pub(super) fn handle_cancel(&mut self, id: CallId) {
        self.waiting.retain(|waiting| waiting.id != id);
        self.followers.retain(|follower| follower.id != id);
        let serial = self
            .pending
            .iter()
            .find_map(|(serial, pending)| match pending.purpose {
                Purpose::Caller(caller) if caller == id => Some(*serial),
                _ => None,
            });
        if let Some(serial) = serial {
            self.pending.remove(&serial);
            self.abandoned.insert(serial);
        }
    }

    /// The socket is gone, or never came.
    pub(super) fn handle_lost(&mut self, error: &Error) {
        self.close(error, false);
    }

    /// A whole message has arrived.
    pub(super) fn handle_frame(&mut self, frame: &Frame, now: Instant) {
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        self.last_heard = Some(now);
        self.pings = 0;
        if let Err(detail) = self.sort(frame, now) {
            self.misbehaved(detail);
        }
    }

    /// The bytes that arrived are no message.
    pub(super) fn handle_garbage(&mut self, detail: &str) {
        self.misbehaved(detail.to_owned());
    }

    /// Time has passed.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.expire_calls(now);
        match self.phase {
            Phase::Opening { deadline } if now >= deadline => {
                let error = Error::TimedOut {
                    endpoint: self.endpoint.clone(),
                    call: "opening the session".to_owned(),
                    after: self.options.connect_timeout,
                };
                self.close(&error, true);
            }
            Phase::Open if self.keepalive && self.ping_due().is_some_and(|due| now >= due) => {
                if self.pings >= self.options.keepalive.count {
                    let error = self.unreachable("it answers no keepalive pings");
                    self.close(&error, true);
                } else {
                    self.pings += 1;
                    self.last_ping = Some(now);
                    self.outputs
                        .push_back(Output::Transmit(Frame::keepalive(PING).encode()));
                }
            }
            _ => {}
        }
    }

    /// When [`Core::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let calls = self.pending.values().filter_map(|pending| pending.deadline);
        let waiting = self.waiting.iter().map(|waiting| waiting.deadline);
        let followers = self.followers.iter().map(|follower| follower.deadline);
        let phase = match self.phase {
            Phase::Opening { deadline } => Some(deadline),
            Phase::Open if self.keepalive => self.ping_due(),
            _ => None,
        };
        calls.chain(waiting).chain(followers).chain(phase).min()
    }

    /// What is to be done next.
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether this daemon takes the arguments of `NetworkUpdate` in their documented order (feature 16).
    pub(super) fn network_update_in_order(&self) -> bool {
        self.network_update_in_order
    }

    fn ping_due(&self) -> Option<Instant> {
        let quiet_since = self.last_heard.max(self.last_ping)?;
        Some(quiet_since + self.options.keepalive.interval)
    }

    fn send(&mut self, procedure: Procedure, arguments: Bytes, purpose: Purpose, deadline: Option<Instant>) {
        let serial = self.next_serial();
        let frame = Frame::call(procedure.number(), serial, arguments);
        if !frame.fits() {
            if let Purpose::Caller(id) = purpose {
                let error = Error::Config(format!("{procedure} would take a message of more than 32 MiB"));
                self.outputs.push_back(Output::Complete(id, Err(error)));
            }
            return;
        }
        self.pending.insert(
            serial,
            Pending {
                purpose,
                procedure,
                deadline,
            },
        );
        self.outputs.push_back(Output::Transmit(frame.encode()));
    }

    fn next_serial(&mut self) -> u32 {
        loop {
            self.serial = self.serial.wrapping_add(1);
            if self.serial != 0
                && !self.pending.contains_key(&self.serial)
                && !self.abandoned.contains(&self.serial)
            {
                return self.serial;
            }
        }
    }

    fn sort(&mut self, frame: &Frame, now: Instant) -> Result<(), String> {
        let Header {
            program,
            version,
            procedure,
            kind,
            serial,
            ..
        } = frame.header;
        match (program, kind) {
            (program::KEEPALIVE, kind::MESSAGE) => {
                if procedure == PING {
                    self.outputs.push_back(Output::Pong);
                }
                Ok(())
            }
            (program::REMOTE, _) if version != 1 => {
                Err(format!("it speaks version {version} of the protocol, not 1"))
            }
            (program::REMOTE, kind::REPLY) => self.reply(frame, now),
            (program::REMOTE, kind::MESSAGE) => self.event(procedure, &frame.body),
            (program::REMOTE, kind::STREAM) => Err(format!(
                "it sent a stream packet (serial {serial}) without a stream"
            )),
            (program::REMOTE, _) => Err(format!("it sent a message of type {kind}")),
            _ => Err(format!("it sent a message of program {program:#x}")),
        }
    }

    fn event(&mut self, procedure: i32, body: &Bytes) -> Result<(), String> {
        let Some(known) = Procedure::of(procedure) else {
            return Ok(());
        };
        if known == Procedure::ConnectEventConnectionClosed {
            let error = self.unreachable("libvirtd has lost its hypervisor");
            self.close(&error, true);
            return Ok(());
        }
        let event =
            read_event(known, body).map_err(|error| format!("its event {known} cannot be read: {error}"))?;
        if let Some(event) = event {
            self.outputs.push_back(Output::Event(event));
        }
        Ok(())
    }

    fn reply(&mut self, frame: &Frame, now: Instant) -> Result<(), String> {
        let serial = frame.header.serial;
        let Some(pending) = self.pending.remove(&serial) else {
            if self.abandoned.remove(&serial) {
                return Ok(());
            }
            return Err(format!(
                "it answered a call that was never made (serial {serial})"
            ));
        };
        let procedure = pending.procedure;
        if frame.header.procedure != procedure.number() {
            let detail = format!(
                "it answered {procedure} with procedure {}",
                frame.header.procedure
            );
            self.pending.insert(serial, pending);
            return Err(detail);
        }
        let result = match frame.header.status {
            status::OK => Ok(frame.body.clone()),
            status::ERROR => {
                let error = read_error(&frame.body);
                Err(error.map_err(|error| format!("its error to {procedure} cannot be read: {error}"))?)
            }
            other => return Err(format!("it answered {procedure} with status {other}")),
        };
        match pending.purpose {
            Purpose::Caller(id) => {
                let result = result.map_err(|error| Error::Rejected {
                    call: procedure.to_string(),
                    error,
                });
                self.outputs.push_back(Output::Complete(id, result));
                Ok(())
            }
            purpose => self.opening(&purpose, result, now),
        }
    }

    /// The steps of opening a session.
    fn opening(
        &mut self,
        purpose: &Purpose,
        result: Result<Bytes, LibvirtError>,
        now: Instant,
    ) -> Result<(), String> {
        match purpose {
            Purpose::AuthList => {
                let body = match result {
                    Ok(body) => body,
                    Err(error) => return self.refused(Procedure::AuthList, error),
                };
                let kinds = Decoder::new(&body)
                    .array(Decoder::i32)
                    .map_err(|error| format!("its list of authentications cannot be read: {error}"))?;
                self.authenticate(&kinds);
            }
            Purpose::AuthPolkit => match result {
                Ok(_) => self.open_connection(),
                Err(error) => return self.refused(Procedure::AuthPolkit, error),
            },
            Purpose::OpenConnection => match result {
                Ok(_) => self.ask(Feature::Keepalive),
                Err(error) => return self.refused(Procedure::ConnectOpen, error),
            },
            Purpose::Feature(feature) => {
                // A daemon that does not know the question does not have the feature.
                let supported = result.is_ok_and(|body| Decoder::new(&body).i32() == Ok(1));
                match feature {
                    Feature::Keepalive => {
                        self.keepalive = supported;
                        self.ask(Feature::NetworkUpdateOrder);
                    }
                    Feature::NetworkUpdateOrder => {
                        self.network_update_in_order = supported;
                        self.ask(Feature::CloseCallback);
                    }
                    Feature::CloseCallback if supported => {
                        let procedure = Procedure::ConnectRegisterCloseCallback;
                        self.send(procedure, Bytes::new(), Purpose::CloseCallback, None);
                    }
                    Feature::CloseCallback => self.subscribe(now),
                }
            }
            // Without it, a daemon that loses its hypervisor is found out by the next call.
            Purpose::CloseCallback => self.subscribe(now),
            Purpose::Register(callback) => {
                let refused = result.err().map(|error| Error::Rejected {
                    call: registration(*callback),
                    error,
                });
                self.registered(*callback, refused, now);
            }
            Purpose::Caller(_) => {}
        }
        Ok(())
    }

    /// The last step: the callbacks of those who follow events, if anyone does.
    fn subscribe(&mut self, now: Instant) {
        if self.following {
            self.register(None);
        } else {
            self.open(now);
        }
    }

    fn authenticate(&mut self, kinds: &[i32]) {
        const NONE: i32 = 0;
        const POLKIT: i32 = 2;
        if kinds.is_empty() || kinds.contains(&NONE) {
            self.open_connection();
        } else if kinds.contains(&POLKIT) {
            self.send(Procedure::AuthPolkit, Bytes::new(), Purpose::AuthPolkit, None);
        } else {
            let error = Error::Unsupported {
                what: "the authentication that this libvirtd demands (SASL)".to_owned(),
                backend: "the native backend".to_owned(),
            };
            self.close(&error, true);
        }
    }

    fn open_connection(&mut self) {
        let flags = u32::from(self.options.read_only);
        let arguments = Encoder::new()
            .optional_string(Some(&self.options.uri))
            .u32(flags)
            .finish();
        self.send(Procedure::ConnectOpen, arguments, Purpose::OpenConnection, None);
    }

    fn ask(&mut self, feature: Feature) {
        let arguments = Encoder::new().i32(feature.number()).finish();
        self.send(
            Procedure::ConnectSupportsFeature,
            arguments,
            Purpose::Feature(feature),
            None,
        );
    }

    fn open(&mut self, now: Instant) {
        self.phase = Phase::Open;
        self.last_heard = Some(now);
        self.outputs.push_back(Output::Opened);
        if std::mem::replace(&mut self.opened_before, true) {
            let reason = format!("connected to {} again", self.endpoint);
            self.outputs.push_back(Output::Event(Event::Resync { reason }));
        }
        for waiting in std::mem::take(&mut self.waiting) {
            self.send(
                waiting.procedure,
                waiting.arguments,
                Purpose::Caller(waiting.id),
                Some(waiting.deadline),
            );
        }
    }

    fn refused(&mut self, procedure: Procedure, error: LibvirtError) -> Result<(), String> {
        let error = Error::Rejected {
            call: procedure.to_string(),
            error,
        };
        self.close(&error, true);
        Ok(())
    }

    fn misbehaved(&mut self, detail: String) {
        let error = Error::PeerMisbehaved {
            endpoint: self.endpoint.clone(),
            detail,
        };
        self.close(&error, true);
    }

    fn timed_out(&self, call: String) -> Error {
        Error::TimedOut {
            endpoint: self.endpoint.clone(),
            call,
            after: self.options.call_timeout,
        }
    }

    fn unreachable(&self, reason: &str) -> Error {
        Error::Unreachable {
            endpoint: self.endpoint.clone(),
            reason: reason.to_owned(),
        }
    }

    /// Ends the session: what was sent fails with an unknown outcome; what waits goes on waiting for the next one.
    fn close(&mut self, error: &Error, close_socket: bool) {
        if matches!(self.phase, Phase::Closed) && self.pending.is_empty() {
            return;
        }
        let was_open = matches!(self.phase, Phase::Open);
        self.phase = Phase::Closed;
        self.keepalive = false;
        self.abandoned.clear();
        let mut lost: Vec<(u32, Pending)> = self.pending.drain().collect();
        lost.sort_unstable_by_key(|(serial, _)| *serial);
        for (_, pending) in lost {
            let Purpose::Caller(id) = pending.purpose else {
                continue;
            };
            // Whatever the peer did after the call: it may have carried it out before.
            let failure = Error::OutcomeUnknown {
                endpoint: self.endpoint.clone(),
                call: pending.procedure.to_string(),
                reason: reason_of(error),
            };
            self.outputs.push_back(Output::Complete(id, Err(failure)));
        }
        if close_socket {
            self.outputs.push_back(Output::Close(error.clone()));
        }
        if was_open {
            self.outputs.push_back(Output::Event(Event::Disconnected {
                reason: reason_of(error),
            }));
        }
    }

    fn expire_calls(&mut self, now: Instant) {
        let expired: Vec<u32> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.deadline.is_some_and(|deadline| now >= deadline))
            .map(|(serial, _)| *serial)
            .collect();
        for serial in expired {
            let Some(pending) = self.pending.remove(&serial) else {
                continue;
            };
            self.abandoned.insert(serial);
            match pending.purpose {
                Purpose::Caller(id) => {
                    let error = self.timed_out(pending.procedure.to_string());
                    self.outputs.push_back(Output::Complete(id, Err(error)));
                }
                Purpose::Register(callback) => {
                    let error = self.timed_out(registration(callback));
                    self.registered(callback, Some(error), now);
                }
                _ => {}
            }
        }
        let late = |deadline: Instant| now >= deadline;
        let error = self.unreachable(&format!(
            "the connection did not come back within {:?}",
            self.options.call_timeout
        ));
        for waiting in self.waiting.iter().filter(|waiting| late(waiting.deadline)) {
            self.outputs
                .push_back(Output::Complete(waiting.id, Err(error.clone())));
        }
        self.waiting.retain(|waiting| !late(waiting.deadline));
        for follower in self.followers.extract_if(.., |follower| late(follower.deadline)) {
            self.outputs
                .push_back(Output::Followed(follower.id, Err(error.clone())));
        }
        if self.abandoned.len() > MOST_ABANDONED {
            let error = self.unreachable("it has not answered a thousand calls");
            self.close(&error, true);
        }
    }
}

/// The cause within an error, without the endpoint that the outer error names already.
fn reason_of(error: &Error) -> String {
    match error {
        Error::Unreachable { reason, .. } => reason.clone(),
        Error::PeerMisbehaved { detail, .. } => format!("it does not speak libvirt's protocol: {detail}"),
        other => other.to_string(),
    }
}

mod following;
#[cfg(test)]
mod tests;
