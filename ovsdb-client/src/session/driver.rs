//! The only task: it owns the socket and the clock, and moves bytes, commands and time in and out of the core.

use std::{
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Instant,
};

use tokio::{
    io::{AsyncReadExt, AsyncWrite as _},
    sync::mpsc,
    time::{Sleep, sleep_until},
};

use super::{
    command::{Command, Forget},
    core::{Action, Core},
};
use crate::{
    error::{Error, UnreachableReason},
    transport::{ByteStream, Codec, Dialer, Remote},
};

/// How many commands are taken at once, so that many small requests leave in one write.
const BATCH: usize = 64;

/// From how many bytes on a message that is not whole yet is looked at, for rows that can be read already.
const LARGE: usize = 64 << 10;

/// An attempt to open a connection.
type Dialing = Pin<Box<dyn Future<Output = Result<Box<dyn ByteStream>, Error>> + Send>>;

/// Runs until all handles are gone.
pub(crate) async fn run(
    mut core: Core,
    dialer: Arc<dyn Dialer>,
    mut commands: mpsc::Receiver<Command>,
    mut forgets: mpsc::UnboundedReceiver<Forget>,
) {
    let mut connection: Option<Connection> = None;
    let mut dialing: Option<Dialing> = None;
    let mut timer = Timer::new();
    let mut batch = Vec::with_capacity(BATCH);
    core.handle_timeout(now());
    loop {
        while let Some(action) = core.poll_action() {
            match action {
                Action::Connect(remote) => {
                    let dialer = Arc::clone(&dialer);
                    dialing = Some(Box::pin(async move { dial(&*dialer, &remote).await }));
                }
                Action::Disconnect => (connection, dialing) = (None, None),
            }
        }
        let deadline = core.poll_timeout();
        tokio::select! {
            // The socket comes last: a peer that always has something to say must neither hide the time from
            // us nor keep commands waiting. Commands stop by themselves when all callers wait for answers.
            biased;
            () = timer.wait(deadline) => core.handle_timeout(now()),
            dialed = dialed(&mut dialing) => {
                dialing = None;
                match dialed {
                    Ok(stream) => {
                        connection = Some(Connection::new(stream, core.max_message_bytes()));
                        core.handle_connected(now());
                    }
                    Err(error) => core.handle_connect_failed(error, now()),
                }
            }
            forget = forgets.recv() => match forget {
                Some(forget) => core.handle_forget(forget),
                None => break,
            },
            count = commands.recv_many(&mut batch, BATCH) => {
                if count == 0 {
                    break;
                }
                // Who drops one handle and then asks for the like is heard in that order.
                while let Ok(forget) = forgets.try_recv() {
                    core.handle_forget(forget);
                }
                let now = now();
                for command in batch.drain(..) {
                    core.handle_command(command, now);
                }
            }
            progress = exchange(connection.as_mut(), &core) => match progress {
                Ok(Progress::Sent(count)) => core.handle_transmitted(count),
                Ok(Progress::Received) => {
                    if let Some(connection) = &mut connection {
                        receive(connection, &mut core);
                    }
                }
                Err(reason) => core.handle_disconnected(reason, now()),
            },
        }
    }
    core.handle_close();
}

/// The one place that reads the clock; virtual in tests.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver is where the time comes from"
)]
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

async fn dial(dialer: &dyn Dialer, remote: &Remote) -> Result<Box<dyn ByteStream>, Error> {
    dialer.dial(remote).await
}

async fn dialed<F: Future + Unpin>(dialing: &mut Option<F>) -> F::Output {
    match dialing {
        Some(dialing) => dialing.await,
        None => std::future::pending().await,
    }
}

struct Connection {
    stream: Box<dyn ByteStream>,
    codec: Codec,
    /// Whether something was written that may still stand in a buffer of the stream, as TLS and WebSocket have one.
    must_flush: bool,
}

impl Connection {
    fn new(stream: Box<dyn ByteStream>, max_message_bytes: usize) -> Self {
        Self {
            stream,
            codec: Codec::new(max_message_bytes),
            must_flush: false,
        }
    }
}

enum Progress {
    Sent(usize),
    Received,
}

/// Writes what is to be written and reads what is to be read, whichever goes first: a server stops reading while it
/// has something to send, so a client that does not read while it writes can block both forever.
async fn exchange(connection: Option<&mut Connection>, core: &Core) -> Result<Progress, UnreachableReason> {
    let Some(Connection {
        stream,
        codec,
        must_flush,
    }) = connection
    else {
        return std::future::pending().await;
    };
    let transmit = core.poll_transmit();
    poll_fn(|context| {
        if !transmit.is_empty() {
            match Pin::new(&mut *stream).poll_write(context, transmit) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(UnreachableReason::ClosedByPeer)),
                Poll::Ready(Ok(count)) => {
                    *must_flush = true;
                    return Poll::Ready(Ok(Progress::Sent(count)));
                }
                // What the peer sent before it closed may still be read, and tells more.
                Poll::Ready(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                    return Poll::Ready(Err(UnreachableReason::Io(Arc::new(error))));
                }
                _ => {}
            }
        }
        if *must_flush && let Poll::Ready(flushed) = Pin::new(&mut *stream).poll_flush(context) {
            // An error shows again, and with more to tell, when the stream is read.
            *must_flush = flushed.is_err();
        }
        match pin!(stream.read_buf(codec.buffer())).poll(context) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(UnreachableReason::ClosedByPeer)),
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(Progress::Received)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(UnreachableReason::Io(Arc::new(error)))),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Hands all whole messages to the core, and what has come of a large one.
fn receive(connection: &mut Connection, core: &mut Core) {
    let now = now();
    core.handle_activity(now);
    loop {
        match connection.codec.next_message() {
            Ok(Some(message)) => core.handle_message(&message, now),
            Ok(None) if connection.codec.unfinished().len() >= LARGE => {
                return core.handle_unfinished(&mut connection.codec);
            }
            Ok(None) => return,
            Err(error) => return core.handle_frame_error(error, now),
        }
    }
}

/// A timer that is set only when the deadline comes nearer: each message moves it away, and a wake-up too early
/// costs less than setting it anew each time.
struct Timer {
    sleep: Pin<Box<Sleep>>,
    is_set: bool,
}

impl Timer {
    fn new() -> Self {
        Self {
            sleep: Box::pin(sleep_until(now().into())),
            is_set: false,
        }
    }

    async fn wait(&mut self, deadline: Option<Instant>) {
        let Some(deadline) = deadline else {
            return std::future::pending().await;
        };
        let deadline = tokio::time::Instant::from_std(deadline);
        if !self.is_set || self.sleep.deadline() > deadline {
            self.sleep.as_mut().reset(deadline);
            self.is_set = true;
        }
        self.sleep.as_mut().await;
        self.is_set = false;
    }
}
