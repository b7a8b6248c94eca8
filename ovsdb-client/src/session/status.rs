//! What a client can see of its session.

use crate::{error::Error, transport::Remote};

/// Where the session stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionStatus {
    /// A connection is being made, or the peer is being asked what it is.
    Connecting {
        /// Attempts that failed since the last usable session.
        failures: u32,
        /// Why the last one failed or the last session ended.
        last_error: Option<Error>,
    },
    /// Requests are answered.
    Ready {
        /// The peer.
        remote: Remote,
        /// How many usable sessions there were, with this one.
        sessions: u64,
    },
    /// The next attempt waits.
    Waiting {
        /// Attempts that failed since the last usable session.
        failures: u32,
        /// Why the last one failed or the last session ended.
        last_error: Error,
    },
    /// The client was closed.
    Closed,
}

impl SessionStatus {
    /// Whether requests are answered.
    pub fn is_ready(&self) -> bool {
        matches!(self, SessionStatus::Ready { .. })
    }

    /// Attempts that failed since the last usable session.
    pub fn failures(&self) -> u32 {
        match self {
            SessionStatus::Connecting { failures, .. } | SessionStatus::Waiting { failures, .. } => *failures,
            _ => 0,
        }
    }

    /// Why the last attempt failed or the last session ended, while there is none.
    pub fn last_error(&self) -> Option<&Error> {
        match self {
            SessionStatus::Connecting { last_error, .. } => last_error.as_ref(),
            SessionStatus::Waiting { last_error, .. } => Some(last_error),
            _ => None,
        }
    }
}
