//! `punix:`, `ptcp:` and `pssl:`: the server dials us.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::Mutex,
};

use super::{dial::io_error, remote::Remote};
use crate::error::Error;

/// The listeners of a dialer. Each is bound once and stays, so that a server can dial while no session is wanted yet.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    tcp: Mutex<HashMap<(String, u16), Arc<TcpListener>>>,
    unix: Mutex<HashMap<PathBuf, Arc<UnixListener>>>,
}

impl Listeners {
    pub(super) async fn accept_tcp(
        &self,
        remote: &Remote,
        host: &str,
        port: u16,
    ) -> Result<TcpStream, Error> {
        let listener = {
            let mut known = self.tcp.lock().await;
            let key = (host.to_owned(), port);
            match known.get(&key) {
                Some(listener) => Arc::clone(listener),
                None => {
                    let bound = TcpListener::bind((host, port))
                        .await
                        .map_err(|error| io_error(remote, error))?;
                    Arc::clone(known.entry(key).or_insert(Arc::new(bound)))
                }
            }
        };
        let (stream, _) = listener.accept().await.map_err(|error| io_error(remote, error))?;
        stream
            .set_nodelay(true)
            .map_err(|error| io_error(remote, error))?;
        Ok(stream)
    }

    pub(super) async fn accept_unix(&self, remote: &Remote, path: &Path) -> Result<UnixStream, Error> {
        let listener = {
            let mut known = self.unix.lock().await;
            match known.get(path) {
                Some(listener) => Arc::clone(listener),
                None => {
                    remove_stale(path).map_err(|error| io_error(remote, error))?;
                    let bound = UnixListener::bind(path).map_err(|error| io_error(remote, error))?;
                    Arc::clone(known.entry(path.to_owned()).or_insert(Arc::new(bound)))
                }
            }
        };
        let (stream, _) = listener.accept().await.map_err(|error| io_error(remote, error))?;
        Ok(stream)
    }
}

/// Removes the socket that a dead process left; of anything else the name stays taken.
fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    let is_dead = || {
        let tried = std::os::unix::net::UnixStream::connect(path);
        tried.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    if is_socket && is_dead() {
        std::fs::remove_file(path)
    } else {
        Ok(())
    }
}
