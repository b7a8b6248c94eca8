//! The framing of messages: JSON texts with nothing between them.

use bytes::{Bytes, BytesMut};
use memchr::memchr2;

use crate::wire::MAX_DEPTH;

/// Cuts a stream of bytes into JSON objects.
///
/// OVSDB puts no delimiter between messages (RFC 7047 §4), so the only way is to follow brackets and strings. The
/// codec does that incrementally: each byte is looked at once, however the stream is split, and a message leaves
/// as a slice of what was read, without a copy. What stands inside a message is the parser's business, not the
/// codec's: brackets of the wrong kind or bytes that are no UTF-8 do not disturb the framing.
#[derive(Debug)]
pub struct Codec {
    buffer: BytesMut,
    /// Bytes of the buffer that were looked at.
    scanned: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// By depth: where a bracket was last closed that left this depth; 0 if none was since the message began or was
    /// last cut.
    closed: [usize; Self::CUTS],
    /// Bytes of the message that were taken out of it already.
    taken: usize,
    max_bytes: usize,
    /// What ended the stream: there is no way to find the next message after it.
    failure: Option<FrameError>,
}

/// A stream whose messages can no longer be told apart. Its connection is lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Something other than an object stands where a message should begin.
    #[error("a message begins with {}, not with an object", show(*.0))]
    NoObject(u8),
    /// A message is deeper than any peer may send.
    #[error("a message is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A message is longer than the bound.
    #[error("a message is longer than the bound of {0} bytes")]
    TooLong(usize),
}

fn show(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("'{}'", char::from(byte))
    } else {
        format!("byte 0x{byte:02x}")
    }
}

impl Codec {
    /// How much room is offered to a read.
    const READ: usize = 64 << 10;
    /// A buffer larger than this is given back when its message has left.
    const KEEP: usize = 1 << 20;
    /// Below this depth an unfinished message can be cut.
    const CUTS: usize = 5;

    /// A codec that takes messages of up to `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            scanned: 0,
            depth: 0,
            in_string: false,
            escaped: false,
            closed: [0; Self::CUTS],
            taken: 0,
            max_bytes,
            failure: None,
        }
    }

    /// Where to put the next bytes: append them.
    pub fn buffer(&mut self) -> &mut BytesMut {
        if self.buffer.capacity() - self.buffer.len() < Self::READ / 2 {
            self.buffer.reserve(Self::READ.max(self.buffer.len()));
        }
        &mut self.buffer
    }

    /// Appends bytes.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether a message has begun and not ended.
    pub fn is_mid_message(&self) -> bool {
        self.depth > 0
    }

    /// The next whole message, or none until more bytes come.
    ///
    /// # Errors
    /// If what comes cannot be framed. Every further call gives the same error.
    pub fn next_message(&mut self) -> Result<Option<Bytes>, FrameError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.cut()
            .inspect_err(|failure| self.failure = Some(failure.clone()))
    }

    /// What has come of a message that is not whole yet, and was not taken.
    pub(crate) fn unfinished(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes out of a message that is not whole yet all up to the last bracket that was closed `depth` brackets deep.
    /// The message then leaves without it.
    pub(crate) fn take_closed(&mut self, depth: usize) -> Option<BytesMut> {
        let end = self.closed.get(depth).copied().filter(|end| *end > 0)?;
        self.scanned -= end;
        self.taken += end;
        self.closed = self.closed.map(|closed| closed.saturating_sub(end));
        Some(self.buffer.split_to(end))
    }

    fn cut(&mut self) -> Result<Option<Bytes>, FrameError> {
        if self.depth == 0 {
            self.skip_space()?;
        }
        match self.scan()? {
            Some(end) => {
                self.scanned = 0;
                self.taken = 0;
                self.closed = [0; Self::CUTS];
                let message = self.buffer.split_to(end).freeze();
                if end > Self::KEEP {
                    // What follows must not keep the allocation of a large message alive.
                    self.buffer = BytesMut::from(&*self.buffer);
                }
                Ok(Some(message))
            }
            None if self.taken + self.buffer.len() > self.max_bytes => {
                Err(FrameError::TooLong(self.max_bytes))
            }
            None => Ok(None),
        }
    }

    fn skip_space(&mut self) -> Result<(), FrameError> {
        let space = self
            .buffer
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let _ = self.buffer.split_to(space);
        match self.buffer.first() {
            None | Some(b'{') => Ok(()),
            Some(&byte) => Err(FrameError::NoObject(byte)),
        }
    }

    /// Looks at the bytes that are new. Returns where the message ends, if it does.
    fn scan(&mut self) -> Result<Option<usize>, FrameError> {
        let bytes = &*self.buffer;
        let mut position = self.scanned;
        while let Some(rest) = bytes.get(position..).filter(|rest| !rest.is_empty()) {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    position += 1;
                    continue;
                }
                match memchr2(b'"', b'\\', rest) {
                    None => position = bytes.len(),
                    Some(offset) => {
                        self.escaped = rest.get(offset) == Some(&b'\\');
                        self.in_string = self.escaped;
                        position += offset + 1;
                    }
                }
                continue;
            }
            let Some(offset) = rest.iter().position(|byte| is_structural(*byte)) else {
                position = bytes.len();
                break;
            };
            position += offset + 1;
            match rest.get(offset) {
                Some(b'"') => self.in_string = true,
                Some(b'{' | b'[') if self.depth == MAX_DEPTH => return Err(FrameError::TooDeep),
                Some(b'{' | b'[') => self.depth += 1,
                _ => {
                    self.depth = self.depth.saturating_sub(1);
                    if let Some(closed) = self.closed.get_mut(self.depth) {
                        *closed = position;
                    }
                    if self.depth == 0 {
                        return if self.taken + position > self.max_bytes {
                            Err(FrameError::TooLong(self.max_bytes))
                        } else {
                            Ok(Some(position))
                        };
                    }
                }
            }
        }
        self.scanned = position;
        Ok(None)
    }
}

