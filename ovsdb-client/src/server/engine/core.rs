//! The engine: databases, sessions, and what flows between them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::{
    super::database::{Change, Context, Database, Prepared, Step, Transaction},
    lock::Locks,
    server_database,
    session::{Session, SessionId},
    transact::Trigger,
};
use crate::wire::{ErrorKind, JsonId, Operation, OvsdbError};

/// All databases and all sessions of one server.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) databases: BTreeMap<Arc<str>, Served>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) locks: Locks,
    /// Transactions whose `wait` has not come true, oldest first.
    pub(super) triggers: Vec<Trigger>,
    /// Databases that changed since their triggers were last tried.
    pub(super) changed: BTreeSet<Arc<str>>,
    /// Sessions that may have something to send, or are to be closed.
    dirty: BTreeSet<SessionId>,
    pub(super) server_id: Uuid,
    sessions_made: u64,
    commits: u64,
    pub(super) commit_fault: Option<CommitFault>,
}

/// When the connection of a transaction is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommitFault {
    /// The transaction never happens.
    Before,
    /// It happened, and its client does not hear of it.
    After,
}

/// A database and how it is served.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) database: Database,
    /// Whether clients may only read it: `_Server`.
    pub(super) is_reserved: bool,
    /// What `_Server` says of it: whether it leads its cluster, or none if it is standalone.
    pub(super) is_leader: Option<bool>,
}

/// The peer broke the protocol so that its connection must be closed.
#[derive(Debug)]
pub(crate) struct Hangup(pub(crate) String);

impl Engine {
    /// A server without databases, apart from `_Server`.
    pub(crate) fn new(now: Instant) -> Self {
        let mut engine = Self {
            databases: BTreeMap::new(),
            sessions: BTreeMap::new(),
            locks: Locks::default(),
            triggers: Vec::new(),
            changed: BTreeSet::new(),
            dirty: BTreeSet::new(),
            server_id: Uuid::new_v4(),
            sessions_made: 0,
            commits: 0,
            commit_fault: None,
        };
        let schema = server_database::schema();
        let mut served = Served::new(Database::new(schema));
        served.is_reserved = true;
        engine.databases.insert(server_database::NAME.into(), served);
        engine.describe_databases(now);
        engine
    }

    /// Serves a database, in the place of one of the same name.
    pub(crate) fn add_database(&mut self, database: Database, now: Instant) {
        let name = Arc::clone(&database.schema().name);
        if self.databases.contains_key(&name) {
            self.forget_database(&name);
        }
        self.databases.insert(name, Served::new(database));
        self.describe_databases(now);
    }

    /// Stops serving a database. Its monitors are cancelled, and sessions that do not know of that are closed
    /// (ovsdb-server(7) §4.1.18). Whether it was there.
    pub(crate) fn remove_database(&mut self, name: &str, now: Instant) -> bool {
        if self.databases.get(name).is_none_or(|served| served.is_reserved) {
            return false;
        }
        self.forget_database(name);
        self.databases.remove(name);
        self.describe_databases(now);
        true
    }

    fn forget_database(&mut self, name: &str) {
        let waiting: Vec<_> = self
            .triggers
            .extract_if(.., |trigger| *trigger.database == *name)
            .collect();
        for trigger in &waiting {
            let aware = self
                .sessions
                .get_mut(&trigger.session)
                .filter(|session| session.is_change_aware);
            if let Some(session) = aware {
                session.refuse(&trigger.id, &OvsdbError::bare(&ErrorKind::Canceled));
                self.dirty.insert(trigger.session);
            }
        }
        let waiting: BTreeSet<SessionId> = waiting.into_iter().map(|trigger| trigger.session).collect();
        for (id, session) in &mut self.sessions {
            if session.forget_database(name) || (waiting.contains(id) && !session.is_change_aware) {
                self.dirty.insert(*id);
            }
            if waiting.contains(id) && !session.is_change_aware {
                session.is_closing = true;
            }
        }
    }

    /// Makes `_Server` say whether this server leads the database.
    pub(crate) fn set_leader(&mut self, name: &str, is_leader: bool, now: Instant) {
        if let Some(served) = self.databases.get_mut(name) {
            served.is_leader = Some(is_leader);
            self.describe_databases(now);
        }
    }

    /// The database of this name.
    pub(crate) fn database(&self, name: &str) -> Option<&Database> {
        self.databases.get(name).map(|served| &served.database)
    }

