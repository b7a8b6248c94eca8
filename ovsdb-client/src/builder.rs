//! The settings of a client.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};

use crate::{
    client::{Client, Inner},
    error::{ConfigError, Error},
    session::{self, Core, Options, SessionStatus},
    transport::{Dialer, Remote, SystemDialer},
};

/// How a [`Client`] connects and behaves; [`ClientBuilder::connect`] makes one.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    remotes: String,
    dialer: Option<Arc<dyn Dialer>>,
    #[cfg(feature = "tls")]
    tls: Option<crate::transport::TlsOptions>,
    keep_trying: bool,
    request_limit: Duration,
    options: Options,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            remotes: String::new(),
            dialer: None,
            #[cfg(feature = "tls")]
            tls: None,
            keep_trying: false,
            request_limit: Duration::from_secs(30),
            options: Options {
                remotes: Vec::new(),
                database: "Open_vSwitch".to_owned(),
                leader_only: false,
                probe_interval: Some(Duration::from_secs(5)),
                probes_local: false,
                probe_patience: Duration::from_secs(10),
                connect_limit: Duration::from_secs(10),
                handshake_limit: Duration::from_secs(10),
                backoff_min: Duration::from_millis(100),
                backoff_max: Duration::from_secs(8),
                event_capacity: 1024,
                max_message_bytes: 1 << 30,
                transmit_bound: 256 << 10,
                seed: 0,
            },
        }
    }
}

impl ClientBuilder {
    /// Where to connect: one [`Remote`], or several with commas between them, such as the members of a cluster.
    pub fn remotes(mut self, remotes: impl Into<String>) -> Self {
        self.remotes = remotes.into();
        self
    }

    /// The database; `Open_vSwitch` if not said.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.options.database = name.into();
        self
    }

    /// Uses only the leader of a cluster. Transactions through another member work too, but later, and its rows may
    /// be older. A standalone database and a relay are not concerned.
    pub fn leader_only(mut self) -> Self {
        self.options.leader_only = true;
        self
    }

    /// Keeps trying when the first connection fails: [`ClientBuilder::connect`] then waits until one succeeds.
    pub fn keep_trying(mut self) -> Self {
        self.keep_trying = true;
        self
    }

    /// How long a request may take, the time without a session included; 30 s if not said. A transaction that waits
    /// ([`wait_until`](crate::transaction::Transaction::wait_until)) may take as much longer as its wait.
    pub fn request_limit(mut self, limit: Duration) -> Self {
        self.request_limit = limit;
        self
    }

    /// How long opening a connection may take; 10 s if not said.
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.options.connect_limit = limit;
        self
    }

    /// How long the peer may take to answer the first requests; 10 s if not said.
    pub fn handshake_limit(mut self, limit: Duration) -> Self {
        self.options.handshake_limit = limit;
        self
    }

    /// After how much silence the peer is asked whether it lives, and how long it then may stay silent; if not said,
    /// 5 s and 10 s, and never over a unix socket, whose end shows without. Any byte counts as life, even in the
    /// middle of a message. While the first rows of a monitor are awaited the second time doubles with each session
    /// that dies of it.
    pub fn probe(mut self, interval: Duration, patience: Duration) -> Self {
        self.options.probe_interval = Some(interval);
        self.options.probes_local = true;
        self.options.probe_patience = patience;
        self
    }

    /// Never asks a silent peer whether it lives.
    pub fn no_probe(mut self) -> Self {
        self.options.probe_interval = None;
        self
    }

    /// The least and the greatest wait between attempts; 100 ms and 8 s if not said.
    pub fn backoff(mut self, min: Duration, max: Duration) -> Self {
        (self.options.backoff_min, self.options.backoff_max) = (min, max);
        self
    }

    /// How many commits a [`Watch`](crate::replica::Watch) may fall behind before they are folded into one
    /// difference; 1024 if not said.
    pub fn event_capacity(mut self, commits: usize) -> Self {
        self.options.event_capacity = commits.max(1);
        self
    }

    /// How long a message of the peer may be; 1 GiB if not said.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.options.max_message_bytes = bytes;
        self
    }

    /// The certificates for `ssl:`, `pssl:` and `wss:`.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, options: crate::transport::TlsOptions) -> Self {
        self.tls = Some(options);
        self
    }

    /// Opens connections in the caller's own way.
    pub fn dialer(mut self, dialer: Arc<dyn Dialer>) -> Self {
        self.dialer = Some(dialer);
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// [`Error::Config`] if a remote is none or the server has no such database. Else, unless
    /// [`ClientBuilder::keep_trying`] was said, why the last of the remotes could not be reached. Nothing goes on in
    /// the background after an error.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the attempt.
    pub async fn connect(mut self) -> Result<Client, Error> {
        if self.remotes.trim().is_empty() {
            return Err(ConfigError::NoRemote.into());
        }
        self.options.remotes = Remote::parse_list(&self.remotes).map_err(ConfigError::from)?;
        self.options.seed = seed();
        let round = self.options.remotes.len();
        let dialer = match self.dialer {
            Some(dialer) => dialer,
            None => {
                let dialer = SystemDialer::new();
                #[cfg(feature = "tls")]
                let dialer = match self.tls {
                    Some(options) => dialer.tls(options),
                    None => dialer,
                };
                Arc::new(dialer)
            }
        };
        let (commands, command_queue) = mpsc::channel(256);
        let (forgets, forget_queue) = mpsc::unbounded_channel();
        let (status_sender, mut status) = watch::channel(SessionStatus::Connecting {
            failures: 0,
            last_error: None,
        });
        let (schema_sender, schema) = watch::channel(None);
        let core = Core::new(Arc::new(self.options), now(), status_sender, schema_sender);
        let client = Client::new(Inner {
            commands,
            forgets,
            status: status.clone(),
            schema,
            next_id: AtomicI64::new(1),
            request_limit: self.request_limit,
            name: self.remotes,
        });
        start(session::run(core, dialer, command_queue, forget_queue));
        let keep_trying = self.keep_trying;
        let settled = status.wait_for(|status| {
            let failures = usize::try_from(status.failures()).unwrap_or(usize::MAX);
            status.is_ready() || matches!(status, SessionStatus::Closed) || failures >= round && !keep_trying
        });
        let outcome = match settled.await {
            Ok(status) if status.is_ready() => Ok(()),
            Ok(status) => Err(status.last_error().cloned().unwrap_or(Error::Closed)),
            Err(_) => Err(Error::Closed),
        };
        outcome.map(|()| client)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one task of a client is started here"
)]
fn start(driver: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(driver);
}

#[expect(clippy::disallowed_methods, reason = "the beginning of the driver's time")]
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// A number that differs from client to client.
fn seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0
}
