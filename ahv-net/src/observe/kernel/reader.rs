use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use super::Notices;
use crate::observe::KernelObservation;

/// Something that knows the links and routes of a host.
#[async_trait]
pub trait Kernel: Send + Sync {
    /// Where it reads: `local`, a namespace's path.
    fn describe(&self) -> String;

    /// Reads every link, address and route.
    ///
    /// # Errors
    /// Each [`KernelError`] says what to do.
    ///
    /// # Cancel safety
    /// Nothing is changed; dropping the future closes the socket.
    async fn observe(&self) -> Result<KernelObservation, KernelError>;

    /// Follows the announcements of links, addresses and routes from now on. Without an implementation
    /// of its own, a kernel that does not change: the stream neither yields nor ends.
    ///
    /// # Errors
    /// When no socket can be opened.
    ///
    /// # Cancel safety
    /// Nothing is changed; dropping the future or the stream closes the socket.
    async fn notices(&self) -> Result<Notices, KernelError> {
        Ok(stream::pending().boxed())
    }
}

/// Why the kernel could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The network namespace could not be entered.
    #[error("cannot enter the network namespace {path}: {source}; {advice}", path = path.display())]
    Namespace {
        /// The namespace's file, such as `/proc/1234/ns/net`.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do about it.
        advice: &'static str,
    },
    /// No netlink socket could be opened.
    #[error("cannot open a netlink socket: {0}")]
    Socket(#[source] io::Error),
    /// The kernel refused a request.
    #[error("the kernel did not list its {what}: {reason}")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// What the kernel said.
        reason: String,
    },
    /// The kernel fell silent.
    #[error("the kernel did not finish listing its links and routes within {0:?}; try again")]
    Silent(std::time::Duration),
}
