use std::error::Error as StdError;
use std::io;

use jsonrpsee::client_transport::ws::WsHandshakeError;
use jsonrpsee::core::client::Error as RpcError;
use jsonrpsee::http_client::transport::Error as HttpError;
use jsonrpsee::types::ErrorObjectOwned;

use super::Client;
use crate::agent::AgentError;
use crate::agent::fault::{self, Fault};
use crate::apply::ApplyError;

/// What kind of call went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing was sent yet.
    Connect,
    /// It changes nothing.
    Look,
    /// It may have changed the host.
    Edit,
}

impl Client {
    /// What a failed call means.
    pub(super) fn error(&self, kind: Kind, error: RpcError) -> AgentError {
        let url = self.url.to_string();
        match error {
            RpcError::Call(said) => self.refused(&said),
            RpcError::RequestTimeout => {
                let why = format!("nothing came within {:?}", self.options.timeout);
                lost(kind, url, why)
            }
            RpcError::ParseError(error) => self.misunderstood(kind, error.to_string()),
            RpcError::InvalidRequestId(error) => self.misunderstood(kind, error.to_string()),
            RpcError::InvalidSubscriptionId => {
                self.misunderstood(kind, "its subscription has no valid id".to_owned())
            }
            RpcError::Transport(error) => self.transport(kind, error.as_ref()),
            RpcError::RestartNeeded(error) => lost(kind, url, innermost(error.as_ref())),
            other => lost(kind, url, other.to_string()),
        }
    }

    fn misunderstood(&self, kind: Kind, why: String) -> AgentError {
        let url = self.url.to_string();
        match kind {
            Kind::Edit => AgentError::OutcomeUnknown { url, why },
            _ => AgentError::Misbehaved { url, why },
        }
    }

    fn transport(&self, kind: Kind, error: &(dyn StdError + Send + Sync + 'static)) -> AgentError {
        let url = self.url.to_string();
        if let Some(status) = status(error) {
            return match status {
                401 => AgentError::Unauthorized { url },
                // What stands before an agent may say so when it lost the agent half-way.
                500.. => lost(kind, url, format!("HTTP status {status}")),
                status => AgentError::Rejected { url, status },
            };
        }
        match is_connect(error) {
            true => lost(Kind::Connect, url, innermost(error)),
            false => lost(kind, url, innermost(error)),
        }
    }

    fn refused(&self, said: &ErrorObjectOwned) -> AgentError {
        let fault = said.data().and_then(|data| serde_json::from_str(data.get()).ok());
        // What jsonrpsee itself refuses comes without a kind.
        let fault = fault.unwrap_or(match said.code() {
            -32602 | -32600 | -32601 | -32700 => Fault::Invalid,
            _ => Fault::Internal,
        });
        // Nor does its message say what it is about.
        let about = said
            .data()
            .and_then(|data| serde_json::from_str::<String>(data.get()).ok());
        AgentError::Refused {
            message: match about {
                Some(about) => format!("{}: {about}", said.message()),
                None => said.message().to_owned(),
            },
            fault: Box::new(fault),
        }
    }

    /// What a failed call that does not edit means.
    pub(super) fn look_error(&self, error: RpcError) -> crate::Error {
        let error = self.error(Kind::Look, error);
        if let AgentError::Refused { fault, message } = &error
            && let Some(error) = fault::to_error(fault, message)
        {
            return error;
        }
        error.into()
    }

    /// What a failed edit means.
    pub(super) fn edit_error(&self, kind: Kind, error: RpcError) -> ApplyError {
        match self.error(kind, error) {
            AgentError::Refused { fault, message } => match fault::to_apply_error(*fault) {
                Ok(error) => error,
                Err(fault) => ApplyError::Agent(AgentError::Refused {
                    message,
                    fault: Box::new(fault),
                }),
            },
            error => ApplyError::Agent(error),
        }
    }
}

fn lost(kind: Kind, url: String, why: String) -> AgentError {
    match kind {
        Kind::Connect => AgentError::Unreachable {
            url,
            why: running(why),
        },
        Kind::Look => AgentError::NoAnswer { url, why },
        Kind::Edit => AgentError::OutcomeUnknown { url, why },
    }
}

/// The status of an answer that is no JSON-RPC.
fn status(error: &(dyn StdError + 'static)) -> Option<u16> {
    causes(error).find_map(|cause| {
        if let Some(HttpError::Rejected { status_code }) = cause.downcast_ref::<HttpError>() {
            return Some(*status_code);
        }
        match cause.downcast_ref::<WsHandshakeError>() {
            Some(WsHandshakeError::Rejected { status_code }) => Some(*status_code),
            _ => None,
        }
    })
}

/// Asks what is the first to ask where nobody listens.
pub(super) fn running(why: String) -> String {
    match why.contains("refused") || why.contains("No such file") {
        true => format!("{why}; is the agent running?"),
        false => why,
    }
}

/// Whether no connection came about, so that nothing was sent.
fn is_connect(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound | io::ErrorKind::HostUnreachable
            )
        })
    })
}

fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn StdError + 'static)| {
        (*error).source()
    })
}

/// The cause of all: what is said above it only says that something went wrong.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}
