//! The one task that owns the socket and the clock.

use std::collections::HashMap;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::core::{CallId, Core, Output, SessionOptions};
use super::frame::{Frame, Framer, MAX_FRAME};
use super::procedure::Procedure;
use crate::live::{Error, Event};

/// Calls that may wait for the driver; further callers wait for a place.
const CALLS: usize = 64;
/// Events that a slow follower may lag behind before it is told to read everything again.
const EVENTS: usize = 1024;
/// The first pause before connecting again; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// What may wait to be sent: two of the largest messages. A peer that lets more pile up does not read.
const MOST_OUTGOING: usize = 2 * MAX_FRAME;

/// What a handle asks of the driver.
#[derive(Debug)]
pub(super) enum Command {
    Call {
        procedure: Procedure,
        arguments: Bytes,
        reply: oneshot::Sender<Result<Bytes, Error>>,
    },
    Follow {
        reply: oneshot::Sender<Result<Vec<Event>, Error>>,
    },
    NetworkUpdateOrder {
        reply: oneshot::Sender<bool>,
    },
}

/// The handle's end of the driver.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) events: broadcast::Sender<Event>,
}

/// Connects, opens the session, and only then returns; the session is kept until every handle is gone.
pub(super) async fn start(socket: &Path, options: SessionOptions) -> Result<Handle, Error> {
    let (commands, inbox) = mpsc::channel(CALLS);
    let (events, _) = broadcast::channel(EVENTS);
    let (opened, first) = oneshot::channel();
    let driver = Driver {
        socket: socket.to_owned(),
        connect_timeout: options.connect_timeout,
        core: Core::new(options, socket.display().to_string()),
        inbox,
        events: events.clone(),
        callers: HashMap::new(),
        next_call: 0,
        opened: Some(opened),
        connection: None,
        closing: None,
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver: the one task of the session"
    )]
    tokio::spawn(driver.run());
    first.await.unwrap_or_else(|_| Err(ended(socket)))?;
    Ok(Handle { commands, events })
}

fn ended(socket: &Path) -> Error {
    Error::Unreachable {
        endpoint: socket.display().to_string(),
        reason: "the session has ended".to_owned(),
    }
}

struct Connection {
    stream: UnixStream,
    framer: Framer,
    outgoing: Outgoing,
}

/// What waits to be sent.
#[derive(Debug, Default)]
struct Outgoing {
    bytes: BytesMut,
    /// Where the answer to a ping ends, if one waits: a second one would say nothing more, however many pings come.
    pong_ends: usize,
}

impl Outgoing {
    fn message(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn pong(&mut self) {
        if self.pong_ends == 0 {
            self.message(&Frame::pong().encode());
            self.pong_ends = self.bytes.len();
        }
    }

    /// The first `count` bytes are sent.
    fn sent(&mut self, count: usize) {
        self.bytes.advance(count);
        self.pong_ends = self.pong_ends.saturating_sub(count);
    }
}

/// Who waits for a call.
#[derive(Debug)]
enum Caller {
    Reply(oneshot::Sender<Result<Bytes, Error>>),
    Follow(oneshot::Sender<Result<Vec<Event>, Error>>),
}

impl Caller {
    fn is_gone(&self) -> bool {
        match self {
            Self::Reply(caller) => caller.is_closed(),
            Self::Follow(caller) => caller.is_closed(),
        }
    }
}

struct Driver {
    socket: PathBuf,
    connect_timeout: Duration,
    core: Core,
    inbox: mpsc::Receiver<Command>,
    events: broadcast::Sender<Event>,
    callers: HashMap<CallId, Caller>,
    next_call: CallId,
    /// Told of the first opening, or of why it failed.
    opened: Option<oneshot::Sender<Result<(), Error>>>,
    connection: Option<Connection>,
    /// Why the core asked to close the socket.
    closing: Option<Error>,
}

impl Driver {
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            match dial(&self.socket, self.connect_timeout).await {
                Ok(stream) => {
                    self.connection = Some(Connection {
                        stream,
                        framer: Framer::default(),
                        outgoing: Outgoing::default(),
                    });
                    self.core.handle_connected(now());
                    let opened_before = self.opened.is_none();
                    let Err(error) = self.serve().await else { return };
                    if self.fail_first(&error) {
                        return;
                    }
                    // A session that had been open earns a quick retry; one that fails to open does not.
                    if !opened_before {
                        pause = FIRST_PAUSE;
                    }
                    tracing::debug!(%error, "the session was lost");
                }
                Err(error) => {
                    if self.fail_first(&error) {
                        return;
                    }
                    tracing::debug!(%error, "connecting failed");
                }
            }
            if self.wait(pause).await.is_err() {
                return;
            }
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// The first session is not retried: whoever connects wants to know now. Returns whether this was it.
    fn fail_first(&mut self, error: &Error) -> bool {
        match self.opened.take() {
            Some(opened) => {
                // The one who connects may be gone; then nobody wants to know.
                let _ = opened.send(Err(error.clone()));
                true
            }
            None => false,
        }
    }

    /// Serves one connection. `Ok` when every handle is gone, else how the connection was lost.
    async fn serve(&mut self) -> Result<(), Error> {
        loop {
            self.drain();
            if let Some(error) = self.closing.take() {
                self.connection = None;
                return Err(error);
            }
            let Some(connection) = &mut self.connection else {
                return Err(ended(&self.socket));
            };
            let due = self.core.poll_timeout();
            let Connection {
                stream,
                framer,
                outgoing,
            } = connection;
            let (mut reader, mut writer) = stream.split();
            tokio::select! {
                read = reader.read_buf(framer.buffer()) => {
                    match read {
                        Ok(0) => self.lost("it closed the connection"),
                        Ok(_) => self.received(),
                        Err(error) => self.lost(&error.to_string()),
                    }
                }
                written = writer.write(&outgoing.bytes), if !outgoing.bytes.is_empty() => match written {
                    Ok(count) => outgoing.sent(count),
                    Err(error) => self.lost(&error.to_string()),
                },
                command = self.inbox.recv() => match command {
                    Some(command) => self.command(command),
                    None => return Ok(()),
                },
                () = sleep_until(due) => self.core.handle_timeout(now()),
            }
        }
    }

