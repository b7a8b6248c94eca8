//! The scripted peer.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::super::frame::{Frame, Framer, Header, kind, program, status};
use super::super::xdr::Encoder;

/// What the peer does next on a connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Step {
    /// Answers the calls that open a session, as a libvirtd without keepalive does.
    Handshake,
    /// The same, offering keepalive.
    HandshakeWithKeepalive,
    /// Waits for the next call, which has to be of this procedure.
    Expect(i32),
    /// Answers the last call with this result.
    Reply(Bytes),
    /// Answers the last call with this libvirt error: code, domain, message.
    Fail(i32, i32, String),
    /// Answers the last call, but as another procedure.
    ReplyAs(i32, Bytes),
    /// Answers a call of this serial, whoever made it.
    ReplyTo(u32, Bytes),
    /// Sends an event of this procedure.
    Event(i32, Bytes),
    /// Sends a keepalive ping, and waits for the pong.
    Ping,
    /// Sends bytes as they are.
    Raw(Bytes),
    /// From here on sends what it sends in pieces of this many bytes.
    Pieces(usize),
    /// Closes the connection.
    Close,
}

/// A peer that listens on a unix socket until it is dropped.
#[derive(Debug)]
pub struct ScriptedPeer {
    socket: PathBuf,
    task: JoinHandle<()>,
}

impl ScriptedPeer {
    /// Listens at `socket`, and follows `connections`, one after the other.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn start(socket: &Path, connections: Vec<Vec<Step>>) -> io::Result<Self> {
        let listener = UnixListener::bind(socket)?;
        #[expect(clippy::disallowed_methods, reason = "a peer of tests is a driver of its own")]
        let task = tokio::spawn(serve(listener, connections));
        Ok(Self {
            socket: socket.to_owned(),
            task,
        })
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for ScriptedPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: UnixListener, connections: Vec<Vec<Step>>) {
    // Connections that are done are held open in silence.
    let mut held = Vec::new();
    for steps in connections {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let mut connection = Connection {
            stream,
            framer: Framer::default(),
            last: None,
            pieces: usize::MAX,
        };
        if connection.follow(steps).await.is_ok() {
            held.push(connection);
        }
    }
    while listener.accept().await.is_ok() {}
}

struct Connection {
    stream: UnixStream,
    framer: Framer,
    /// The last call.
    last: Option<Header>,
    pieces: usize,
}

impl Connection {
    /// An error when the connection is over.
    async fn follow(&mut self, steps: Vec<Step>) -> io::Result<()> {
        for step in steps {
            match step {
                Step::Handshake => self.handshake(false).await?,
                Step::HandshakeWithKeepalive => self.handshake(true).await?,
                Step::Expect(procedure) => {
                    let call = self.call().await?;
                    assert_eq!(call.procedure, procedure, "the client called something else");
                }
                Step::Reply(body) => self.answer(status::OK, body).await?,
                Step::Fail(code, domain, message) => {
                    // Behind the message: level, related domain, three strings, two numbers, related network.
                    let error = Encoder::new()
                        .i32(code)
                        .i32(domain)
                        .optional_string(Some(&message))
                        .i32(2)
                        .u32(0);
                    let error = error.u32(0).u32(0).u32(0).i32(0).i32(0).u32(0);
                    self.answer(status::ERROR, error.finish()).await?;
                }
                Step::ReplyAs(procedure, body) => {
                    self.last = self.last.map(|call| Header { procedure, ..call });
                    self.answer(status::OK, body).await?;
                }
                Step::ReplyTo(serial, body) => {
                    self.last = self.last.map(|call| Header { serial, ..call });
                    self.answer(status::OK, body).await?;
                }
                Step::Event(procedure, body) => {
                    let header = Header {
                        program: program::REMOTE,
                        version: 1,
                        procedure,
                        kind: kind::MESSAGE,
                        serial: 0,
                        status: status::OK,
                    };
                    self.send(&Frame { header, body }.encode()).await?;
                }
                Step::Ping => {
                    self.send(&Frame::keepalive(1).encode()).await?;
                    let pong = self.frame().await?;
                    assert_eq!(
                        (pong.header.program, pong.header.procedure),
                        (program::KEEPALIVE, 2),
                        "a pong is due"
                    );
                }
                Step::Raw(bytes) => self.send(&bytes).await?,
                Step::Pieces(pieces) => self.pieces = pieces,
                Step::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        Ok(())
    }

    async fn handshake(&mut self, keepalive: bool) -> io::Result<()> {
        let steps = [
            (66, Encoder::new().u32(0).finish()),
            (1, Bytes::new()),
            (60, Encoder::new().u32(u32::from(keepalive)).finish()),
            (60, Encoder::new().u32(1).finish()),
            (60, Encoder::new().u32(0).finish()),
        ];
        for (procedure, body) in steps {
            let call = self.call().await?;
            assert_eq!(
                call.procedure, procedure,
                "the client opens its session otherwise"
            );
            self.answer(status::OK, body).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, status: u32, body: Bytes) -> io::Result<()> {
        let Some(call) = self.last else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let header = Header {
            kind: kind::REPLY,
            status,
            ..call
        };
        self.send(&Frame { header, body }.encode()).await
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(self.pieces) {
            self.stream.write_all(piece).await?;
            self.stream.flush().await?;
            // The other side gets to read each piece by itself.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn call(&mut self) -> io::Result<Header> {
        loop {
            let frame = self.frame().await?;
            if frame.header.kind == kind::CALL {
                self.last = Some(frame.header);
                return Ok(frame.header);
            }
        }
    }

    async fn frame(&mut self) -> io::Result<Frame> {
        loop {
            if let Some(frame) = self
                .framer
                .next()
                .map_err(|error| io::Error::other(error.to_string()))?
            {
                return Ok(frame);
            }
            if self.stream.read_buf(self.framer.buffer()).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