    /// Executes operations of the server's own: all of them, or none.
    ///
    /// # Errors
    /// What a client would be told.
    pub(crate) fn execute(
        &mut self,
        name: &str,
        operations: Vec<Operation>,
        now: Instant,
    ) -> Result<(), OvsdbError> {
        let Some((name, served)) = self.databases.get_key_value(name) else {
            return Err(OvsdbError::bare(&ErrorKind::UnknownDatabase));
        };
        let name = Arc::clone(name);
        let mut transaction = Transaction::new(&served.database);
        let context = Context {
            holds_lock: &|_| false,
            waited: Duration::ZERO,
            is_reserved: false,
        };
        for operation in operations {
            let op = operation.op();
            transaction
                .execute(operation, &context)
                .map_err(|step| match step {
                    Step::Failed(error) => error,
                    Step::Unfit | Step::Blocked(_) => OvsdbError::new(
                        &ErrorKind::SyntaxError,
                        format!("the {op} does not fit the schema"),
                    ),
                })?;
        }
        let prepared = transaction.prepare()?;
        self.commit(&name, &prepared);
        self.run_triggers(now);
        Ok(())
    }

    /// Makes the connection of the next `transact` fail.
    pub(crate) fn set_commit_fault(&mut self, fault: Option<CommitFault>) {
        self.commit_fault = fault;
    }

    /// A new session.
    pub(crate) fn connect(&mut self) -> SessionId {
        self.sessions_made += 1;
        let id = SessionId(self.sessions_made);
        self.sessions.insert(id, Session::default());
        id
    }

    /// The end of a session: its locks pass on, its monitors and transactions die (RFC 7047 §4.1.8).
    pub(crate) fn disconnect(&mut self, id: SessionId) {
        self.sessions.remove(&id);
        self.dirty.remove(&id);
        self.triggers.retain(|trigger| trigger.session != id);
        for (heir, name) in self.locks.forget(id) {
            self.notify(heir, "locked", &[name]);
        }
    }

    /// Moves what is to be sent to the end of `out`. Monitors are only asked when `out` is empty, so that the updates
    /// of a slow reader merge instead of piling up.
    pub(crate) fn poll_transmit(&mut self, id: SessionId, out: &mut Vec<u8>) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        out.append(&mut session.outbox);
        if out.is_empty() {
            session.flush_monitors(&self.databases);
            out.append(&mut session.outbox);
        }
    }

    /// How many bytes wait to be sent.
    pub(crate) fn backlog(&self, id: SessionId) -> usize {
        self.sessions.get(&id).map_or(0, |session| session.outbox.len())
    }

    /// Whether the session is to be closed once all is sent.
    pub(crate) fn is_closing(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_none_or(|session| session.is_closing)
    }

    /// Closes every session.
    pub(crate) fn close_sessions(&mut self) {
        for (id, session) in &mut self.sessions {
            session.is_closing = true;
            self.dirty.insert(*id);
        }
    }

    /// The sessions that may have something to send since this was last called.
    pub(crate) fn take_dirty(&mut self) -> BTreeSet<SessionId> {
        std::mem::take(&mut self.dirty)
    }

    /// When [`Engine::handle_timeout`] wants to be called.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.triggers.iter().filter_map(|trigger| trigger.deadline).min()
    }

    /// How many commits changed something.
    pub(crate) fn commits(&self) -> u64 {
        self.commits
    }

    /// Time has passed.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.run_triggers(now);
    }

    /// Makes a checked transaction the state of its database, and tells the monitors.
    pub(super) fn commit(&mut self, name: &Arc<str>, prepared: &Prepared) {
        if prepared.changes.is_empty() {
            return;
        }
        let Some(served) = self.databases.get_mut(name) else {
            return;
        };
        served.database.apply(prepared);
        self.commits += 1;
        self.changed.insert(Arc::clone(name));
        self.tell_monitors(name, &prepared.changes);
    }

    fn tell_monitors(&mut self, name: &str, changes: &[Change]) {
        for (id, session) in &mut self.sessions {
            let mut is_told = false;
            for monitor in session.monitors.values_mut() {
                is_told |= *monitor.database == *name && monitor.tell(changes);
            }
            if is_told {
                self.dirty.insert(*id);
            }
        }
    }

    pub(super) fn notify(&mut self, id: SessionId, method: &str, params: &[Arc<str>]) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.notify(method, params);
            self.dirty.insert(id);
        }
    }

    /// Replies, after the updates of everything that happened before (RFC 7047 §4.1.6).
    pub(super) fn reply<R: serde::Serialize + ?Sized>(
        &mut self,
        id: SessionId,
        request: &JsonId,
        result: &R,
    ) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.flush_monitors(&self.databases);
            session.reply(request, result);
            self.dirty.insert(id);
        }
    }
}

impl Served {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            is_reserved: false,
            is_leader: None,
        }
    }
}
