//! How bytes reach a peer: remotes, dialers, and the framing of messages.

mod codec;
mod dial;
mod memory;
mod passive;
mod remote;
mod tcp;
#[cfg(feature = "tls")]
mod tls;
mod unix;
#[cfg(feature = "websocket")]
mod websocket;

pub use codec::{Codec, FrameError};
pub use dial::{ByteStream, Dialer, SystemDialer};
pub use memory::{MemoryListener, memory_pair};
pub use remote::{DEFAULT_PORT, Remote, RemoteError};
#[cfg(feature = "tls")]
pub use tls::TlsOptions;
