//! The frame of every message: its length, and a header of six words.

use bytes::{Buf, Bytes, BytesMut};

use super::xdr::{Decoder, Encoder, Malformed};

/// The longest message that libvirt itself accepts (`VIR_NET_MESSAGE_MAX`), its length word included.
pub(super) const MAX_FRAME: usize = 32 << 20;
/// The length word and the header.
const HEAD: usize = 4 + 24;

/// Which protocol a message belongs to.
pub(super) mod program {
    pub(crate) const REMOTE: u32 = 0x2000_8086;
    pub(crate) const KEEPALIVE: u32 = 0x6b65_6570;
}

/// The type of a message.
pub(super) mod kind {
    pub(crate) const CALL: u32 = 0;
    pub(crate) const REPLY: u32 = 1;
    pub(crate) const MESSAGE: u32 = 2;
    pub(crate) const STREAM: u32 = 3;
}

/// Whether a reply carries a result or an error.
pub(super) mod status {
    pub(crate) const OK: u32 = 0;
    pub(crate) const ERROR: u32 = 1;
}

/// The header of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) program: u32,
    pub(super) version: u32,
    pub(super) procedure: i32,
    pub(super) kind: u32,
    pub(super) serial: u32,
    pub(super) status: u32,
}

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) header: Header,
    pub(super) body: Bytes,
}

impl Frame {
    pub(super) fn call(procedure: i32, serial: u32, body: Bytes) -> Self {
        let header = Header {
            program: program::REMOTE,
            version: 1,
            procedure,
            kind: kind::CALL,
            serial,
            status: status::OK,
        };
        Self { header, body }
    }

    pub(super) fn keepalive(procedure: i32) -> Self {
        let header = Header {
            program: program::KEEPALIVE,
            version: 1,
            procedure,
            kind: kind::MESSAGE,
            serial: 0,
            status: status::OK,
        };
        Self {
            header,
            body: Bytes::new(),
        }
    }

    /// The answer to a keepalive ping.
    pub(super) fn pong() -> Self {
        Self::keepalive(2)
    }

    pub(super) fn encode(&self) -> Bytes {
        let length = u32::try_from(HEAD + self.body.len()).unwrap_or(u32::MAX);
        Encoder::new()
            .u32(length)
            .u32(self.header.program)
            .u32(self.header.version)
            .i32(self.header.procedure)
            .u32(self.header.kind)
            .u32(self.header.serial)
            .u32(self.header.status)
            .raw(&self.body)
            .finish()
    }

    /// Whether it is within what libvirt accepts.
    pub(super) fn fits(&self) -> bool {
        HEAD + self.body.len() <= MAX_FRAME
    }

    fn decode(mut bytes: Bytes) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(&bytes);
        let header = Header {
            program: decoder.u32()?,
            version: decoder.u32()?,
            procedure: decoder.i32()?,
            kind: decoder.u32()?,
            serial: decoder.u32()?,
            status: decoder.u32()?,
        };
        bytes.advance(24);
        Ok(Self { header, body: bytes })
    }
}

/// Cuts a stream of bytes into frames, whatever pieces it comes in.
#[derive(Debug, Default)]
pub(super) struct Framer {
    buffer: BytesMut,
}

impl Framer {
    /// The buffer that received bytes are appended to.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// The next whole frame, if one has been received. A length beyond the limit is an error before any of it is kept.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Malformed> {
        let Some(word) = self.buffer.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*word)).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(Malformed(
                "it sent a message longer than 32 MiB, the most that the protocol allows",
            ));
        }
        if length < HEAD {
            return Err(Malformed("it sent a message shorter than its header"));
        }
        if self.buffer.len() < length {
            return Ok(None);
        }
        let mut frame = self.buffer.split_to(length).freeze();
        frame.advance(4);
        Frame::decode(frame).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_a_split_at_each_byte() {
        let first = Frame::call(273, 5, Bytes::from_static(b"abcd"));
        let second = Frame::keepalive(1);
        let stream = [first.encode(), second.encode()].concat();
        for at in 0..stream.len() {
            let mut framer = Framer::default();
            let mut frames = Vec::new();
            for piece in [&stream[..at], &stream[at..]] {
                framer.buffer().extend_from_slice(piece);
                while let Some(frame) = framer.next().unwrap() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, [first.clone(), second.clone()], "{at}");
        }
    }

    #[test]
    fn refuses_a_length_that_cannot_be() {
        for word in [(32 << 20) + 1, 27, 0, u32::MAX] {
            let mut framer = Framer::default();
            framer.buffer().extend_from_slice(&word.to_be_bytes());
            assert!(framer.next().is_err(), "{word}");
        }
    }
}
