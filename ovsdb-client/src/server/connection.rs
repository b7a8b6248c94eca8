//! One connection: bytes in, messages to the engine, bytes out.

use std::{io, sync::Arc};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{engine::SessionId, faults::FaultSettings, shared::Shared, strict};
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
    let mut faults = shared.faults.subscribe();
    let mut codec = Codec::new(MESSAGE_BYTES);
    let mut out = Vec::new();
    let mut is_whole_read = true;
    loop {
        let settings = *faults.borrow_and_update();
        if settings.is_stalled {
            tokio::select! {
                _ = faults.changed() => continue,
                () = shared.stopped() => break,
            }
        }
        shared.with(|engine, _| engine.poll_transmit(session, &mut out));
        if !out.is_empty() {
            tokio::select! {
                written = write(&mut stream, &out, settings) => if written.is_err() { break },
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
                read = read(&mut stream, codec.buffer(), settings) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {}
                },
                () = bell.notified() => continue,
                _ = faults.changed() => continue,
                () = shared.stopped() => break,
            }
            if faults.borrow().is_stalled {
                // It is handled once the stall ends.
                is_whole_read = false;
                continue;
            }
        }
        match handle_batch(&shared, session, &mut codec) {
            Ok(whole) => is_whole_read = whole,
            Err(reason) => {
                tracing::debug!(%reason, "closing a connection");
                break;
            }
        }
    }
    shared.disconnect(session);
}

/// Hands messages to the engine. Whether all that came was handled.
fn handle_batch(shared: &Shared, session: SessionId, codec: &mut Codec) -> Result<bool, String> {
    shared.with(|engine, now| {
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
    })
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, out: &[u8], settings: FaultSettings) -> io::Result<()> {
    let Some(bytes) = settings.write_bytes else {
        return stream.write_all(out).await;
    };
    for piece in out.chunks(bytes) {
        stream.write_all(piece).await?;
        stream.flush().await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Cancel safe: a pause comes before the bytes are taken.
async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut BytesMut,
    settings: FaultSettings,
) -> io::Result<usize> {
    match settings.read_pace {
        Some((bytes, pause)) => {
            tokio::time::sleep(pause).await;
            stream.take(bytes as u64).read_buf(buffer).await
        }
        None => stream.read_buf(buffer).await,
    }
}
