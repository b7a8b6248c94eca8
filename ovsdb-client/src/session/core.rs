//! The engine of a session: all of the protocol, none of the IO.

mod monitoring;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tracing::{debug, trace, warn};

use super::{
    backoff::Backoff,
    command::{Call, Command, Forget, Forgotten},
    locks::Locks,
    monitors::{Monitor, Monitors, Phase},
    negotiation::{Negotiation, SERVER_COLUMNS, ServerRow},
    options::Options,
    requests::{Pending, Requests, lost, rejected},
    status::SessionStatus,
};
use crate::{
    error::{ConfigError, Error, UnreachableReason},
    replica::{Version, Writer},
    transport::{FrameError, Remote},
    wire::{
        Clause, Columns, DatabaseSchema, ErrorKind, Function, Interner, JsonId, Message, MonitorRequest,
        MonitorRequests, OvsdbError, decode_update_notification, print_error, print_notification,
        print_request, print_response,
    },
};

/// What the driver shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Open a connection.
    Connect(Remote),
    /// Close the connection.
    Disconnect,
}

/// Where the session stands.
///
/// `Waiting` → `Connecting` when its time has come → `Negotiating` when the connection is open → `Ready` when the
/// peer has said what it is. From each of the last three back to `Waiting` (for no time, if another remote is left
/// to try) when something fails. `Closed` is the end.
#[derive(Debug)]
enum State {
    Waiting {
        until: Instant,
    },
    Connecting {
        deadline: Instant,
    },
    Negotiating {
        deadline: Instant,
        negotiation: Negotiation,
    },
    Ready,
    Closed,
}

/// The id of a probe, which ovsdb-server swallows the reply to. RFC 7047 §4.1.11.
const ECHO: &str = "echo";

/// How often a monitor may be asked for again because what it sent did not fit, before the session is given up.
const MAX_INCONSISTENCIES: u32 = 3;
/// How many bytes of answers a peer may leave unread, before it is let go.
const MAX_UNREAD_ANSWERS: usize = 16 << 20;

/// See the module.
#[derive(Debug)]
pub(crate) struct Core {
    options: Arc<Options>,
    state: State,
    /// Which of the remotes.
    remote: usize,
    backoff: Backoff,
    failures: u32,
    sessions: u64,
    last_error: Option<Error>,
    status: watch::Sender<SessionStatus>,
    schema: Option<Arc<DatabaseSchema>>,
    schemas: watch::Sender<Option<Arc<DatabaseSchema>>>,
    schema_text: Bytes,
    server_row: Option<ServerRow>,
    min_index: i64,
    requests: Requests,
    /// Calls that no session has taken yet.
    waiting: VecDeque<Call>,
    monitors: Monitors,
    locks: Locks,
    /// The newest version of `monitor` that the peer of this session may know.
    version: Version,
    next_own_id: i64,
    server_monitor: i64,
    transmit: Vec<u8>,
    transmitted: usize,
    actions: VecDeque<Action>,
    last_activity: Instant,
    probe_sent: Option<Instant>,
    /// Grows when a session dies while rows are awaited, for a large database takes a server long.
    patience: Duration,
    interner: Interner,
}

// What goes in.
impl Core {
    pub(crate) fn new(
        options: Arc<Options>,
        now: Instant,
        status: watch::Sender<SessionStatus>,
        schemas: watch::Sender<Option<Arc<DatabaseSchema>>>,
    ) -> Self {
        let patience = options.probe_patience;
        Self {
            backoff: Backoff::new(options.backoff_min, options.backoff_max, options.seed),
            options,
            state: State::Waiting { until: now },
            remote: 0,
            failures: 0,
            sessions: 0,
            last_error: None,
            status,
            schema: None,
            schemas,
            schema_text: Bytes::new(),
            server_row: None,
            min_index: 0,
            requests: Requests::default(),
            waiting: VecDeque::new(),
            monitors: Monitors::default(),
            locks: Locks::default(),
            version: Version::Since,
            // Callers number theirs upwards from 1.
            next_own_id: -1,
            server_monitor: 0,
            transmit: Vec::new(),
            transmitted: 0,
            actions: VecDeque::new(),
            last_activity: now,
            probe_sent: None,
            patience,
            interner: Interner::new(),
        }
    }