/// Whether a byte matters outside strings.
#[expect(clippy::indexing_slicing, reason = "every byte is an index of 256 elements")]
fn is_structural(byte: u8) -> bool {
    STRUCTURAL[usize::from(byte)]
}

#[expect(clippy::indexing_slicing, reason = "every byte is an index of 256 elements")]
const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(codec: &mut Codec) -> Vec<String> {
        let mut messages = Vec::new();
        while let Some(message) = codec.next_message().unwrap() {
            messages.push(String::from_utf8_lossy(&message).into_owned());
        }
        messages
    }

    const STREAM: &str = "{\"a\":\"}{\\\"[\"}{\"b\":[1,{\"c\":\"\\\\\"}]}\n {\"ä\":\"€\"}{}";

    #[test]
    fn trap_6_messages_may_be_split_anywhere_and_follow_each_other_at_once() {
        let mut whole = Codec::new(1000);
        whole.extend(STREAM.as_bytes());
        let expected = drain(&mut whole);
        assert_eq!(
            expected,
            [
                r#"{"a":"}{\"["}"#,
                r#"{"b":[1,{"c":"\\"}]}"#,
                r#"{"ä":"€"}"#,
                "{}"
            ]
        );
        for size in 1..STREAM.len() {
            let mut codec = Codec::new(1000);
            let mut messages = Vec::new();
            for chunk in STREAM.as_bytes().chunks(size) {
                codec.extend(chunk);
                messages.extend(drain(&mut codec));
            }
            assert_eq!(messages, expected, "in chunks of {size}");
            assert!(!codec.is_mid_message());
        }
    }

    #[test]
    fn trap_7_depth_up_to_1000_is_framed_and_beyond_it_refused() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let mut codec = Codec::new(10_000);
        codec.extend(nested(1000).as_bytes());
        assert_eq!(drain(&mut codec).len(), 1);
        codec.extend(nested(1001).as_bytes());
        assert_eq!(codec.next_message(), Err(FrameError::TooDeep));
    }

    #[test]
    fn a_message_over_the_bound_is_refused_before_it_ends() {
        let mut codec = Codec::new(10);
        codec.extend(b"{\"a\":\"bc\"}");
        assert_eq!(drain(&mut codec).len(), 1);
        codec.extend(b"{\"a\":\"bcd\"");
        assert_eq!(codec.next_message(), Ok(None));
        codec.extend(b" ");
        assert_eq!(codec.next_message(), Err(FrameError::TooLong(10)));
    }

    #[test]
    fn elements_can_be_taken_out_of_a_message_that_is_not_whole_yet() {
        let mut codec = Codec::new(30);
        codec.extend(b"{\"a\":[{\"b\":1},{\"c\":[2");
        assert_eq!(codec.next_message(), Ok(None));
        assert_eq!(codec.take_closed(3), None);
        assert_eq!(codec.take_closed(2).unwrap(), "{\"a\":[{\"b\":1}");
        assert_eq!(codec.take_closed(2), None);
        assert_eq!(codec.unfinished(), b",{\"c\":[2");
        codec.extend(b"]}]}");
        assert_eq!(codec.next_message().unwrap().unwrap(), ",{\"c\":[2]}]}");
        // What was taken counts for the bound, of its own message alone.
        codec.extend(b"{\"a\":[{\"b\":1}");
        assert_eq!(codec.next_message(), Ok(None));
        assert!(codec.take_closed(2).is_some());
        codec.extend(b",12345678901234567");
        assert_eq!(codec.next_message(), Err(FrameError::TooLong(30)));
    }

    #[test]
    fn after_an_error_there_is_no_message() {
        let mut codec = Codec::new(10);
        codec.extend(b"{\"a\":{");
        assert_eq!(codec.next_message(), Ok(None));
        codec.extend(b"}  123456789}{}");
        for _ in 0..3 {
            assert_eq!(codec.next_message(), Err(FrameError::TooLong(10)));
        }
    }

    #[test]
    fn what_begins_with_no_object_is_refused() {
        for garbage in ["HTTP/1.1 400", "]", "\"x\"", "\u{0}"] {
            let mut codec = Codec::new(1000);
            codec.extend(garbage.as_bytes());
            assert!(
                matches!(codec.next_message(), Err(FrameError::NoObject(_))),
                "{garbage}"
            );
        }
        assert_eq!(
            FrameError::NoObject(b'H').to_string(),
            "a message begins with 'H', not with an object"
        );
    }

    #[test]
    fn trap_9_bytes_that_are_no_utf8_do_not_disturb_the_framing() {
        let mut codec = Codec::new(1000);
        codec.extend(b"{\"a\":\"\xff\xfe\"}{}");
        assert_eq!(drain(&mut codec).len(), 2);
    }

    #[test]
    fn a_large_message_does_not_keep_its_buffer() {
        let mut codec = Codec::new(10 << 20);
        codec.extend(format!("{{\"a\":\"{}\"}}{{}}", "x".repeat(2 << 20)).as_bytes());
        assert_eq!(drain(&mut codec).len(), 2);
        assert!(codec.buffer.capacity() < Codec::KEEP);
    }
}
