//! What can go wrong, grouped by who must act.

use std::{fmt, io, sync::Arc, time::Duration};

use crate::{
    transport::{FrameError, Remote, RemoteError},
    wire::{ErrorKind, OvsdbError},
};

/// Why a call of this crate failed. A clone shares its causes.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller asked for what cannot be: nothing was sent, and trying again will not help.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No session could be had. Nothing was done; it may work later.
    #[error("cannot reach {remote}: {reason}")]
    Unreachable {
        /// Where to.
        remote: String,
        /// Why not.
        reason: UnreachableReason,
    },
    /// A transaction was sent and its outcome did not come: it may or may not be in the database.
    #[error("the outcome of the {what} is unknown: {why}")]
    OutcomeUnknown {
        /// What was sent.
        what: &'static str,
        /// What happened then.
        why: String,
    },
    /// The session ended before a request was answered that changes nothing; it can be repeated.
    #[error("the session with {remote} ended before {method} was answered: {why}")]
    Disconnected {
        /// The peer.
        remote: String,
        /// The method.
        method: String,
        /// Why it ended.
        why: String,
    },
    /// No answer in time. The request was given up and its answer, should it still come, is not waited for.
    #[error("{method} was not answered within {}", Seconds(*.limit))]
    TimedOut {
        /// The method.
        method: String,
        /// The time that it had.
        limit: Duration,
    },
    /// The server refused the request as a whole.
    #[error("the server refused {method}: {error}")]
    Rejected {
        /// The method.
        method: String,
        /// Its words.
        #[source]
        error: OvsdbError,
    },
    /// The peer broke the protocol.
    #[error("{remote} does not speak OVSDB as it should: {what}")]
    PeerMisbehaved {
        /// The peer.
        remote: String,
        /// What it did.
        what: String,
    },
    /// An answer does not read as what was asked for.
    #[error("cannot read the answer to {at}: {reason}")]
    Decode {
        /// The method, or table and column.
        at: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
}

/// What the caller must put right.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The remote is none.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// No remote was given.
    #[error("no remote was given: name one such as unix:/var/run/openvswitch/db.sock")]
    NoRemote,
    /// The server does not have the database.
    #[error("{remote} has no database {database}; it has {}", List(.available))]
    UnknownDatabase {
        /// The server.
        remote: String,
        /// What was asked for.
        database: String,
        /// What it has.
        available: Vec<String>,
    },
    /// The server does not have the table.
    #[error("table {table} is unsupported by this server (database {database} {version})")]
    UnsupportedTable {
        /// The table.
        table: String,
        /// The database.
        database: String,
        /// The version of its schema.
        version: crate::wire::Version,
    },
    /// The server does not have the column.
    #[error("column {table}.{column} is unsupported by this server")]
    UnsupportedColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Certificates or keys cannot be used.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// A value cannot stand in its column.
    #[error("column {table}.{column}: {error}")]
    Value {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Why not.
        #[source]
        error: crate::wire::DatumError,
    },
    /// A condition compares by order what has none.
    #[error("column {table}.{column} cannot be compared by {}: only a single number can", .function.as_str())]
    NotOrdered {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How it was to be compared.
        function: crate::wire::Function,
    },
    /// The column cannot be changed once its row is made.
    #[error("column {table}.{column} is fixed when the row is made")]
    Immutable {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The server would make the row and drop it at once.
    #[error(
        "nothing in the transaction refers to the new row of {table}, which is no root table: it would vanish"
    )]
    Unreferenced {
        /// The table.
        table: String,
    },
    /// A new row is referred to that another transaction inserts.
    #[error("an operation on {table} refers to a new row that this transaction does not insert")]
    ForeignRow {
        /// The table of the operation.
        table: String,
    },
    /// This client asks for the lock already. A lock belongs to a session, so two parts of a program that share a
    /// client cannot keep each other out by it: give each a client of its own.
    #[error("this client asks for the lock {name} already: drop that handle first, or use another client")]
    LockInUse {
        /// The lock.
        name: String,
    },
    /// The request cannot be written as JSON.
    #[error("the request cannot be written: {0}")]
    Unprintable(String),
}

