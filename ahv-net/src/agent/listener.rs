use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use super::error::StartError;
use super::options::Listen;
use super::tokens::open_closed_to;

/// An open connection, whatever it is.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A socket that is listened on.
pub(super) enum Listener {
    Tcp(TcpListener, SocketAddr, Option<TlsAcceptor>),
    Unix(UnixListener, SocketFile),
}

/// What was accepted; with TLS the handshake is still to come.
pub(super) struct Accepted {
    pub(super) stream: Box<dyn Stream>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) from: String,
    pub(super) reached_by: Option<IpAddr>,
}

/// The file of a unix socket, which goes with the listener.
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and inode: another agent may have put its own there since.
    made: Option<(u64, u64)>,
}

impl SocketFile {
    fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            made: identity(path),
        }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.made.is_some() && self.made == identity(&self.path) {
            // It may be gone already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

impl Listener {
    /// Listens.
    ///
    /// # Errors
    /// When the address is taken, or reached from other hosts without TLS.
    pub(super) async fn open(listen: &Listen, tls: Option<&TlsAcceptor>) -> Result<Self, StartError> {
        match listen {
            Listen::Tcp(address) => {
                if tls.is_none() && !address.ip().to_canonical().is_loopback() {
                    return Err(StartError::PlainBeyondLoopback(*address));
                }
                let failed = |error| StartError::Listen {
                    address: address.to_string(),
                    error,
                };
                let listener = TcpListener::bind(address).await.map_err(failed)?;
                let bound = listener.local_addr().map_err(failed)?;
                Ok(Self::Tcp(listener, bound, tls.cloned()))
            }
            Listen::Unix(path) => {
                let opened = unix(path).await.map_err(|error| StartError::Listen {
                    address: path.display().to_string(),
                    error,
                })?;
                Ok(Self::Unix(opened, SocketFile::of(path)))
            }
        }
    }

    /// By what URL it is reached.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Tcp(_, address, None) => format!("http://{address}"),
            Self::Tcp(_, address, Some(_)) => format!("https://{address}"),
            Self::Unix(_, file) => format!("unix:{}", file.path.display()),
        }
    }

    /// Waits for the next connection.
    ///
    /// # Cancel safety
    /// No connection is lost.
    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener, _, tls) => {
                let (stream, from) = listener.accept().await?;
                // Small answers are not to wait for more; without it they are only later.
                let _ = stream.set_nodelay(true);
                let own = stream.local_addr()?.ip().to_canonical();
                Ok(Accepted {
                    stream: Box::new(stream),
                    tls: tls.clone(),
                    from: from.to_string(),
                    reached_by: Some(own).filter(|own| !own.is_loopback()),
                })
            }
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                let user = stream.peer_cred().map_or_else(
                    |_| "a unix socket".to_owned(),
                    |peer| format!("a unix socket, user {}", peer.uid()),
                );
                Ok(Accepted {
                    stream: Box::new(stream),
                    tls: None,
                    from: user,
                    reached_by: None,
                })
            }
        }
    }
}

/// Listens on a unix socket that only this user can open; one that nobody listens on any more is replaced.
async fn unix(path: &Path) -> io::Result<UnixListener> {
    if let Ok(found) = fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "a file that is no socket stands there",
            ));
        }
        match UnixStream::connect(path).await {
            // Nobody listens there any more.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path)?,
            // Whoever has no room or no leave to answer at the moment is there nevertheless.
            Ok(_) | Err(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::AddrInUse,
                    "another process listens there",
                ));
            }
        }
    }
    let listener = UnixListener::bind(path)?;
    // Who comes between the two calls still needs a token.
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// What TLS is spoken with.
///
/// # Errors
/// When the certificate or the key cannot be read, others can read the key, or they do not belong together.
pub(super) fn tls(certificate: &Path, key: &Path) -> Result<TlsAcceptor, StartError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| StartError::tls(certificate, error))?;
    // A group of its own may read keys, as it does on Debian.
    let (file, _) = open_closed_to(key, 0o027).map_err(|error| match error {
        StartError::TokenFile { file, why } => StartError::tls(&file, why),
        error => error,
    })?;
    let secret = PrivateKeyDer::from_pem_reader(file).map_err(|error| StartError::tls(key, error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::tls(certificate, error))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| StartError::tls(certificate, error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
