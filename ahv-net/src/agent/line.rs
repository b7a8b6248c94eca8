use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Calls of one connection that are worked at; as many more are read ahead.
const CALLS: usize = 8;
/// Calls of one connection that are read and not done: beyond them it is read no further.
const READ_AHEAD: usize = 2 * CALLS;

/// What is known of a connection above and below HTTP: whether its other side takes what it is sent, and how many calls of
/// it are not done.
///
/// An answer is made when the ones before it could be sent, so that who asks and never reads costs little memory.
#[derive(Debug)]
pub(super) struct Line {
    state: Mutex<State>,
    calls: Arc<Semaphore>,
    cleared: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The other side takes nothing at the moment.
    is_stalled: bool,
    has_ended: bool,
    /// Calls that are read and not done.
    calls: usize,
    reader: Option<Waker>,
}

/// A call that is being worked at.
#[derive(Debug)]
pub(super) struct Call {
    line: Arc<Line>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Line {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            calls: Arc::new(Semaphore::new(CALLS)),
            cleared: Notify::new(),
        })
    }

    /// Waits until a call may be worked at: few others of this connection are, and what was answered is being read.
    ///
    /// # Cancel safety
    /// The call is forgotten.
    pub(super) async fn call(self: &Arc<Self>) -> Call {
        self.change(|state| state.calls += 1);
        let mut call = Call {
            line: Arc::clone(self),
            permit: None,
        };
        // It is never closed.
        call.permit = Arc::clone(&self.calls).acquire_owned().await.ok();
        // Whoever sends the answer before this one has a try at it first, and finds out whether it is taken.
        tokio::task::yield_now().await;
        loop {
            let cleared = self.cleared.notified();
            if !self.change(|state| state.is_stalled && !state.has_ended) {
                return call;
            }
            cleared.await;
        }
    }

    /// Ends the connection, as if the other side had: what is to be sent is sent before.
    pub(super) fn hang_up(&self) {
        self.change(|state| state.has_ended = true);
        self.wake();
    }

    fn stall(&self, is_stalled: bool) {
        self.change(|state| state.is_stalled = is_stalled);
        self.wake();
    }

    /// Wakes who waits for it to be clear, or to be read.
    fn wake(&self) {
        self.cleared.notify_waiters();
        if let Some(reader) = self.change(|state| state.reader.take()) {
            reader.wake();
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.line
            .change(|state| state.calls = state.calls.saturating_sub(1));
        self.line.wake();
    }
}

/// A stream that fails when its other side takes nothing of what is written within `patience`, and that is read
/// only as far as its [`Line`] allows.
pub(super) struct Patient<S> {
    stream: S,
    line: Arc<Line>,
    patience: Duration,
    /// Ends the patience; there where a write waits.
    waits: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, line: Arc<Line>, patience: Duration) -> Self {
        Self {
            stream,
            line,
            patience,
            waits: None,
        }
    }

    /// Counts the time that a write waits.
    fn timed<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            return written;
        }
        let patience = self.patience;
        if self.waits.is_none() {
            self.line.stall(true);
        }
        let waits = self
            .waits
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        if waits.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.line.hang_up();
        let why = format!("nothing was read on the other side within {patience:?}");
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
    }

    /// Only what was taken ends the wait: a flush of nothing always succeeds.
    fn taken(&mut self, written: &Poll<io::Result<usize>>) {
        if written.is_ready() && self.waits.take().is_some() {
            self.line.stall(false);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (has_ended, waits) = self.line.change(|state| {
            state.reader = Some(cx.waker().clone());
            (state.has_ended, state.is_stalled || state.calls >= READ_AHEAD)
        });
        match (has_ended, waits) {
            (true, _) => Poll::Ready(Ok(())),
            (false, true) => Poll::Pending,
            (false, false) => Pin::new(&mut self.stream).poll_read(cx, buffer),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.taken(&written);
        self.timed(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.taken(&written);
        self.timed(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.timed(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.timed(cx, ended)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn who_takes_nothing_is_cut_off_and_not_read_meanwhile() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let line = Line::new();
        let mut stream = Patient::new(ours, Arc::clone(&line), Duration::from_millis(200));
        stream.write_all(&[0; 64]).await.unwrap();
        theirs.write_all(b"ask").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 3);

        let (mut reads, mut writes) = tokio::io::split(stream);
        theirs.write_all(b"ask").await.unwrap();
        let (written, read, called) = tokio::join!(
            async { writes.write_all(&[0; 8]).await.map_err(|error| error.kind()) },
            async {
                tokio::task::yield_now().await;
                reads.read(&mut buffer).await
            },
            tokio::time::timeout(Duration::from_millis(100), line.call()),
        );
        assert_eq!(written, Err(io::ErrorKind::TimedOut));
        // Not what it asks, but the end.
        assert_eq!(read.unwrap(), 0);
        assert!(called.is_err());
    }

    #[tokio::test]
    async fn who_reads_again_is_served_again() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let line = Line::new();
        let mut stream = Patient::new(ours, Arc::clone(&line), Duration::from_secs(5));
        let mut buffer = [0; 72];
        let (written, read) = tokio::join!(stream.write_all(&[1; 72]), async {
            assert!(
                tokio::time::timeout(Duration::from_millis(50), line.call())
                    .await
                    .is_err()
            );
            theirs.read_exact(&mut buffer).await
        });
        assert_eq!((written.is_ok(), read.is_ok()), (true, true));
        drop(line.call().await);
        line.hang_up();
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
    }
}
