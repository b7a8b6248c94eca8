//! One connection: bytes in, messages to the engine, bytes out.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{shared::Shared, strict};
use crate::transport::Codec;

/// After so many bytes to send, no further message is handled until they are gone.
const BACKLOG: usize = 256 << 10;

/// The longest message that is taken: far beyond the largest database of a host.
const MESSAGE_BYTES: usize = 1 << 28;

/// So many messages are handled before others may have the engine.
const BATCH: usize = 64;

/// Serves a peer until it leaves, breaks the protocol, or the server stops.
///
/// As ovsdb-server does, it reads only when all is sent. So what a client that does not read can make the server hold
/// is bounded: the replies to one batch of requests, and the updates of its monitors, merged.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(shared: Arc<Shared>, mut stream: S) {
    let (session, bell) = shared.connect();
    let mut codec = Codec::new(MESSAGE_BYTES);
    let mut out = Vec::new();
    let mut is_whole_read = true;
    loop {
        shared.with(|engine, _| engine.poll_transmit(session, &mut out));
        if !out.is_empty() {
            tokio::select! {
                written = stream.write_all(&out) => if written.is_err() { break },
                () = shared.stopped() => break,
            }
            out.clear();
            continue;
        }
        if shared.with(|engine, _| engine.is_closing(session)) {
            break;
        }
        if is_whole_read {
            tokio::select! {
                read = stream.read_buf(codec.buffer()) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {}
                },
                () = bell.notified() => continue,
                () = shared.stopped() => break,
            }
        }
        let handled = shared.with(|engine, now| -> Result<bool, String> {
            for _ in 0..BATCH {
                let Some(message) = codec.next_message().map_err(|error| error.to_string())? else {
                    return Ok(true);
                };
                strict::check(&message).map_err(str::to_owned)?;
                engine
                    .handle_message(session, &message, now)
                    .map_err(|hangup| hangup.0)?;
                if engine.backlog(session) > BACKLOG {
                    break;
                }
            }
            Ok(false)
        });
        match handled {
            Ok(whole) => is_whole_read = whole,
            Err(reason) => {
                tracing::debug!(%reason, "closing a connection");
                break;
            }
        }
    }
    shared.disconnect(session);
}