    /// The connection is open.
    pub(crate) fn handle_connected(&mut self, now: Instant) {
        self.last_activity = now;
        self.probe_sent = None;
        self.version = Version::Since;
        self.server_row = None;
        self.transmit.clear();
        self.transmitted = 0;
        self.state = State::Negotiating {
            deadline: now + self.options.handshake_limit,
            negotiation: Negotiation::default(),
        };
        debug!(remote = %self.remote(), "connected");
        let database = self.options.database.clone();
        self.request(Pending::ListDbs, "list_dbs", &[(); 0]);
        self.request(Pending::Ignored, "set_db_change_aware", &[true]);
        self.request(Pending::Schema, "get_schema", &[&database]);
        self.server_monitor = self.next_own_id;
        let request = MonitorRequest {
            columns: Some(SERVER_COLUMNS.map(Arc::from).to_vec()),
            where_: Some(vec![Clause::test("name", Function::Equal, database.as_str())]),
            ..MonitorRequest::default()
        };
        let requests = MonitorRequests([(Arc::from("Database"), vec![request])].into());
        let id = self.server_monitor;
        self.request(Pending::ServerMonitor, "monitor_cond", &("_Server", id, requests));
    }

    /// The connection could not be opened.
    pub(crate) fn handle_connect_failed(&mut self, error: Error, now: Instant) {
        self.fail(error, now);
    }

    /// The connection has ended.
    pub(crate) fn handle_disconnected(&mut self, reason: UnreachableReason, now: Instant) {
        let error = Error::unreachable(self.remote(), reason);
        self.fail(error, now);
    }

    /// What came cannot be framed.
    pub(crate) fn handle_frame_error(&mut self, error: FrameError, now: Instant) {
        self.handle_disconnected(UnreachableReason::Garbage(error), now);
    }

    /// Some bytes came, be they a whole message or not: the peer lives.
    pub(crate) fn handle_activity(&mut self, now: Instant) {
        self.last_activity = now;
        self.probe_sent = None;
    }

    /// The first `count` bytes of [`Core::poll_transmit`] are on their way.
    pub(crate) fn handle_transmitted(&mut self, count: usize) {
        self.transmitted += count;
        if self.transmitted >= self.transmit.len() {
            self.transmit.clear();
            self.transmitted = 0;
            // One large transaction must not hold its memory forever.
            self.transmit.shrink_to(self.options.transmit_bound);
        } else if self.transmitted > self.options.transmit_bound {
            self.transmit.drain(..self.transmitted);
            self.transmitted = 0;
        }
    }

