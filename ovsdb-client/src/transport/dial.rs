//! Opening a connection to a remote.

use std::{fmt, io, sync::Arc};

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite};

#[cfg(feature = "tls")]
use super::tls::{self, TlsOptions};
#[cfg(feature = "websocket")]
use super::websocket;
use super::{memory, passive::Listeners, remote::Remote, tcp, unix};
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

/// Opens every kind of [`Remote`] with what the operating system has.
#[derive(Debug, Default)]
pub struct SystemDialer {
    listeners: Listeners,
    #[cfg(feature = "tls")]
    tls: Option<TlsOptions>,
}

impl SystemDialer {
    /// A dialer without certificates.
    pub fn new() -> Self {
        Self::default()
    }

    /// The certificates for `ssl:`, `pssl:` and `wss:`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, options: TlsOptions) -> Self {
        self.tls = Some(options);
        self
    }
}

#[async_trait]
impl Dialer for SystemDialer {
    async fn dial(&self, remote: &Remote) -> Result<Box<dyn ByteStream>, Error> {
        match remote {
            Remote::Unix(path) => Ok(Box::new(unix::dial(remote, path).await?)),
            Remote::Tcp { host, port } => Ok(Box::new(tcp::dial(remote, host, *port).await?)),
            Remote::PassiveUnix(path) => Ok(Box::new(self.listeners.accept_unix(remote, path).await?)),
            Remote::PassiveTcp { port, host } => {
                Ok(Box::new(self.listeners.accept_tcp(remote, host, *port).await?))
            }
            Remote::Memory(name) => memory::dial(remote, name),
            #[cfg(feature = "tls")]
            Remote::Ssl { host, port } => {
                let stream = tcp::dial(remote, host, *port).await?;
                Ok(Box::new(
                    tls::connect(remote, self.tls.as_ref(), host, stream).await?,
                ))
            }
            #[cfg(feature = "tls")]
            Remote::PassiveSsl { port, host } => {
                let stream = self.listeners.accept_tcp(remote, host, *port).await?;
                Ok(Box::new(tls::accept(remote, self.tls.as_ref(), stream).await?))
            }
            #[cfg(feature = "websocket")]
            Remote::Ws(url) => {
                let (host, port) = websocket::address(remote, url)?;
                let stream = tcp::dial(remote, &host, port).await?;
                Ok(Box::new(websocket::upgrade(remote, url, stream).await?))
            }
            #[cfg(all(feature = "websocket", feature = "tls"))]
            Remote::Wss(url) => {
                let (host, port) = websocket::address(remote, url)?;
                let stream = tcp::dial(remote, &host, port).await?;
                let stream = tls::connect(remote, self.tls.as_ref(), &host, stream).await?;
                Ok(Box::new(websocket::upgrade(remote, url, stream).await?))
            }
            #[cfg(not(all(feature = "websocket", feature = "tls")))]
            _ => Err(Error::unreachable(
                remote,
                UnreachableReason::Refused(
                    "this build has no such transport: enable the features tls and websocket".to_owned(),
                ),
            )),
        }
    }
}

/// The error of an attempt that the operating system refused.
pub(super) fn io_error(remote: &Remote, error: io::Error) -> Error {
    Error::unreachable(remote, UnreachableReason::Io(Arc::new(error)))
}
