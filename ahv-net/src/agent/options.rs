use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::apply::Watchdog;

/// How an agent is run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AgentOptions {
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// The file of tokens; see [`agent`](super) for its form.
    pub tokens: PathBuf,
    /// Whether edits are done at all; else even a token for editing only reads.
    pub allow_edits: bool,
    /// The certificate and its key, as PEM files. Every TCP address then speaks TLS alone.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Values of the header `Origin` that are let in, such as `https://console.example.com`; every other is refused. They are
    /// of programs that send one: browsers cannot call an agent, as it answers no preflight, and a page's WebSocket brings no
    /// token along.
    pub origins: BTreeSet<String>,
    /// Where edits are logged; `None` is stderr.
    pub audit: Option<PathBuf>,
    /// Where the journal is kept; see [`ApplyOptions::state`](crate::apply::ApplyOptions::state).
    pub state: Option<PathBuf>,
    /// Who undoes an unconfirmed edit besides the agent itself, which does so while it runs and when it is started
    /// again.
    pub watchdog: Watchdog,
    /// What one caller, and all together, may ask for.
    pub limits: Limits,
}

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listen {
    /// HTTP and WebSocket over TCP. With port 0 the kernel chooses one.
    Tcp(SocketAddr),
    /// HTTP and WebSocket over a unix socket, which only the agent's user can open. A stale one is replaced.
    Unix(PathBuf),
}

/// What an agent bears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at once: over TCP, and as many over each unix socket.
    pub connections: usize,
    /// Calls at once, of all connections; as many that edit or confirm have room beside those that read.
    pub calls: usize,
    /// Calls of one token in a second, on average.
    pub calls_per_second: u32,
    /// Calls of one token at once after a pause.
    pub burst: u32,
    /// Calls in one batch.
    pub batch: u32,
    /// Subscriptions of one connection.
    pub subscriptions: u32,
    /// Bytes of a request, or of a batch of them.
    pub request_bytes: u32,
    /// Bytes of an answer.
    pub answer_bytes: u32,
    /// How long the TLS handshake, the headers of a request, and its body may take, each; and how long an answer may wait of
    /// which nothing is read.
    pub patience: Duration,
    /// How long an edit may go on after the agent was asked to end, before it is asked to stop and to undo what it
    /// did.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 64,
            calls: 16,
            calls_per_second: 20,
            burst: 100,
            batch: 16,
            subscriptions: 4,
            request_bytes: 8 << 20,
            answer_bytes: 32 << 20,
            patience: Duration::from_secs(10),
            grace: Duration::from_secs(20),
        }
    }
}

impl AgentOptions {
    /// Read-only, with the tokens of this file, and listening nowhere yet.
    pub fn new(tokens: impl Into<PathBuf>) -> Self {
        Self {
            listen: Vec::new(),
            tokens: tokens.into(),
            allow_edits: false,
            tls: None,
            origins: BTreeSet::new(),
            audit: None,
            state: None,
            watchdog: Watchdog::Caller,
            limits: Limits::default(),
        }
    }

    /// Listens on this address, too. What is no loopback address needs [`tls`](Self::tls).
    #[must_use]
    pub fn listen(mut self, listen: Listen) -> Self {
        self.listen.push(listen);
        self
    }

    /// Lets tokens for editing edit.
    #[must_use]
    pub fn allow_edits(mut self, allow: bool) -> Self {
        self.allow_edits = allow;
        self
    }

    /// Speaks TLS on every TCP address, with this certificate and key.
    #[must_use]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some((certificate.into(), key.into()));
        self
    }

    /// Lets requests with this `Origin` in, too.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.insert(origin.into());
        self
    }

    /// Logs edits to this file.
    #[must_use]
    pub fn audit(mut self, file: impl Into<PathBuf>) -> Self {
        self.audit = Some(file.into());
        self
    }

    /// Keeps the journal below this directory.
    #[must_use]
    pub fn state(mut self, directory: impl Into<PathBuf>) -> Self {
        self.state = Some(directory.into());
        self
    }

    /// Lets this undo what is not confirmed, too.
    #[must_use]
    pub fn watchdog(mut self, watchdog: Watchdog) -> Self {
        self.watchdog = watchdog;
        self
    }

    /// Bears this.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