    /// Waits between two connections, in which calls are taken and expire. An error when every handle is gone.
    async fn wait(&mut self, pause: Duration) -> Result<(), ()> {
        let end = now() + pause;
        loop {
            self.drain();
            self.closing = None;
            let due = self.core.poll_timeout().map_or(end, |due| due.min(end));
            tokio::select! {
                command = self.inbox.recv() => match command {
                    Some(command) => self.command(command),
                    None => return Err(()),
                },
                () = sleep_until(Some(due)) => {
                    self.core.handle_timeout(now());
                    if now() >= end {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn received(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        loop {
            match connection.framer.next() {
                Ok(Some(frame)) => self.core.handle_frame(&frame, now()),
                Ok(None) => return,
                Err(error) => return self.core.handle_garbage(error.0),
            }
        }
    }

    fn lost(&mut self, reason: &str) {
        let error = Error::Unreachable {
            endpoint: self.socket.display().to_string(),
            reason: reason.to_owned(),
        };
        self.core.handle_lost(&error);
        self.closing = Some(error);
    }

    fn command(&mut self, command: Command) {
        self.callers.retain(|id, caller| {
            let gone = caller.is_gone();
            if gone {
                self.core.handle_cancel(*id);
            }
            !gone
        });
        self.next_call += 1;
        let id = self.next_call;
        match command {
            Command::Call {
                procedure,
                arguments,
                reply,
            } => {
                self.callers.insert(id, Caller::Reply(reply));
                self.core.handle_call(id, procedure, arguments, now());
            }
            Command::Follow { reply } => {
                self.callers.insert(id, Caller::Follow(reply));
                self.core.handle_follow(id, now());
            }
            Command::NetworkUpdateOrder { reply } => {
                // The one who asks may be gone.
                let _ = reply.send(self.core.network_update_in_order());
            }
        }
    }

    /// Does what the core wants.
    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            match output {
                Output::Transmit(bytes) => {
                    if let Some(connection) = &mut self.connection {
                        connection.outgoing.message(&bytes);
                        if connection.outgoing.bytes.len() > MOST_OUTGOING {
                            self.connection = None;
                            self.lost("it does not read what it is sent");
                        }
                    }
                }
                Output::Pong => {
                    if let Some(connection) = &mut self.connection {
                        connection.outgoing.pong();
                    }
                }
                Output::Complete(id, result) => {
                    if let Some(Caller::Reply(caller)) = self.callers.remove(&id) {
                        // A caller that gave up does not want its answer.
                        let _ = caller.send(result);
                    }
                }
                Output::Followed(id, result) => {
                    if let Some(Caller::Follow(caller)) = self.callers.remove(&id) {
                        let _ = caller.send(result);
                    }
                }
                Output::Opened => {
                    if let Some(opened) = self.opened.take() {
                        let _ = opened.send(Ok(()));
                    }
                }
                Output::Event(event) => {
                    // Nobody may be following; then nobody misses it.
                    let _ = self.events.send(event);
                }
                Output::Close(error) => self.closing = Some(error),
            }
        }
    }
}

async fn dial(socket: &Path, timeout: Duration) -> Result<UnixStream, Error> {
    let endpoint = socket.display().to_string();
    match tokio::time::timeout(timeout, UnixStream::connect(socket)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(match error.kind() {
            std::io::ErrorKind::PermissionDenied => Error::PermissionDenied {
                socket: socket.to_owned(),
                group: "libvirt".to_owned(),
            },
            std::io::ErrorKind::NotFound => Error::Unreachable {
                endpoint,
                reason: "there is no such socket; start libvirtd, or name its socket with ?socket=PATH"
                    .to_owned(),
            },
            std::io::ErrorKind::ConnectionRefused => Error::Unreachable {
                endpoint,
                // Of what is no socket the system says the same.
                reason: match std::fs::metadata(socket).map(|metadata| metadata.file_type()) {
                    Ok(kind) if !kind.is_socket() => {
                        "that is no socket; name the one of libvirtd, such as /var/run/libvirt/libvirt-sock"
                    }
                    _ => "nobody listens there; start libvirtd",
                }
                .to_owned(),
            },
            _ => Error::Unreachable {
                endpoint,
                reason: error.to_string(),
            },
        }),
        Err(_) => Err(Error::TimedOut {
            endpoint,
            call: "connecting".to_owned(),
            after: timeout,
        }),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the driver: the clock of the session"
)]
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_pings_waits_for_one_pong() {
        let pong = Frame::pong().encode();
        let mut outgoing = Outgoing::default();
        outgoing.message(b"call");
        for _ in 0..100_000 {
            outgoing.pong();
        }
        assert_eq!(outgoing.bytes.len(), 4 + pong.len());
        outgoing.message(b"more");
        outgoing.sent(4 + pong.len() - 1);
        outgoing.pong();
        assert_eq!(outgoing.bytes.len(), 1 + 4, "the pong is not sent yet");
        outgoing.sent(1);
        outgoing.pong();
        assert_eq!(outgoing.bytes.len(), 4 + pong.len(), "the next one is due");
    }
}
