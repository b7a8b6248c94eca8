//! A peer that does exactly what a test tells it to, right or wrong.

use std::{fmt, io};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::{
    transport::{Codec, MemoryListener, Remote},
    wire::{self, ErrorKind, JsonId, Message, OvsdbError},
};

/// Waits for clients on a [`Remote::Memory`] and hands each connection to the test.
#[derive(Debug)]
pub struct ScriptedServer {
    listener: MemoryListener,
}

/// One connection, driven by the test.
pub struct ScriptedPeer {
    stream: DuplexStream,
    codec: Codec,
}

/// A message of the client.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its id; null for a notification.
    pub id: JsonId,
    /// Its method; empty for a response.
    pub method: String,
    /// Its parameters, or the result of a response.
    pub params: Box<RawValue>,
}

impl Default for ScriptedServer {
    fn default() -> Self {
        Self::new()
    }
}

impl ScriptedServer {
    /// A server that nobody has dialed yet.
    pub fn new() -> Self {
        Self {
            listener: MemoryListener::bind(),
        }
    }

    /// What clients dial.
    pub fn remote(&self) -> Remote {
        self.listener.remote()
    }

    /// The next connection, before anything was said.
    ///
    /// # Cancel safety
    /// No connection is lost when the future is dropped.
    pub async fn accept(&mut self) -> Option<ScriptedPeer> {
        let stream = self.listener.accept().await?;
        Some(ScriptedPeer {
            stream,
            codec: Codec::new(1 << 30),
        })
    }

    /// The next connection, after the client was told that this is a standalone server of `database` with this schema
    /// (its JSON), and without `_Server`.
    ///
    /// # Errors
    /// If the client says something else than it should.
    ///
    /// # Cancel safety
    /// The connection is lost when the future is dropped.
    pub async fn accept_session(&mut self, database: &str, schema: &str) -> io::Result<ScriptedPeer> {
        let mut peer = self
            .accept()
            .await
            .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        peer.greet(database, schema).await?;
        Ok(peer)
    }
}

impl ScriptedPeer {
    /// Answers the first requests of a session.
    ///
    /// # Errors
    /// If the client says something else than it should.
    ///
    /// # Cancel safety
    /// Not safe: a message may be half sent.
    pub async fn greet(&mut self, database: &str, schema: &str) -> io::Result<()> {
        let schema = RawValue::from_string(schema.to_owned()).map_err(io::Error::other)?;
        for _ in 0..4 {
            let request = self.receive().await?;
            match request.method.as_str() {
                "list_dbs" => self.reply(&request.id, &[database]).await?,
                "get_schema" => self.reply(&request.id, &schema).await?,
                _ => {
                    self.refuse(&request.id, &OvsdbError::bare(&ErrorKind::UnknownMethod))
                        .await?
                }
            }
        }
        Ok(())
    }

    /// The next message of the client.
    ///
    /// # Errors
    /// `UnexpectedEof` if the client has closed, `InvalidData` if it does not speak OVSDB.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn receive(&mut self) -> io::Result<Received> {
        loop {
            let framed = self.codec.next_message().map_err(invalid)?;
            if let Some(bytes) = framed {
                return Received::read(&bytes);
            }
            if self.stream.read_buf(self.codec.buffer()).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The next request or notification of this method; others are an error.
    ///
    /// # Errors
    /// As [`ScriptedPeer::receive`], and `InvalidData` if another method comes.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn expect(&mut self, method: &str) -> io::Result<Received> {
        let received = self.receive().await?;
        if received.method == method {
            Ok(received)
        } else {
            Err(invalid(format!(
                "{} came where {method} was expected",
                received.method
            )))
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// If the client has closed.
    ///
    /// # Cancel safety
    /// Not safe: a message may be half sent.
    pub async fn reply<R: Serialize + ?Sized>(&mut self, id: &JsonId, result: &R) -> io::Result<()> {
        let mut out = Vec::new();
        wire::print_response(&mut out, id, result).map_err(invalid)?;
        self.send(&out).await
    }

    /// Answers a request with an error.
    ///
    /// # Errors
    /// If the client has closed.
    ///
    /// # Cancel safety
    /// Not safe: a message may be half sent.
    pub async fn refuse(&mut self, id: &JsonId, error: &OvsdbError) -> io::Result<()> {
        let mut out = Vec::new();
        wire::print_error(&mut out, id, error).map_err(invalid)?;
        self.send(&out).await
    }

    /// Sends a notification.
    ///
    /// # Errors
    /// If the client has closed.
    ///
    /// # Cancel safety
    /// Not safe: a message may be half sent.
    pub async fn notify<P: Serialize + ?Sized>(&mut self, method: &str, params: &P) -> io::Result<()> {
        let mut out = Vec::new();
        wire::print_notification(&mut out, method, params).map_err(invalid)?;
        self.send(&out).await
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// If the client has closed.
    ///
    /// # Cancel safety
    /// Not safe: they may be half sent.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends bytes in pieces of this size, and lets the client read each before the next.
    ///
    /// # Errors
    /// If the client has closed.
    ///
    /// # Cancel safety
    /// Not safe: they may be half sent.
    pub async fn send_in_pieces(&mut self, bytes: &[u8], size: usize) -> io::Result<()> {
        for piece in bytes.chunks(size.max(1)) {
            self.send(piece).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

impl Received {
    fn read(bytes: &Bytes) -> io::Result<Self> {
        match Message::parse(bytes).map_err(invalid)? {
            Message::Request { id, method, params } => Ok(Self {
                id,
                method: method.into_owned(),
                params: params.to_owned(),
            }),
            Message::Notification { method, params } => Ok(Self {
                id: JsonId::Text("null".into()),
                method: method.into_owned(),
                params: params.to_owned(),
            }),
            Message::Response { id, result } => {
                let params = match result {
                    Ok(result) => result.to_owned(),
                    Err(error) => serde_json::value::to_raw_value(&error).map_err(invalid)?,
                };
                Ok(Self {
                    id,
                    method: String::new(),
                    params,
                })
            }
        }
    }
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl fmt::Debug for ScriptedPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScriptedPeer")
    }
}
