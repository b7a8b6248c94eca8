//! The engine of a session: all of the protocol, none of the IO.

mod calls;
mod lifetime;
mod monitoring;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tracing::{debug, trace, warn};
use uuid::Uuid;

use super::{
    arrival::{Arrival, Head},
    backoff::Backoff,
    caller::Caller,
    command::{Command, Forget},
    held::HeldReplies,
    locks::{AfterTheft, Locks},
    monitors::{Monitor, Monitors, Phase},
    negotiation::{Negotiation, SERVER_COLUMNS, ServerRow},
    options::Options,
    requests::{Pending, Requests},
    status::SessionStatus,
};
use crate::{
    error::{ConfigError, Error, UnreachableReason},
    replica::{Version, Writer},
    transport::{Codec, FrameError, Remote},
    wire::{
        Clause, Columns, DatabaseSchema, ErrorKind, Function, Interner, JsonId, Message, MonitorRequest,
        MonitorRequests, OvsdbError, decode_update_notification, print_error, print_request, print_response,
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
    /// Attempts that failed since the last usable session.
    failures: u32,
    /// Attempts that failed, and sessions that ended without having been of use, since the last one that was: each
    /// round of remotes of them is followed by a longer wait.
    fruitless: u32,
    sessions: u64,
    ready_since: Instant,
    /// Whether this session has answered a caller or told of a change.
    was_of_use: bool,
    last_error: Option<Error>,
    status: watch::Sender<SessionStatus>,
    schema: Option<Arc<DatabaseSchema>>,
    schemas: watch::Sender<Option<Arc<DatabaseSchema>>>,
    schema_text: Bytes,
    server_row: Option<ServerRow>,
    /// The cluster that `min_index` is an index of.
    cluster: Option<Uuid>,
    min_index: i64,
    requests: Requests,
    /// Calls that are still to be sent, and what, in the order in which they were made.
    waiting: BTreeMap<i64, (Caller, Vec<u8>)>,
    /// No call's time is over before this.
    next_expiry: Option<Instant>,
    held: HeldReplies,
    monitors: Monitors,
    /// The message that is on its way, if it is a large reply to a monitor request.
    arrival: Option<Arrival>,
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
            fruitless: 0,
            sessions: 0,
            ready_since: now,
            was_of_use: false,
            last_error: None,
            status,
            schema: None,
            schemas,
            schema_text: Bytes::new(),
            server_row: None,
            cluster: None,
            min_index: 0,
            requests: Requests::default(),
            waiting: BTreeMap::new(),
            next_expiry: None,
            held: HeldReplies::default(),
            monitors: Monitors::default(),
            arrival: None,
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
        self.arrival = None;
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
        self.send_waiting();
    }

    /// A deadline of [`Core::poll_timeout`] may have passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.expire_calls(now);
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

    /// A large message has come in part: takes the rows out of it if it is a reply to a monitor request.
    pub(crate) fn handle_unfinished(&mut self, codec: &mut Codec) {
        if self.arrival.is_none() {
            self.arrival = self.arrival_of(codec.unfinished());
        }
        let Some(arrival) = &mut self.arrival else { return };
        if let Some(part) = codec.take_closed(arrival.depth()) {
            let monitor = self.monitors.by_key.get(&arrival.key());
            arrival.take(&part, monitor.map(|monitor| &monitor.writer), &mut self.interner);
        }
    }

    fn arrival_of(&self, message: &[u8]) -> Option<Arrival> {
        let head = Head::read(message)?;
        let Some(Pending::Monitor { key, version }) = self.requests.get(head.id) else {
            return None;
        };
        let rows = self
            .monitors
            .by_key
            .get(key)?
            .writer
            .begin_filling(self.schema.as_ref()?);
        Arrival::new(message, &head, *key, *version, rows)
    }

    /// One message came.
    pub(crate) fn handle_message(&mut self, frame: &Bytes, now: Instant) {
        match &self.arrival {
            None => self.handle_whole(frame, now),
            Some(arrival) => {
                let rest = arrival.rest(frame);
                self.handle_whole(&rest, now);
                self.arrival = None;
            }
        }
    }

    fn handle_whole(&mut self, frame: &Bytes, now: Instant) {
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
        self.release_held();
    }

    /// A handle wants something.
    pub(crate) fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Call(call) => self.handle_call(call, now),
            Command::Monitor {
                key,
                selection,
                reply,
            } => {
                if reply.is_closed() {
                    // Who asked for it has gone, and was heard of first.
                    return;
                }
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
                let (Some(monitor), Some(schema)) = (self.monitors.by_key.get_mut(&key), &self.schema) else {
                    return;
                };
                match monitor.writer.checked_conditions(selection, schema) {
                    Ok(conditions) => {
                        monitor.queue_change(conditions, reply);
                        self.change_conditions(key);
                    }
                    Err(error) => {
                        let _ = reply.send(Err(error.into()));
                    }
                }
            }
            Command::Lock {
                key,
                name,
                steal,
                status,
                reply,
            } => {
                // Who asked for it may have gone, and was heard of first.
                if reply.is_closed() {
                    return;
                }
                if !self.locks.insert(name.clone(), key, steal, status) {
                    let _ = reply.send(Err(ConfigError::LockInUse { name }.into()));
                    return;
                }
                let _ = reply.send(Ok(()));
                if matches!(self.state, State::Ready) {
                    self.send_lock(&name);
                }
            }
        }
    }

    /// A handle no longer wants something.
    pub(crate) fn handle_forget(&mut self, forget: Forget) {
        match forget {
            Forget::Call(id) => self.forget_call(id),
            Forget::Monitor(key) => {
                let known = self.monitors.by_key.remove(&key);
                if known.is_some_and(|monitor| monitor.phase != Phase::Idle) {
                    self.request(Pending::Ignored, "monitor_cancel", &[key.0]);
                }
            }
            Forget::Lock { key, name } => {
                if self.locks.remove(&name, key) && matches!(self.state, State::Ready) {
                    self.request(Pending::Ignored, "unlock", &[name]);
                }
            }
        }
        self.release_held();
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
        let of_session = match self.state {
            State::Waiting { until } => Some(until),
            State::Connecting { deadline } | State::Negotiating { deadline, .. } => Some(deadline),
            State::Ready => self.probe_interval().map(|interval| match self.probe_sent {
                Some(sent) => sent + self.patience,
                None => self.last_activity + interval,
            }),
            State::Closed => None,
        };
        of_session.into_iter().chain(self.next_expiry).min()
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
            Pending::Call(caller) => {
                self.was_of_use = true;
                match result {
                    // It is given once all replicas hold what it tells of: at once, nearly always.
                    Ok(result) if caller.is_transact => self.held.hold(caller, text_of(frame, result)),
                    Ok(result) => caller.answer(Ok(text_of(frame, result))),
                    Err(error) => caller.reject(error),
                }
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
            Pending::Conditions { key } => self.handle_conditions_reply(key, result),
            Pending::Lock { name, key } => {
                if let Ok(result) = result {
                    let members: Result<Columns, _> = serde_json::from_str(result.get());
                    let locked = members
                        .ok()
                        .and_then(|members| members.get("locked")?.one()?.as_bool());
                    self.locks.answered(&name, key, locked == Some(true));
                }
            }
            Pending::Ignored => {}
        }
    }

    /// The answer to a request came and does not read.
    fn handle_unreadable(&mut self, pending: Pending, reason: &str, now: Instant) {
        match pending {
            Pending::Call(caller) => caller.misread(reason),
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
                        if method == "locked" {
                            self.locks.locked(&name);
                        } else if self.locks.stolen(&name) == AfterTheft::AskAgain {
                            self.request(Pending::Ignored, "unlock", &[name.as_str()]);
                            self.send_lock(&name);
                        }
                    }
                }
            }
            other => debug!(method = other, "notification of no known method"),
        }
    }

    fn send_lock(&mut self, name: &str) {
        if let Some((key, method)) = self.locks.ask(name) {
            let name = name.to_owned();
            self.request(
                Pending::Lock {
                    name: name.clone(),
                    key,
                },
                method,
                &[name],
            );
        }
    }

    /// Gives the results that were held back, once no replica is behind them. A transaction that was answered while
    /// a monitor was being asked for anew is in the rows that the answer to that brings: the server answers in
    /// order, and sends no update of a monitor that it does not know yet.
    fn release_held(&mut self) {
        if !self.held.is_empty() && !self.monitors.by_key.values().any(Monitor::is_behind) {
            self.held.release();
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
