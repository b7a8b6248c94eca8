//! What a session needs to know.

use std::time::Duration;

use crate::transport::Remote;

/// The settings of all sessions of one client.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) remotes: Vec<Remote>,
    pub(crate) database: String,
    /// Whether only the leader of a cluster will do.
    pub(crate) leader_only: bool,
    /// After how much silence the peer is asked whether it lives; none for never.
    pub(crate) probe_interval: Option<Duration>,
    /// Whether a peer on this host is asked too. Its death shows without.
    pub(crate) probes_local: bool,
    /// How long it then may stay silent.
    pub(crate) probe_patience: Duration,
    /// How long opening a connection may take.
    pub(crate) connect_limit: Duration,
    /// How long the peer may take to answer the first requests.
    pub(crate) handshake_limit: Duration,
    pub(crate) backoff_min: Duration,
    pub(crate) backoff_max: Duration,
    /// How many events a watch may lag behind before they are folded into one.
    pub(crate) event_capacity: usize,
    /// How long a message may be.
    pub(crate) max_message_bytes: usize,
    /// Bytes to send above which no more commands are taken.
    pub(crate) transmit_bound: usize,
    /// Where the randomness of the backoff begins.
    pub(crate) seed: u64,
}