    /// A deadline of [`Core::poll_timeout`] may have passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        match self.state {
            State::Waiting { until } if until <= now => {
                self.state = State::Connecting {
                    deadline: now + self.options.connect_limit,
                };
                let remote = self.remote().clone();
                debug!(%remote, "connecting");
                self.actions.push_back(Action::Connect(remote));
                self.show_status();
            }
            State::Connecting { deadline } if deadline <= now => {
                self.handle_disconnected(UnreachableReason::ConnectTimeout(self.options.connect_limit), now);
            }
            State::Negotiating { deadline, .. } if deadline <= now => {
                self.handle_disconnected(UnreachableReason::Silent(self.options.handshake_limit), now);
            }
            State::Ready => self.probe(now),
            _ => {}
        }
    }

    /// One message came.
    pub(crate) fn handle_message(&mut self, frame: &Bytes, now: Instant) {
        match Message::parse(frame) {
            Ok(Message::Request { id, method, params }) => self.handle_request(&id, &method, params, now),
            Ok(Message::Notification { method, params }) => self.handle_notification(&method, params, now),
            Ok(Message::Response { id, result }) => {
                // A probe's reply carries its id; anything else that is no number of ours is a stray.
                match id.as_integer().and_then(|id| self.requests.remove(id)) {
                    Some(pending) => self.handle_response(pending, result, frame, now),
                    None => trace!(%id, "reply to no request"),
                }
            }
            Err(malformed) => {
                warn!(remote = %self.remote(), error = %malformed, "malformed message");
                let pending = malformed.id.as_ref().and_then(JsonId::as_integer);
                if let Some(pending) = pending.and_then(|id| self.requests.remove(id)) {
                    self.handle_unreadable(pending, &malformed.reason, now);
                } else if malformed.method.as_deref() == Some("echo") {
                    let id = malformed.id.unwrap_or(JsonId::Integer(0));
                    self.respond(&id, &[(); 0]);
                } else {
                    // It may have been an update of any monitor.
                    let keys: Vec<_> = self.monitors.by_key.keys().copied().collect();
                    for key in keys {
                        self.resync(key, &malformed.reason, now);
                    }
                }
            }
        }
    }

    /// A handle wants something.
    pub(crate) fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Call(call) if matches!(self.state, State::Ready) => self.send_call(call),
            Command::Call(call) => self.waiting.push_back(call),
            Command::Monitor {
                key,
                selection,
                reply,
            } => {
                let Some(schema) = &self.schema else {
                    // A client is handed out only with a schema.
                    let _ = reply.send(Err(Error::Closed));
                    return;
                };
                let writer = Writer::new(selection, schema, self.options.event_capacity);
                self.monitors.by_key.insert(key, Monitor::new(writer, reply));
                self.start_monitor(key);
            }
            Command::SetConditions {
                key,
                selection,
                reply,
            } => {
                if let Some(monitor) = self.monitors.by_key.get_mut(&key) {
                    monitor.writer.set_conditions(&selection);
                    monitor.has_new_conditions = true;
                    monitor.condition_waiters.push(reply);
                    self.send_conditions(key, now);
                }
            }
            Command::Lock { name, steal, status } => {
                self.locks.insert(name.clone(), steal, status);
                if matches!(self.state, State::Ready) {
                    self.send_lock(&name);
                }
            }
        }
    }

    /// A handle no longer wants something.
    pub(crate) fn handle_forget(&mut self, forget: Forget) {
        match forget {
            Forget::Call { id, answer } => {
                let forgotten = self.forget_call(id);
                if let Some(answer) = answer {
                    let _ = answer.send(forgotten);
                }
            }
            Forget::Monitor(key) => {
                let known = self.monitors.by_key.remove(&key);
                if known.is_some_and(|monitor| monitor.phase != Phase::Idle) {
                    self.request(Pending::Ignored, "monitor_cancel", &[key.0]);
                }
            }
            Forget::Lock(name) => {
                if self.locks.remove(&name) && matches!(self.state, State::Ready) {
                    self.request(Pending::Ignored, "unlock", &[name]);
                }
            }
        }
    }

    /// All handles are gone.
    pub(crate) fn handle_close(&mut self) {
        self.state = State::Closed;
        self.end_session("the client was closed", true);
        self.show_status();
    }
}

// What comes out.
impl Core {
    /// What to do next, if anything.
    pub(crate) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The bytes to send.
    pub(crate) fn poll_transmit(&self) -> &[u8] {
        self.transmit.get(self.transmitted..).unwrap_or_default()
    }

    /// When to call [`Core::handle_timeout`] at the latest.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Connecting { deadline } | State::Negotiating { deadline, .. } => Some(deadline),
            State::Ready => self.probe_interval().map(|interval| match self.probe_sent {
                Some(sent) => sent + self.patience,
                None => self.last_activity + interval,
            }),
            State::Closed => None,
        }
    }

    /// Whether there is room for more commands: what waits to be sent is bounded, and callers wait instead.
    pub(crate) fn accepts_commands(&self) -> bool {
        self.poll_transmit().len() < self.options.transmit_bound
    }

    pub(crate) fn max_message_bytes(&self) -> usize {
        self.options.max_message_bytes
    }
}

// Requests and responses.
impl Core {
    fn remote(&self) -> &Remote {
        static NONE: std::sync::LazyLock<Remote> =
            std::sync::LazyLock::new(|| Remote::Memory("none".to_owned()));
        self.options.remotes.get(self.remote).unwrap_or(&NONE)
    }

    /// Sends a request of our own; their ids count downwards.
    fn request<P: Serialize + ?Sized>(&mut self, pending: Pending, method: &str, params: &P) {
        let id = self.next_own_id;
        self.next_own_id -= 1;
        trace!(id, method, "request");
        match print_request(&mut self.transmit, &JsonId::Integer(id), method, params) {
            Ok(()) => self.requests.insert(id, pending),
            Err(error) => warn!(%error, method, "a request could not be printed"),
        }
    }

    fn respond<R: Serialize + ?Sized>(&mut self, id: &JsonId, result: &R) {
        if let Err(error) = print_response(&mut self.transmit, id, result) {
            warn!(%error, "a response could not be printed");
        }
    }