/// Why no session could be had.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnreachableReason {
    /// The operating system said so.
    #[error("{}", explain(.0))]
    Io(Arc<io::Error>),
    /// This user may not open the socket.
    #[error("permission denied: {0}")]
    PermissionDenied(String),
    /// The path is there, and what is there is this instead of a socket.
    #[error(
        "that is {0} and no socket: name the socket of ovsdb-server, such as unix:/var/run/openvswitch/db.sock"
    )]
    NoSocket(&'static str),
    /// Nothing came in time.
    #[error("no connection within {}", Seconds(*.0))]
    ConnectTimeout(Duration),
    /// The peer accepted and then did not answer.
    #[error("it accepted the connection but sent no complete answer within {}", Seconds(*.0))]
    Silent(Duration),
    /// The peer closed the connection.
    #[error("the peer closed the connection")]
    ClosedByPeer,
    /// What the peer sent is not OVSDB.
    #[error("the peer does not speak OVSDB: {0}")]
    Garbage(#[from] FrameError),
    /// The peer answered, but not as a server does.
    #[error("{0}")]
    Refused(String),
    /// The handshake of TLS or of WebSocket failed.
    #[error("{0}")]
    Handshake(String),
    /// The member of the cluster is not its leader, or is cut off from it.
    #[error("{0}")]
    NotLeader(String),
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such socket: is ovsdb-server running?".to_owned(),
        io::ErrorKind::ConnectionRefused => {
            "connection refused: nothing listens there; start ovsdb-server, or name another remote".to_owned()
        }
        _ => error.to_string(),
    }
}

impl Error {
    /// Whether no session could be had; it may work later.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Error::Unreachable { .. })
    }

    /// Whether this user may not open the socket.
    pub fn is_permission_denied(&self) -> bool {
        matches!(
            self,
            Error::Unreachable {
                reason: UnreachableReason::PermissionDenied(_),
                ..
            }
        )
    }

    /// Whether a transaction was sent and may or may not have been committed.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Error::OutcomeUnknown { .. })
    }

    /// Whether the server does not have the table or column.
    pub fn is_unsupported(&self) -> bool {
        matches!(
            self,
            Error::Config(ConfigError::UnsupportedTable { .. } | ConfigError::UnsupportedColumn { .. })
        )
    }

    /// Whether the time ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Error::TimedOut { .. }
                | Error::Unreachable {
                    reason: UnreachableReason::ConnectTimeout(_) | UnreachableReason::Silent(_),
                    ..
                }
        )
    }

    /// What the server said, if it refused.
    pub fn rejection(&self) -> Option<ErrorKind> {
        if let Error::Rejected { error, .. } = self {
            Some(error.kind())
        } else {
            None
        }
    }

    pub(crate) fn unreachable(remote: &Remote, reason: UnreachableReason) -> Self {
        Error::Unreachable {
            remote: remote.to_string(),
            reason,
        }
    }

    pub(crate) fn decode(at: impl Into<String>, reason: &impl ToString) -> Self {
        Error::Decode {
            at: at.into(),
            reason: reason.to_string(),
        }
    }
}

/// A duration as a person says it.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millis() == 0 {
            write!(f, "{} s", self.0.as_secs())
        } else {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        }
    }
}

struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("none")
        } else {
            f.write_str(&self.0.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_must_act_is_told_by_predicates() {
        let remote = Remote::Unix("/run/db.sock".into());
        let denied = UnreachableReason::PermissionDenied("run as root".to_owned());
        let denied = Error::unreachable(&remote, denied);
        assert!(denied.is_permission_denied() && denied.is_unreachable() && !denied.is_timeout());
        let late = UnreachableReason::ConnectTimeout(Duration::from_secs(1));
        let late = Error::unreachable(&remote, late);
        assert!(late.is_timeout() && late.is_unreachable() && !late.is_permission_denied());
        let refused = UnreachableReason::Io(Arc::new(io::ErrorKind::PermissionDenied.into()));
        assert!(!Error::unreachable(&remote, refused).is_timeout());
    }
}
