use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use serde_json::Value;

/// How long a server may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// A connection that speaks raw JSON-RPC 1.0.
#[derive(Debug)]
pub(super) struct Session {
    stream: UnixStream,
    read: Vec<u8>,
    requests: u64,
}

/// What a session heard.
#[derive(Debug)]
pub(super) enum Heard {
    Message(Value),
    Closed,
}

impl Session {
    pub(super) fn connect(socket: &Path) -> Result<Self, String> {
        let stream = UnixStream::connect(socket).map_err(|error| format!("cannot connect: {error}"))?;
        stream
            .set_read_timeout(Some(LIMIT))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            stream,
            read: Vec::new(),
            requests: 0,
        })
    }

    /// Sends a request; returns its id.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.requests += 1;
        let request = serde_json::json!({ "id": self.requests, "method": method, "params": params });
        self.send_raw(request.to_string().as_bytes());
        self.requests
    }

    /// Sends bytes. A server that has closed is noticed when it is read from.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// The next message.
    pub(super) fn hear(&mut self) -> Result<Heard, String> {
        loop {
            let mut messages = serde_json::Deserializer::from_slice(&self.read).into_iter::<Value>();
            match messages.next() {
                Some(Ok(message)) => {
                    let rest = messages.byte_offset();
                    self.read.drain(..rest);
                    return Ok(Heard::Message(message));
                }
                Some(Err(error)) if !error.is_eof() => {
                    return Err(format!("the server speaks nonsense: {error}"));
                }
                _ => {}
            }
            let mut buffer = [0; 65536];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(Heard::Closed),
                Ok(count) => self.read.extend(buffer.iter().take(count)),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                    return Ok(Heard::Closed);
                }
                Err(error) => return Err(format!("nothing came: {error}")),
            }
        }
    }

    /// All messages up to the reply to this request; the reply is the last.
    pub(super) fn hear_until(&mut self, id: u64) -> Result<Vec<Heard>, String> {
        let mut heard = Vec::new();
        loop {
            let next = self.hear()?;
            let is_last = match &next {
                Heard::Closed => true,
                Heard::Message(message) => message.get("method").is_none() && message["id"] == id,
            };
            heard.push(next);
            if is_last {
                return Ok(heard);
            }
        }
    }
}