    fn send_call(&mut self, call: Call) {
        let id = call.id;
        let (pending, message) = Pending::of(call);
        if let Pending::Call { reply, .. } = &pending
            && reply.is_closed()
        {
            return;
        }
        self.requests.insert(id, pending);
        if self.transmit.is_empty() {
            self.transmit = message;
        } else {
            self.transmit.extend_from_slice(&message);
        }
    }

    /// What a dropped call leaves behind: a `cancel`, so that a blocking transaction ends. The server may answer it
    /// or not (RFC 7047 §4.1.4; ovsdb-server only for clients that said set_db_change_aware); nobody listens.
    fn forget_call(&mut self, id: i64) -> Forgotten {
        if let Some(position) = self.waiting.iter().position(|call| call.id == id) {
            self.waiting.remove(position);
            return Forgotten::Unsent;
        }
        if let Some(Pending::Call {
            is_transact: true, ..
        }) = self.requests.remove(id)
            && let Err(error) = print_notification(&mut self.transmit, "cancel", &[id])
        {
            warn!(%error, "a cancel could not be printed");
        }
        Forgotten::Sent
    }

    fn handle_request(&mut self, id: &JsonId, method: &str, params: &RawValue, now: Instant) {
        // Answers are not ours to hold back, so a peer that asks without reading them is let go.
        if self.poll_transmit().len() > MAX_UNREAD_ANSWERS {
            self.misbehaved("it sends requests and does not read the answers", now);
        } else if method == ECHO {
            self.respond(id, params);
        } else {
            let error = OvsdbError::bare(&ErrorKind::UnknownMethod);
            if let Err(error) = print_error(&mut self.transmit, id, &error) {
                warn!(%error, "an error could not be printed");
            }
        }
    }

    fn handle_response(
        &mut self,
        pending: Pending,
        result: Result<&RawValue, OvsdbError>,
        frame: &Bytes,
        now: Instant,
    ) {
        match pending {
            Pending::Call { method, reply, .. } => {
                let result = match result {
                    Ok(result) => Ok(text_of(frame, result)),
                    Err(error) => Err(rejected(&method, error)),
                };
                // Who does not wait any more sends a Forget that is on its way.
                let _ = reply.send(result);
            }
            Pending::ListDbs => {
                let databases = result.map_err(|error| error.to_string()).and_then(|result| {
                    serde_json::from_str::<Vec<String>>(result.get()).map_err(|error| error.to_string())
                });
                match databases {
                    Ok(databases) => self.negotiated(now, |state| state.databases = Some(databases)),
                    Err(error) => self.misbehaved(&format!("its answer to list_dbs is {error}"), now),
                }
            }
            Pending::Schema => self.handle_schema(result, now),
            Pending::ServerMonitor => {
                // A server without `_Server`, or without monitor_cond, has nothing to say of itself.
                if let Ok(rows) = result {
                    self.update_server_row(rows, now);
                }
                self.negotiated(now, |state| state.is_server_known = true);
            }
            Pending::Monitor { key, version } => self.handle_monitor_reply(key, version, result, now),
            Pending::Conditions { key } => self.handle_conditions_reply(key, result, now),
            Pending::Lock { name } => {
                if let Ok(result) = result {
                    let members: Result<Columns, _> = serde_json::from_str(result.get());
                    let locked = members
                        .ok()
                        .and_then(|members| members.get("locked")?.one()?.as_bool());
                    self.locks.set(&name, locked == Some(true));
                }
            }
            Pending::Ignored => {}
        }
    }

    /// The answer to a request came and does not read.
    fn handle_unreadable(&mut self, pending: Pending, reason: &str, now: Instant) {
        match pending {
            Pending::Call {
                method,
                is_transact: false,
                reply,
            } => {
                let _ = reply.send(Err(Error::decode(method, &reason)));
            }
            Pending::Call { reply, .. } => {
                let why = format!("the answer does not read: {reason}");
                let _ = reply.send(Err(Error::OutcomeUnknown {
                    what: "transaction",
                    why,
                }));
            }
            Pending::Monitor { key, .. } => self.resync(key, reason, now),
            Pending::Ignored | Pending::Lock { .. } => {}
            Pending::ListDbs | Pending::Schema | Pending::ServerMonitor | Pending::Conditions { .. } => {
                self.misbehaved(reason, now);
            }
        }
    }

