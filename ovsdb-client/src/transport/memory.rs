//! Connections within the process, for servers and tests that need no socket.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::DuplexStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::{dial::ByteStream, remote::Remote};
use crate::error::{Error, UnreachableReason};

/// The two ends of a connection; each holds up to `buffer_bytes` that the other has not read.
pub fn memory_pair(buffer_bytes: usize) -> (DuplexStream, DuplexStream) {
    tokio::io::duplex(buffer_bytes)
}

/// Accepts connections to a [`Remote::Memory`] of this process, for as long as it lives.
pub struct MemoryListener {
    name: String,
    accepted: UnboundedReceiver<DuplexStream>,
}

/// How many bytes each end of an accepted connection holds: a socket's usual buffer.
const BUFFER_BYTES: usize = 208 << 10;

type Listeners = Mutex<BTreeMap<String, UnboundedSender<DuplexStream>>>;

fn listeners() -> &'static Listeners {
    static LISTENERS: OnceLock<Listeners> = OnceLock::new();
    LISTENERS.get_or_init(Listeners::default)
}

impl MemoryListener {
    /// Listens under a name that no other listener has.
    pub fn bind() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        let (sender, accepted) = unbounded_channel();
        listeners()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.clone(), sender);
        Self { name, accepted }
    }

    /// What clients dial.
    pub fn remote(&self) -> Remote {
        Remote::Memory(self.name.clone())
    }

    /// The next connection.
    ///
    /// # Cancel safety
    /// No connection is lost when the future is dropped.
    pub async fn accept(&mut self) -> Option<DuplexStream> {
        self.accepted.recv().await
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        listeners()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.name);
    }
}

impl fmt::Debug for MemoryListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryListener({})", self.name)
    }
}

pub(super) fn dial(remote: &Remote, name: &str) -> Result<Box<dyn ByteStream>, Error> {
    let refused = || {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        Error::unreachable(remote, UnreachableReason::Io(Arc::new(refused)))
    };
    let (ours, theirs) = memory_pair(BUFFER_BYTES);
    let listeners = listeners().lock().unwrap_or_else(PoisonError::into_inner);
    listeners
        .get(name)
        .ok_or_else(refused)?
        .send(theirs)
        .map_err(|_| refused())?;
    Ok(Box::new(ours))
}
