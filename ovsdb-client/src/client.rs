//! The handle to a server or cluster: one method an RPC.

use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{Instrument, debug_span};

use crate::{
    builder::ClientBuilder,
    error::{ConfigError, Error},
    replica::{Lease, Replica, Selection},
    session::{Call, Command, Forget, LockKey, LockStatus, MonitorKey, SessionStatus},
    wire::{self, DatabaseSchema, JsonId, Operation, SchemaError, TransactResult},
};

/// A connection to an OVSDB server, made again whenever it is lost. Clones share it; it ends with the last of them
/// and of the [`Replica`]s that it made.
///
/// ```no_run
/// use ovsdb_client::{Client, replica::Selection, vswitch::{Bridge, Port}};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::connect("unix:/var/run/openvswitch/db.sock").await?;
/// let replica = client.monitor(Selection::new().table::<Bridge>().table::<Port>()).await?;
/// for port in replica.snapshot().rows::<Port>()? {
///     println!("{} {:?}", port.name()?, port.tag()?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) forgets: mpsc::UnboundedSender<Forget>,
    pub(crate) status: watch::Receiver<SessionStatus>,
    pub(crate) schema: watch::Receiver<Option<Arc<DatabaseSchema>>>,
    pub(crate) next_id: AtomicI64,
    pub(crate) request_limit: Duration,
    pub(crate) name: String,
}

impl Client {
    /// Connects to the database `Open_vSwitch` of `remote`: [`Remote`](crate::transport::Remote), or several with
    /// commas between them.
    ///
    /// # Errors
    /// [`Error::Config`] if the remote is none or the server has no such database, else why no session could be
    /// had. Nothing goes on in the background then.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the attempt.
    pub async fn connect(remote: &str) -> Result<Self, Error> {
        Self::builder().remotes(remote).connect().await
    }

    /// A client with other settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The names of the databases: RFC 7047 §4.1.1.
    ///
    /// # Errors
    /// Why no answer came.
    ///
    /// # Cancel safety
    /// Dropping the future gives the request up.
    pub async fn list_dbs(&self) -> Result<Vec<String>, Error> {
        self.call("list_dbs", &[(); 0]).await
    }

    /// The schema of this client's database, as the server gave it at the start of the session. The server is not
    /// asked.
    pub fn schema(&self) -> Arc<DatabaseSchema> {
        let known = self.inner.schema.borrow().clone();
        known.unwrap_or_else(|| {
            // A client is handed out only once the schema is known.
            static NONE: std::sync::LazyLock<Arc<DatabaseSchema>> = std::sync::LazyLock::new(Arc::default);
            Arc::clone(&NONE)
        })
    }

    /// The schema of any database: RFC 7047 §4.1.2.
    ///
    /// # Errors
    /// Why no answer came, or why it is no schema.
    ///
    /// # Cancel safety
    /// Dropping the future gives the request up.
    pub async fn get_schema(&self, database: &str) -> Result<DatabaseSchema, Error> {
        let result = self
            .request("get_schema".into(), &[database], false, self.inner.request_limit)
            .await?;
        let text = std::str::from_utf8(&result).map_err(|error| Error::decode("get_schema", &error))?;
        DatabaseSchema::parse(text).map_err(|error: SchemaError| Error::decode("get_schema", &error))
    }