    fn handle_notification(&mut self, method: &str, params: &RawValue, now: Instant) {
        match method {
            "update" | "update2" | "update3" => match decode_update_notification(method, params) {
                Ok(update) => self.handle_update(&update, now),
                Err(error) => self.misbehaved(&format!("its {method} does not read: {error}"), now),
            },
            "monitor_canceled" => {
                let id = serde_json::from_str::<Vec<&RawValue>>(params.get());
                let id = id
                    .ok()
                    .and_then(|params| params.first().map(|id| JsonId::from_json(id)));
                self.handle_monitor_canceled(id.and_then(|id| id.as_integer()), now);
            }
            "locked" | "stolen" => {
                if let Ok(names) = serde_json::from_str::<Vec<String>>(params.get()) {
                    for name in names {
                        self.locks.set(&name, method == "locked");
                    }
                }
            }
            other => debug!(method = other, "notification of no known method"),
        }
    }

    fn send_lock(&mut self, name: &str) {
        if let Some(method) = self.locks.method(name) {
            self.request(
                Pending::Lock {
                    name: name.to_owned(),
                },
                method,
                &[name],
            );
        }
    }
}

// Beginning and end of a session.
impl Core {
    fn handle_schema(&mut self, result: Result<&RawValue, OvsdbError>, now: Instant) {
        let schema = match result {
            // The schema rarely changes, and replicas keep their layout as long as it does not.
            Ok(result) if self.schema_text == result.get().as_bytes() && self.schema.is_some() => {
                self.schema.clone().ok_or_else(String::new)
            }
            Ok(result) => match DatabaseSchema::parse(result.get()) {
                Ok(schema) => {
                    self.schema_text = Bytes::copy_from_slice(result.get().as_bytes());
                    Ok(Arc::new(schema))
                }
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        self.negotiated(now, |state| state.schema = Some(schema));
    }

    /// Takes an answer in, and goes on when it was the last.
    fn negotiated(&mut self, now: Instant, take: impl FnOnce(&mut Negotiation)) {
        let State::Negotiating { negotiation, .. } = &mut self.state else {
            return;
        };
        take(negotiation);
        if !negotiation.is_complete() {
            return;
        }
        let Negotiation {
            databases, schema, ..
        } = std::mem::take(negotiation);
        let available = databases.unwrap_or_default();
        if !available.contains(&self.options.database) {
            let error = ConfigError::UnknownDatabase {
                remote: self.remote().to_string(),
                database: self.options.database.clone(),
                available,
            };
            return self.fail(error.into(), now);
        }
        match schema {
            Some(Ok(schema)) if self.is_acceptable(now) => self.become_ready(&schema, now),
            Some(Err(error)) => self.misbehaved(&format!("its answer to get_schema is {error}"), now),
            // Refused above, and the session is ended already.
            Some(Ok(_)) | None => {}
        }
    }

    fn become_ready(&mut self, schema: &Arc<DatabaseSchema>, now: Instant) {
        self.state = State::Ready;
        self.failures = 0;
        self.sessions += 1;
        self.last_error = None;
        self.backoff.reset();
        if !self
            .schema
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, schema))
        {
            self.schema = Some(Arc::clone(schema));
            self.schemas.send_replace(Some(Arc::clone(schema)));
        }
        debug!(remote = %self.remote(), version = %schema.version, "session ready");
        for name in self.locks.names() {
            self.send_lock(&name);
        }
        let keys: Vec<_> = self.monitors.by_key.keys().copied().collect();
        for key in keys {
            self.start_monitor(key);
        }
        for call in std::mem::take(&mut self.waiting) {
            self.send_call(call);
        }
        self.last_activity = now;
        self.show_status();
    }

    /// Takes in what the server says of itself.
    fn update_server_row(&mut self, updates: &RawValue, now: Instant) {
        match ServerRow::updated(self.server_row.as_ref(), updates) {
            Ok(row) => self.server_row = row,
            Err(error) => return self.misbehaved(&format!("its _Server does not read: {error}"), now),
        }
        if matches!(self.state, State::Ready) {
            self.is_acceptable(now);
        }
    }

    /// Whether this peer will do; if not, the session is ended.
    fn is_acceptable(&mut self, now: Instant) -> bool {
        let Some(row) = &self.server_row else { return true };
        if let Some(reason) = row.refusal(self.options.leader_only, self.min_index) {
            self.handle_disconnected(UnreachableReason::NotLeader(reason), now);
            return false;
        }
        self.min_index = self.min_index.max(row.index.unwrap_or(0));
        true
    }

