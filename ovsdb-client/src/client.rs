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
    session::{Call, Command, Forget, Forgotten, LockStatus, MonitorKey, SessionStatus},
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
        let result = self.request("get_schema".into(), &[database], false).await?;
        let text = std::str::from_utf8(&result).map_err(|error| Error::decode("get_schema", &error))?;
        DatabaseSchema::parse(text).map_err(|error: SchemaError| Error::decode("get_schema", &error))
    }

    /// Runs operations as one transaction on this client's database: RFC 7047 §4.1.3.
    /// [`Transaction`](crate::transaction::Transaction) for the typed one.
    ///
    /// When this returns, every replica of this client holds what the transaction changed of its rows: the server
    /// sends the update before the answer.
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
        let result = self
            .request("transact".into(), &TransactRequest(&database, operations), true)
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
        // From here on the monitor ends when this future is dropped.
        let lease = Lease::new(key, self.clone());
        self.command(Command::Monitor {
            key,
            selection,
            reply,
        })
        .await?;
        // No time limit of its own: a large database takes long, and a dead peer is found by probes.
        let shared = shared.await.unwrap_or(Err(Error::Closed))?;
        Ok(Replica::new(shared, lease))
    }

    /// Asks for a lock and keeps asking, through all sessions, until the handle is dropped: RFC 7047 §4.1.8.
    ///
    /// # Errors
    /// [`Error::Closed`] only; whether the lock is held is for the handle to say.
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
    /// [`Error::Closed`] only; whether the lock is held is for the handle to say.
    ///
    /// # Cancel safety
    /// Dropping the future gives the lock up.
    pub async fn steal(&self, name: &str) -> Result<Lock, Error> {
        self.lock_or_steal(name, true).await
    }

    async fn lock_or_steal(&self, name: &str, steal: bool) -> Result<Lock, Error> {
        let (sender, status) = watch::channel(LockStatus::Waiting);
        let lock = Lock {
            name: name.to_owned(),
            status,
            client: self.clone(),
        };
        self.command(Command::Lock {
            name: name.to_owned(),
            steal,
            status: sender,
        })
        .await?;
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
        self.request("echo".into(), &[(); 0], false).await.map(|_| ())
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
        let result = self.request(Cow::Owned(method.to_owned()), params, false).await?;
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
    ) -> Result<Bytes, Error> {
        let id = self.next_id();
        let mut message = Vec::with_capacity(256);
        wire::print_request(&mut message, &JsonId::Integer(id), &method, params)
            .map_err(|error| ConfigError::Unprintable(error.to_string()))?;
        let (reply, answer) = oneshot::channel();
        let guard = CallGuard {
            client: self,
            id,
            is_armed: true,
        };
        let limit = self.inner.request_limit;
        let exchange = async {
            self.command(Command::Call(Call {
                id,
                method: method.clone(),
                message,
                is_transact,
                reply,
            }))
            .await?;
            // The driver took the request and ended without a word of it.
            answer.await.unwrap_or_else(|_| {
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
        let span = debug_span!("request", %method, id);
        match tokio::time::timeout(limit, exchange.instrument(span)).await {
            Ok(result) => {
                guard.disarm();
                result
            }
            Err(_) => Err(guard.timed_out(&method, is_transact, limit).await),
        }
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

/// Tells the session when a caller stops waiting.
struct CallGuard<'a> {
    client: &'a Client,
    id: i64,
    is_armed: bool,
}

impl CallGuard<'_> {
    fn disarm(mut self) {
        self.is_armed = false;
    }

    /// What it means that the time ran out: whether the request was sent decides.
    async fn timed_out(mut self, method: &str, is_transact: bool, limit: Duration) -> Error {
        self.is_armed = false;
        let (answer, forgotten) = oneshot::channel();
        self.client.forget(Forget::Call {
            id: self.id,
            answer: Some(answer),
        });
        let was_sent = forgotten
            .await
            .is_ok_and(|forgotten| forgotten == Forgotten::Sent);
        let last_error = self.client.inner.status.borrow().last_error().cloned();
        match (was_sent, last_error) {
            (false, Some(error)) => error,
            (true, _) if is_transact => Error::OutcomeUnknown {
                what: "transaction",
                why: format!("it was not answered within {limit:?}"),
            },
            _ => Error::TimedOut {
                method: method.to_owned(),
                limit,
            },
        }
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        if self.is_armed {
            self.client.forget(Forget::Call {
                id: self.id,
                answer: None,
            });
        }
    }
}

/// A lock that this client holds or waits for, until this is dropped.
pub struct Lock {
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
        self.client.forget(Forget::Lock(std::mem::take(&mut self.name)));
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lock({}, {:?})", self.name, self.status())
    }
}