    /// Runs operations as one transaction on this client's database: RFC 7047 §4.1.3.
    /// [`Transaction`](crate::transaction::Transaction) for the typed one.
    ///
    /// When this returns, every replica of this client holds what the transaction changed of its rows: the server
    /// sends the update before the answer, and the answer is held back while the rows of a replica are being asked
    /// for again. (Should that last longer than the request may, the answer is given without.)
    ///
    /// The time that a `wait` of it may take is added to the client's
    /// [`request_limit`](ClientBuilder::request_limit).
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] if it was sent and no answer came. An operation that failed is no error here but in
    /// the result.
    ///
    /// # Cancel safety
    /// Dropping the future sends `cancel`, which ends a transaction that waits. It may have been committed all the
    /// same.
    pub async fn transact(&self, operations: &[Operation]) -> Result<TransactResult, Error> {
        let database = self.database();
        // Several waits share their time: the server counts from the beginning of the transaction.
        let longest_wait = operations.iter().filter_map(Operation::wait_limit).max();
        let limit = self
            .inner
            .request_limit
            .saturating_add(longest_wait.unwrap_or_default());
        let result = self
            .request(
                "transact".into(),
                &TransactRequest(&database, operations),
                true,
                limit,
            )
            .await?;
        TransactResult::from_slice(&result, operations.len()).map_err(|error| Error::OutcomeUnknown {
            what: "transaction",
            why: format!("the answer does not read: {error}"),
        })
    }

    /// Keeps a copy of tables. It returns with the first rows in.
    ///
    /// # Errors
    /// Why the rows could not be had.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the monitor.
    pub async fn monitor(&self, selection: Selection) -> Result<Replica, Error> {
        let key = MonitorKey(self.next_id());
        let (reply, shared) = oneshot::channel();
        self.command(Command::Monitor {
            key,
            selection,
            reply,
        })
        .await?;
        // From here on the monitor ends when this future is dropped.
        let lease = Lease::new(key, self.clone());
        // No time limit of its own: a large database takes long, and a dead peer is found by probes.
        let shared = shared.await.unwrap_or(Err(Error::Closed))?;
        Ok(Replica::new(shared, lease))
    }

    /// Asks for a lock and keeps asking, through all sessions, until the handle is dropped: RFC 7047 §4.1.8.
    ///
    /// # Errors
    /// [`ConfigError::LockInUse`] if another handle of this client or of a clone asks for it: a lock belongs to the
    /// session that they share. [`Error::Closed`]. Whether the lock is held is for the handle to say.
    ///
    /// # Cancel safety
    /// Dropping the future gives the lock up.
    pub async fn lock(&self, name: &str) -> Result<Lock, Error> {
        self.lock_or_steal(name, false).await
    }

    /// Takes a lock from whoever holds it: RFC 7047 §4.1.9. If another steals it back it is waited for, not stolen
    /// again.
    ///
    /// # Errors
    /// As of [`Client::lock`].
    ///
    /// # Cancel safety
    /// Dropping the future gives the lock up.
    pub async fn steal(&self, name: &str) -> Result<Lock, Error> {
        self.lock_or_steal(name, true).await
    }

    async fn lock_or_steal(&self, name: &str, steal: bool) -> Result<Lock, Error> {
        let key = LockKey(self.next_id());
        let (sender, status) = watch::channel(LockStatus::Waiting);
        let (reply, accepted) = oneshot::channel();
        self.command(Command::Lock {
            key,
            name: name.to_owned(),
            steal,
            status: sender,
            reply,
        })
        .await?;
        // From here on the lock is given up when this future is dropped.
        let lock = Lock {
            key,
            name: name.to_owned(),
            status,
            client: self.clone(),
        };
        accepted.await.unwrap_or(Err(Error::Closed))?;
        Ok(lock)
    }

    /// Asks the peer to answer: RFC 7047 §4.1.11.
    ///
    /// # Errors
    /// Why no answer came.
    ///
    /// # Cancel safety
    /// Dropping the future gives the request up.
    pub async fn echo(&self) -> Result<(), Error> {
        self.request("echo".into(), &[(); 0], false, self.inner.request_limit)
            .await
            .map(|_| ())
    }

    /// Any request that changes nothing. `params` must print as an array.
    ///
    /// # Errors
    /// Why no answer came, or why it does not read as `R`.
    ///
    /// # Cancel safety
    /// Dropping the future gives the request up.
    pub async fn call<P: Serialize + ?Sized, R: DeserializeOwned>(
        &self,
        method: &str,
        params: &P,
    ) -> Result<R, Error> {
        let result = self
            .request(
                Cow::Owned(method.to_owned()),
                params,
                false,
                self.inner.request_limit,
            )
            .await?;
        serde_json::from_slice(&result).map_err(|error| Error::decode(method, &error))
    }

    /// Where the session stands, and every change of it.
    pub fn status(&self) -> watch::Receiver<SessionStatus> {
        self.inner.status.clone()
    }

    /// The name of this client's database.
    pub fn database(&self) -> Arc<str> {
        Arc::clone(&self.schema().name)
    }

    /// The remotes as they were given.
    pub fn remotes(&self) -> &str {
        &self.inner.name
    }

    pub(crate) async fn set_conditions(&self, key: MonitorKey, selection: &Selection) -> Result<(), Error> {
        let (reply, done) = oneshot::channel();
        self.command(Command::SetConditions {
            key,
            selection: selection.clone(),
            reply,
        })
        .await?;
        let limit = self.inner.request_limit;
        match tokio::time::timeout(limit, done).await {
            Ok(result) => result.unwrap_or(Err(Error::Closed)),
            Err(_) => Err(Error::TimedOut {
                method: "monitor_cond_change".to_owned(),
                limit,
            }),
        }
    }

    pub(crate) fn unmonitor(&self, key: MonitorKey) {
        self.forget(Forget::Monitor(key));
    }

    fn forget(&self, forget: Forget) {
        // A session that is gone remembers nothing.
        let _ = self.inner.forgets.send(forget);
    }

    fn next_id(&self) -> i64 {
        self.inner.next_id.fetch_add(1, Ordering::Relaxed)
    }

    async fn command(&self, command: Command) -> Result<(), Error> {
        self.inner.commands.send(command).await.map_err(|_| Error::Closed)
    }

    /// Sends one request and gives the text of its result. The request is written here, in the caller's task.
    async fn request<P: Serialize + ?Sized>(
        &self,
        method: Cow<'static, str>,
        params: &P,
        is_transact: bool,
        limit: Duration,
    ) -> Result<Bytes, Error> {
        let id = self.next_id();
        let mut message = Vec::with_capacity(256);
        wire::print_request(&mut message, &JsonId::Integer(id), &method, params)
            .map_err(|error| ConfigError::Unprintable(error.to_string()))?;
        let (reply, answer) = oneshot::channel();
        let span = debug_span!("request", %method, id);
        let exchange = async {
            // The session takes commands at all times, and keeps the time from there on.
            self.command(Command::Call(Call {
                id,
                method,
                message,
                is_transact,
                limit,
                reply,
            }))
            .await?;
            let mut asked = Asked {
                client: self,
                id,
                answer,
            };
            // The driver took the request and ended without a word of it.
            (&mut asked.answer).await.unwrap_or_else(|_| {
                Err(if is_transact {
                    Error::OutcomeUnknown {
                        what: "transaction",
                        why: "the client ended".to_owned(),
                    }
                } else {
                    Error::Closed
                })
            })
        };
        exchange.instrument(span).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("remotes", &self.inner.name)
            .field("status", &*self.inner.status.borrow())
            .finish()
    }
}

