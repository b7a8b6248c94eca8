//! Opening a connection to a remote.

use std::{fmt, io, sync::Arc};

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{remote::Remote, tcp, unix};
use crate::error::{Error, UnreachableReason};

/// A connection: bytes both ways.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> ByteStream for S {}

/// Opens connections. A caller can put its own in place of [`SystemDialer`].
#[async_trait]
pub trait Dialer: Send + Sync + fmt::Debug + 'static {
    /// Opens one connection to `remote`.
    ///
    /// # Errors
    /// Why it cannot be had.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the attempt.
    async fn dial(&self, remote: &Remote) -> Result<Box<dyn ByteStream>, Error>;
}

/// What dialers of some remotes need to know.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DialerOptions {}

/// Opens every kind of [`Remote`] with what the operating system has.
#[derive(Debug, Default)]
pub struct SystemDialer {
    options: DialerOptions,
}

impl SystemDialer {
    /// A dialer with these options.
    pub fn new(options: DialerOptions) -> Self {
        Self { options }
    }
}

#[async_trait]
impl Dialer for SystemDialer {
    async fn dial(&self, remote: &Remote) -> Result<Box<dyn ByteStream>, Error> {
        let _ = &self.options;
        match remote {
            Remote::Unix(path) => Ok(Box::new(unix::dial(remote, path).await?)),
            Remote::Tcp { host, port } => Ok(Box::new(tcp::dial(remote, host, *port).await?)),
            Remote::Memory(name) => super::memory::dial(remote, name),
            _ => Err(Error::unreachable(
                remote,
                UnreachableReason::Refused("this kind of remote is not supported by this build".to_owned()),
            )),
        }
    }
}

/// The error of an attempt that the operating system refused.
pub(super) fn io_error(remote: &Remote, error: io::Error) -> Error {
    Error::unreachable(remote, UnreachableReason::Io(Arc::new(error)))
}
