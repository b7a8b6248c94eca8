//! How bytes reach a peer: remotes, dialers, and the framing of messages.

mod codec;
mod dial;
mod memory;
mod remote;
mod tcp;
mod unix;

pub use codec::{Codec, FrameError};
pub use dial::{ByteStream, Dialer, DialerOptions, SystemDialer};
pub use memory::{MemoryListener, memory_pair};
pub use remote::{DEFAULT_PORT, Remote, RemoteError};