/// `[<db-name>, <operation>*]`
struct TransactRequest<'a>(&'a str, &'a [Operation]);

impl Serialize for TransactRequest<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut seq = serializer.serialize_seq(Some(1 + self.1.len()))?;
        seq.serialize_element(self.0)?;
        for operation in self.1 {
            seq.serialize_element(operation)?;
        }
        seq.end()
    }
}

/// A request that the session was given. It is told when its caller stops waiting.
struct Asked<'a> {
    client: &'a Client,
    id: i64,
    answer: oneshot::Receiver<Result<Bytes, Error>>,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answer.is_terminated() {
            // Before the session hears of it: it may not have taken the request yet, and then sees that nobody waits.
            self.answer.close();
            self.client.forget(Forget::Call(self.id));
        }
    }
}

/// A lock that this client holds or waits for, until this is dropped.
pub struct Lock {
    key: LockKey,
    name: String,
    status: watch::Receiver<LockStatus>,
    client: Client,
}

impl Lock {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is held now.
    pub fn status(&self) -> LockStatus {
        *self.status.borrow()
    }

    /// Waits until it is held, for `limit` at most.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if another client keeps it, [`Error::Closed`] if the client is closed.
    ///
    /// # Cancel safety
    /// The lock is still asked for when the future is dropped.
    pub async fn held(&mut self, limit: Duration) -> Result<(), Error> {
        let held = self.status.wait_for(|status| *status == LockStatus::Held);
        match tokio::time::timeout(limit, held).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Error::Closed),
            Err(_) => Err(Error::TimedOut {
                method: format!("the lock {}", self.name),
                limit,
            }),
        }
    }

    /// The next change of its status; none once the client is closed.
    ///
    /// # Cancel safety
    /// No change is lost when the future is dropped, but changes that follow each other fast may show as one.
    pub async fn changed(&mut self) -> Option<LockStatus> {
        self.status.changed().await.ok()?;
        Some(*self.status.borrow_and_update())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.client.forget(Forget::Lock {
            key: self.key,
            name: std::mem::take(&mut self.name),
        });
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lock({}, {:?})", self.name, self.status())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    #[test]
    fn what_was_never_taken_is_not_forgotten_either() {
        let (commands, mut taken) = mpsc::channel(1);
        let (forgets, mut forgotten) = mpsc::unbounded_channel();
        let (_status, status) = watch::channel(SessionStatus::Closed);
        let (_schema, schema) = watch::channel(Some(Arc::default()));
        let client = Client::new(Inner {
            commands,
            forgets,
            status,
            schema,
            next_id: AtomicI64::new(1),
            request_limit: Duration::from_secs(30),
            name: String::new(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let _time = runtime.enter();
        let begin = |call: &mut std::pin::Pin<&mut dyn Future<Output = ()>>| {
            let begun = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(begun, Poll::Pending);
        };
        // Nobody takes anything: the first fills the channel, and no other leaves a trace.
        for _ in 0..1000 {
            begin(&mut pin!(async { drop(client.echo().await) }));
            begin(&mut pin!(async { drop(client.lock("l").await) }));
            begin(&mut pin!(async { drop(client.monitor(Selection::new()).await) }));
        }
        assert_eq!(forgotten.len(), 1);
        // The one that was taken in is passed over, for its caller has gone.
        assert!(matches!(forgotten.try_recv(), Ok(Forget::Call(1))));
        let Ok(Command::Call(call)) = taken.try_recv() else {
            panic!("nothing was taken")
        };
        assert!(call.reply.is_closed());
    }
}
