//! `ws:` and `wss:`: OVSDB in the binary frames of a WebSocket, as websockify carries it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue},
};

use super::remote::Remote;
use crate::error::{Error, UnreachableReason};

/// The host and port of a URL, for the connection below.
pub(super) fn address(remote: &Remote, url: &str) -> Result<(String, u16), Error> {
    let bad = |what: &str| Error::unreachable(remote, UnreachableReason::Refused(format!("{url}: {what}")));
    let uri: tungstenite::http::Uri = url.parse().map_err(|_| bad("not a URL"))?;
    let host = uri.host().ok_or_else(|| bad("it needs a host"))?;
    let default = if uri.scheme_str() == Some("wss") { 443 } else { 80 };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok((host.to_owned(), uri.port_u16().unwrap_or(default)))
}

/// Asks the peer at the other end of a connection to speak WebSocket.
pub(super) async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(
    remote: &Remote,
    url: &str,
    stream: S,
) -> Result<FramedBytes<S>, Error> {
    let failed = |error: tungstenite::Error| {
        Error::unreachable(
            remote,
            UnreachableReason::Handshake(format!("the WebSocket handshake failed: {error}")),
        )
    };
    let mut request = url.into_client_request().map_err(failed)?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", HeaderValue::from_static("binary"));
    let (socket, _) = client_async(request, stream).await.map_err(failed)?;
    Ok(FramedBytes {
        socket,
        unread: Bytes::new(),
    })
}

/// The bytes of the binary frames of a WebSocket, as if it were a plain connection.
#[derive(Debug)]
pub(super) struct FramedBytes<S> {
    socket: WebSocketStream<S>,
    unread: Bytes,
}

/// The most that goes in one frame; websockify copies each as a whole.
const FRAME: usize = 64 << 10;

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for FramedBytes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.unread.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(context)) {
                Some(Ok(Message::Binary(bytes))) => self.unread = bytes,
                // Some proxies turn frames of text into text frames.
                Some(Ok(Message::Text(text))) => self.unread = text.into(),
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(io_error(error))),
            }
        }
        let count = self.unread.len().min(buffer.remaining());
        buffer.put_slice(self.unread.get(..count).unwrap_or_default());
        self.unread.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for FramedBytes<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(context)).map_err(io_error)?;
        let part = bytes.get(..FRAME).unwrap_or(bytes);
        let message = Message::Binary(Bytes::copy_from_slice(part));
        Pin::new(&mut self.socket).start_send(message).map_err(io_error)?;
        Poll::Ready(Ok(part.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context).map_err(io_error)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_close(context).map_err(io_error)
    }
}

fn io_error(error: tungstenite::Error) -> io::Error {
    match error {
        tungstenite::Error::Io(error) => error,
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            io::Error::from(io::ErrorKind::UnexpectedEof)
        }
        other => io::Error::other(other),
    }
}