    fn misbehaved(&mut self, what: &str, now: Instant) {
        let error = Error::PeerMisbehaved {
            remote: self.remote().to_string(),
            what: what.to_owned(),
        };
        self.fail(error, now);
    }

    /// The attempt or the session has failed: what it leaves undone is told, and the next one is planned.
    fn fail(&mut self, error: Error, now: Instant) {
        if matches!(self.state, State::Closed | State::Waiting { .. }) {
            return;
        }
        let was_ready = matches!(self.state, State::Ready);
        debug!(remote = %self.remote(), %error, was_ready, "session ended");
        let awaited_rows = self
            .monitors
            .by_key
            .values()
            .any(|monitor| monitor.phase == Phase::Requested);
        if was_ready && awaited_rows && self.probe_sent.is_some() {
            self.patience = self.patience.saturating_mul(2).min(Duration::from_secs(600));
        }
        self.end_session(&error.to_string(), false);
        self.failures = self.failures.saturating_add(1);
        self.last_error = Some(error);
        self.remote = (self.remote + 1) % self.options.remotes.len().max(1);
        let round = u32::try_from(self.options.remotes.len())
            .unwrap_or(u32::MAX)
            .max(1);
        let wait = if self.failures.is_multiple_of(round) {
            self.backoff.next()
        } else {
            Duration::ZERO
        };
        self.state = State::Waiting { until: now + wait };
        self.show_status();
    }

    fn end_session(&mut self, why: &str, is_closed: bool) {
        self.actions.clear();
        self.actions.push_back(Action::Disconnect);
        self.transmit.clear();
        self.transmitted = 0;
        self.probe_sent = None;
        let remote = self.remote().to_string();
        for pending in self.requests.drain() {
            if let Pending::Call {
                method,
                is_transact,
                reply,
            } = pending
            {
                let _ = reply.send(Err(lost(&method, is_transact, &remote, why)));
            }
        }
        for monitor in self.monitors.by_key.values_mut() {
            monitor.set_disconnected();
        }
        self.locks.set_lost();
        if is_closed {
            for call in self.waiting.drain(..) {
                let _ = call.reply.send(Err(Error::Closed));
            }
            for monitor in self.monitors.by_key.values_mut() {
                monitor.fail(&Error::Closed);
            }
            self.monitors.by_key.clear();
        }
    }

    fn show_status(&mut self) {
        let failures = self.failures;
        let status = match (&self.state, &self.last_error) {
            (State::Closed, _) => SessionStatus::Closed,
            (State::Ready, _) => SessionStatus::Ready {
                remote: self.remote().clone(),
                sessions: self.sessions,
            },
            (State::Waiting { .. }, Some(error)) => SessionStatus::Waiting {
                failures,
                last_error: error.clone(),
            },
            (_, last_error) => SessionStatus::Connecting {
                failures,
                last_error: last_error.clone(),
            },
        };
        self.status.send_replace(status);
    }

    fn probe_interval(&self) -> Option<Duration> {
        self.options
            .probe_interval
            .filter(|_| self.options.probes_local || !self.remote().is_local())
    }

    /// Asks a silent peer whether it lives, and gives it up when it does not answer. Any byte counts as life.
    fn probe(&mut self, now: Instant) {
        let Some(interval) = self.probe_interval() else {
            return;
        };
        match self.probe_sent {
            Some(sent) if now >= sent + self.patience => {
                self.handle_disconnected(UnreachableReason::Silent(interval + self.patience), now);
            }
            None if now >= self.last_activity + interval => {
                self.probe_sent = Some(now);
                if let Err(error) = print_request(&mut self.transmit, &JsonId::string(ECHO), ECHO, &[(); 0]) {
                    warn!(%error, "a probe could not be printed");
                }
            }
            _ => {}
        }
    }
}

/// The text of a result, shared with the message that it came in. A result that is null stands in no message.
fn text_of(frame: &Bytes, result: &RawValue) -> Bytes {
    let text = result.get().as_bytes();
    if frame.as_ptr_range().contains(&text.as_ptr()) {
        frame.slice_ref(text)
    } else {
        Bytes::copy_from_slice(text)
    }
}
