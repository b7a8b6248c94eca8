use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// Why an agent did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The file of tokens, or of a token, cannot be used.
    #[error("the token file {} {why}", .file.display())]
    TokenFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Tokens would go over a network in the clear.
    #[error(
        "{0} is reached from other hosts, where tokens would be read on the way: give a certificate and its key \
         (--tls-cert, --tls-key), or listen on 127.0.0.1 or on a unix socket"
    )]
    PlainBeyondLoopback(SocketAddr),
    /// The certificate or its key cannot be used.
    #[error("{} is no certificate or key that TLS can be spoken with: {why}", .file.display())]
    Tls {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        error: std::io::Error,
    },
    /// The audit log cannot be written.
    #[error("the audit log {} cannot be written: {error}", .file.display())]
    Audit {
        /// The file.
        file: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
}

impl StartError {
    pub(super) fn token_file(file: &Path, why: impl Into<String>) -> Self {
        Self::TokenFile {
            file: file.to_owned(),
            why: why.into(),
        }
    }

    pub(super) fn tls(file: &Path, why: impl std::fmt::Display) -> Self {
        Self::Tls {
            file: file.to_owned(),
            why: why.to_string(),
        }
    }
}

/// Why an agent did not answer, or what it answered that it would not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The URL, the token or the certificate makes no sense: correct the call.
    #[error("{0}")]
    Config(String),
    /// The token file cannot be used.
    #[error("{0}")]
    Token(#[from] StartError),
    /// It cannot be reached. Nothing was sent.
    #[error("the agent at {url} cannot be reached: {why}")]
    Unreachable {
        /// Its URL.
        url: String,
        /// Why not.
        why: String,
    },
    /// It takes no such token.
    #[error(
        "the agent at {url} does not take this token: ask for another, and name its file with --token-file"
    )]
    Unauthorized {
        /// Its URL.
        url: String,
    },
    /// It refused the request before looking at what it asks: HTTP status.
    #[error("the agent at {url} refused the request with HTTP status {status}{}", status_hint(*.status))]
    Rejected {
        /// Its URL.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer to an edit was lost: it may be done or not.
    #[error(
        "the answer of the agent at {url} was lost ({why}), so the edit may be done or not: look at its history, and at what is pending"
    )]
    OutcomeUnknown {
        /// Its URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// The answer to something that changes nothing was lost, or did not come in time.
    #[error("the agent at {url} did not answer: {why}")]
    NoAnswer {
        /// Its URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// It answered something that is no answer.
    #[error("what the agent at {url} answered cannot be understood: {why}; it may be of another release")]
    Misbehaved {
        /// Its URL.
        url: String,
        /// What is wrong with the answer.
        why: String,
    },
    /// It said why it would or could not do it.
    #[error("{message}")]
    Refused {
        /// In one sentence.
        message: String,
        /// Why.
        fault: Box<Fault>,
    },
}

fn status_hint(status: u16) -> &'static str {
    match status {
        403 => ": its address is not one that it takes requests for",
        404 | 405 => ": that is no agent",
        413 => ": it is too large",
        429 => ": it has too much to do; try again later",
        _ => "",
    }
}

impl AgentError {
    /// Whether an edit may be done or not: its answer was lost or too large, or the agent failed while it did it.
    pub fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::OutcomeUnknown { .. } => true,
            Self::Refused { fault, .. } => matches!(**fault, Fault::Internal),
            _ => false,
        }
    }

    /// Whether the token is not taken, or not for this.
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Unauthorized { .. } => true,
            Self::Refused { fault, .. } => matches!(**fault, Fault::Unauthorized | Fault::Forbidden),
            _ => false,
        }
    }

    /// Whether it was written in a way that cannot be meant: correct the call.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Config(_))
    }

    /// Why the agent would or could not do it, where it said so.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Refused { fault, .. } => Some(fault),
            _ => None,
        }
    }
}
