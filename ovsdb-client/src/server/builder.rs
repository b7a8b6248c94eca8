//! How a server is made.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::net::{TcpListener, UnixListener};

use super::{
    connection,
    database::Database,
    file::DatabaseFile,
    handle::{Listening, Server},
    shared::Shared,
    vswitchd::Vswitchd,
};
use crate::wire::DatabaseSchema;

/// Says what a [`Server`] serves and where. Made by [`Server::builder`].
#[derive(Debug, Default)]
#[must_use = "nothing runs before start"]
pub struct ServerBuilder {
    databases: Vec<Database>,
    listen: Vec<Listen>,
    vswitchd: Option<Vswitchd>,
}

#[derive(Debug)]
enum Listen {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A server could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It cannot listen there.
    #[error("cannot listen on {remote}: {source}")]
    Listen {
        /// Where it should: `punix:PATH` or `ptcp:PORT:HOST`.
        remote: String,
        /// Why not.
        source: io::Error,
    },
}

impl ServerBuilder {
    /// Serves a new, empty database of this schema.
    pub fn database(mut self, schema: DatabaseSchema) -> Self {
        self.databases.push(Database::new(schema));
        self
    }

    /// Serves what was loaded from a file. The file itself is not written to; see [`Server::save`].
    pub fn database_file(mut self, file: DatabaseFile) -> Self {
        self.databases.push(file.into_database());
        self
    }

    /// Has changes of the database `Open_vSwitch` answered as ovs-vswitchd would.
    pub fn vswitchd(mut self, vswitchd: Vswitchd) -> Self {
        self.vswitchd = Some(vswitchd);
        self
    }

    /// Listens on a TCP address; port 0 lets the kernel choose one. Same as `--remote=ptcp:PORT:HOST`.
    pub fn listen_tcp(mut self, address: SocketAddr) -> Self {
        self.listen.push(Listen::Tcp(address));
        self
    }

    /// Listens on a unix socket, which is removed when the server stops. Same as `--remote=punix:PATH`.
    pub fn listen_unix(mut self, path: impl Into<PathBuf>) -> Self {
        self.listen.push(Listen::Unix(path.into()));
        self
    }

    /// Starts the server on the current tokio runtime. When it was not told where, it listens on a free loopback port.
    ///
    /// # Errors
    /// If it cannot listen at one of its addresses.
    ///
    /// # Cancel safety
    /// A server whose start is cancelled leaves nothing behind.
    #[expect(clippy::disallowed_methods, reason = "the server owns its tasks")]
    pub async fn start(mut self) -> Result<Server, StartError> {
        if self.listen.is_empty() {
            self.listen.push(Listen::Tcp(([127, 0, 0, 1], 0).into()));
        }
        let shared = Arc::new(Shared::new());
        for database in self.databases {
            shared.with(|engine, now| engine.add_database(database, now));
        }
        // From here on the guard stops what was started if a later listener fails.
        let mut server = Server::new(Arc::clone(&shared));
        for listen in self.listen {
            match listen {
                Listen::Tcp(address) => {
                    let failed = |source| StartError::Listen {
                        remote: format!("ptcp:{}:{}", address.port(), address.ip()),
                        source,
                    };
                    let listener = TcpListener::bind(address).await.map_err(failed)?;
                    let address = listener.local_addr().map_err(failed)?;
                    tokio::spawn(accept_tcp(Arc::clone(&shared), listener));
                    server.add_listening(Listening::Tcp(address));
                }
                Listen::Unix(path) => {
                    let listener = bind_unix(&path).map_err(|source| StartError::Listen {
                        remote: format!("punix:{}", path.display()),
                        source,
                    })?;
                    tokio::spawn(accept_unix(Arc::clone(&shared), listener));
                    server.add_listening(Listening::Unix(path));
                }
            }
        }
        if let Some(vswitchd) = self.vswitchd {
            tokio::spawn(vswitchd.run(Arc::clone(&shared)));
        }
        tokio::spawn(async move { shared.keep_time().await });
        Ok(server)
    }
}

/// Binds a socket, also where a server that was killed has left one behind.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let refused = std::os::unix::net::UnixStream::connect(path)
                .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
            if !refused {
                return Err(error);
            }
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        outcome => outcome,
    }
}

#[expect(clippy::disallowed_methods, reason = "one task a connection")]
async fn accept_tcp(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                // Without it a small reply waits for the acknowledgement of the one before.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY was refused");
                }
                tokio::spawn(connection::serve(Arc::clone(&shared), stream));
            } else {
                // Out of file descriptors, most likely: others must get to close theirs.
                tokio::task::yield_now().await;
            },
            () = shared.stopped() => return,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "one task a connection")]
async fn accept_unix(shared: Arc<Shared>, listener: UnixListener) {
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                tokio::spawn(connection::serve(Arc::clone(&shared), stream));
            } else {
                tokio::task::yield_now().await;
            },
            () = shared.stopped() => return,
        }
    }
}
