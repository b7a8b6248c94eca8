//! The floor: a socket that writes prepared bytes and counts those that come back. It parses nothing.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::Failure;

pub(crate) struct Floor {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Floor {
    pub(crate) fn connect(socket: &Path) -> Result<Self, Failure> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self {
            stream,
            buffer: vec![0; 64 << 10],
        })
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Reads until so many bytes have come.
    pub(crate) fn count(&mut self, bytes: usize) -> Result<(), Failure> {
        let mut left = bytes;
        while left > 0 {
            let count = self.stream.read(&mut self.buffer)?;
            left = left
                .checked_sub(count)
                .filter(|_| count > 0)
                .ok_or("more came than was to come, or the server closed the connection")?;
        }
        Ok(())
    }

    /// Reads one message, following its brackets: to learn once how long it is.
    pub(crate) fn message(&mut self) -> Result<Vec<u8>, Failure> {
        let mut message = Vec::new();
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        loop {
            let count = self.stream.read(&mut self.buffer)?;
            if count == 0 {
                return Err("the server closed the connection".into());
            }
            let bytes = self.buffer.get(..count).unwrap_or_default();
            message.extend_from_slice(bytes);
            for byte in bytes {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => depth -= 1,
                    _ => {}
                }
            }
            if depth == 0 {
                return Ok(message);
            }
        }
    }

    /// Sends a request and reads its reply, to learn how long it is.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        self.send(request)?;
        let reply = self.message()?;
        let text = String::from_utf8_lossy(&reply);
        if !text.contains(r#""error":null"#) || text.contains(r#""error":""#) {
            let start: String = text.chars().take(400).collect();
            return Err(format!("the server refused a request: {start}").into());
        }
        Ok(reply)
    }

    /// Writes and reads at once, until `bytes` have come: a server stops reading when nobody reads its answers.
    pub(crate) fn stream(&mut self, requests: &[u8], bytes: usize) -> Result<(), Failure> {
        let mut writer = self.stream.try_clone()?;
        std::thread::scope(|scope| {
            let written = scope.spawn(move || writer.write_all(requests));
            self.count(bytes)?;
            Ok(written.join().map_err(|_| "the writer ended badly")??)
        })
    }
}
