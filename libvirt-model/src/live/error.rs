//! What can go wrong between us and libvirtd, by who must act.

use std::path::PathBuf;
use std::time::Duration;

/// Why a call to a [`Hypervisor`](super::Hypervisor) failed.
///
/// `{}` prints the whole story in one sentence, the cause included; so `source` is not repeated by `std::error::Error`.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for cannot be asked for in this way; correct the call.
    #[error("{0}")]
    Config(String),
    /// Nobody answers at the socket, or the connection was lost and has not come back; what was asked for was not done.
    #[error("cannot reach libvirt at {endpoint}: {reason}")]
    Unreachable {
        /// The socket or directory.
        endpoint: String,
        /// Why.
        reason: String,
    },
    /// The socket may not be opened by this user.
    #[error(
        "permission denied on {}: run as root, or add this user to the group `{group}` and log in again",
        socket.display()
    )]
    PermissionDenied {
        /// The socket.
        socket: PathBuf,
        /// The group that may open it.
        group: String,
    },
    /// libvirt answered, and refused.
    #[error("{call} failed: {error}")]
    Rejected {
        /// What was called, such as `DomainAttachDeviceFlags`.
        call: String,
        /// libvirt's own error.
        error: LibvirtError,
    },
    /// The call was sent, and then the connection was lost, or the answer made no sense: it may or may not have been done.
    /// Look before you repeat it.
    #[error("whether {endpoint} carried out {call} is unknown: {reason}")]
    OutcomeUnknown {
        /// The socket.
        endpoint: String,
        /// What was called.
        call: String,
        /// How the connection was lost, or what was wrong with the answer.
        reason: String,
    },
    /// No answer came in time. For a call that was sent, it may or may not have been done.
    #[error("no answer from {endpoint} to {call} within {after:?}")]
    TimedOut {
        /// The socket.
        endpoint: String,
        /// What was called, or awaited.
        call: String,
        /// How long was waited.
        after: Duration,
    },
    /// The peer broke the protocol before anything was asked of it; it is no libvirtd, or a broken one.
    #[error("{endpoint} does not speak libvirt's protocol: {detail}")]
    PeerMisbehaved {
        /// The socket.
        endpoint: String,
        /// What it did.
        detail: String,
    },
    /// The guest did not give the device up, and it is still there.
    #[error("the guest of domain {domain} refused to give up the device `{alias}`, which is still there")]
    DeviceHeld {
        /// The domain.
        domain: uuid::Uuid,
        /// The device.
        alias: String,
    },
    /// This backend cannot do it.
    #[error("{what} is not supported by {backend}")]
    Unsupported {
        /// What was asked for.
        what: String,
        /// Which backend was asked.
        backend: String,
    },
    /// The connection is read-only, by its socket or its nature.
    #[error("{call} is refused: the connection to {endpoint} is read-only")]
    ReadOnly {
        /// What was called.
        call: String,
        /// The connection.
        endpoint: String,
    },
    /// A document from or for the hypervisor cannot be read.
    #[error("{what}: {error}")]
    Xml {
        /// Which document.
        what: String,
        /// What is wrong with it.
        error: crate::xml::Error,
    },
}

/// An error as libvirt reports it (virterror.h).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (libvirt error {code}, domain {domain})")]
pub struct LibvirtError {
    /// The part of libvirt that reports it: `virErrorDomain`.
    pub domain: i32,
    /// What went wrong: `virErrorNumber`.
    pub code: i32,
    /// libvirt's sentence.
    pub message: String,
}

impl LibvirtError {
    /// Whether a daemon that is older than the procedure says so; it has no number of its own for that.
    fn is_unknown_procedure(&self) -> bool {
        self.code == code::RPC && self.message.starts_with("unknown procedure")
    }
}

/// The numbers of `virErrorNumber` that decide what to do.
pub(crate) mod code {
    pub(crate) const NO_SUPPORT: i32 = 3;
    pub(crate) const INVALID_ARG: i32 = 8;
    pub(crate) const RPC: i32 = 39;
    pub(crate) const OPERATION_FAILED: i32 = 9;
    pub(crate) const XML_ERROR: i32 = 27;
    pub(crate) const OPERATION_DENIED: i32 = 29;
    pub(crate) const NO_DOMAIN: i32 = 42;
    pub(crate) const NO_NETWORK: i32 = 43;
    pub(crate) const OPERATION_INVALID: i32 = 55;
    pub(crate) const NO_NETWORK_METADATA: i32 = 110;
    pub(crate) const NO_DOMAIN_METADATA: i32 = 80;
    pub(crate) const DEVICE_MISSING: i32 = 99;
    pub(crate) const OPERATION_UNSUPPORTED: i32 = 84;
}

impl Error {
    /// libvirt's own error, when it is one.
    #[must_use]
    pub fn libvirt(&self) -> Option<&LibvirtError> {
        match self {
            Self::Rejected { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether the domain, network, device or metadata that was named does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_code(&[
            code::NO_DOMAIN,
            code::NO_NETWORK,
            code::DEVICE_MISSING,
            code::NO_DOMAIN_METADATA,
            code::NO_NETWORK_METADATA,
        ])
    }

    /// Whether this libvirt, driver or backend cannot do what was asked at all.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
            || self.has_code(&[code::NO_SUPPORT, code::OPERATION_UNSUPPORTED])
            || self.libvirt().is_some_and(LibvirtError::is_unknown_procedure)
    }

    /// Whether the connection is read-only, by its socket or its nature.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self, Self::ReadOnly { .. }) || self.has_code(&[code::OPERATION_DENIED])
    }

    /// Whether it is not possible in the present state, such as an attach to a domain that is off.
    #[must_use]
    pub fn is_wrong_state(&self) -> bool {
        self.has_code(&[code::OPERATION_INVALID])
    }

    /// Whether what was asked for may have been done all the same.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. } | Self::TimedOut { .. })
    }

    /// Whether the connection, and not the call, is at fault.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::PermissionDenied { .. }
                | Self::OutcomeUnknown { .. }
                | Self::PeerMisbehaved { .. }
        )
    }

    fn has_code(&self, codes: &[i32]) -> bool {
        self.libvirt().is_some_and(|error| codes.contains(&error.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_procedure_that_an_older_daemon_does_not_know_is_unsupported() {
        let rejected = |code, message: &str| Error::Rejected {
            call: "NetworkGetMetadata".to_owned(),
            error: LibvirtError {
                domain: 7,
                code,
                message: message.to_owned(),
            },
        };
        assert!(rejected(code::RPC, "unknown procedure: 445").is_unsupported());
        assert!(rejected(code::NO_SUPPORT, "this function is not supported").is_unsupported());
        assert!(!rejected(code::RPC, "internal error").is_unsupported());
        assert!(!rejected(code::NO_NETWORK, "unknown procedure").is_unsupported());
    }
}
