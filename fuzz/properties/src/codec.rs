//! The framer of OVSDB: wherever a stream is split, the same messages leave it, and those of a plain model; after an
//! error there is no message any more.

use ovsdb_client::transport::Codec;
use ovsdb_client::wire::MAX_DEPTH;

/// What leaves a stream: its messages, and whether it then failed.
#[derive(Debug, PartialEq, Eq)]
struct Framed {
    messages: Vec<Vec<u8>>,
    failed: bool,
}

/// The first byte says in what pieces the rest, a stream, comes, and under which bound.
pub(crate) fn codec(input: &[u8]) {
    let Some((how, stream)) = input.split_first() else {
        return;
    };
    let max_bytes = if how & 0x80 == 0 { 1 << 20 } else { 48 };
    let whole = framed(std::iter::once(stream), max_bytes);
    assert_eq!(whole, model(stream, max_bytes), "the whole stream");
    assert_eq!(framed(stream.chunks(1), max_bytes), whole, "byte by byte");
    let size = usize::from(how & 0x7f).max(2);
    assert_eq!(
        framed(stream.chunks(size), max_bytes),
        whole,
        "in pieces of {size}"
    );
}

fn framed<'a>(pieces: impl Iterator<Item = &'a [u8]>, max_bytes: usize) -> Framed {
    let mut codec = Codec::new(max_bytes);
    let mut messages = Vec::new();
    for piece in pieces {
        codec.extend(piece);
        loop {
            match codec.next_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(_) => {
                    for _ in 0..3 {
                        assert!(codec.next_message().is_err(), "a message after an error");
                    }
                    codec.extend(b"{}");
                    assert!(codec.next_message().is_err(), "more bytes mend an error");
                    return Framed {
                        messages,
                        failed: true,
                    };
                }
            }
        }
    }
    Framed {
        messages,
        failed: false,
    }
}

/// A message begins with a brace and ends where as many brackets are closed as were opened outside strings.
fn model(stream: &[u8], max_bytes: usize) -> Framed {
    let mut messages = Vec::new();
    let mut message: Vec<u8> = Vec::new();
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for &byte in stream {
        if depth == 0 && byte.is_ascii_whitespace() {
            continue;
        }
        let mut failed = depth == 0 && byte != b'{';
        message.push(byte);
        failed |= message.len() > max_bytes;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                failed |= depth == MAX_DEPTH;
                depth += 1;
            }
            b'}' | b']' if !in_string && depth > 0 => {
                depth -= 1;
                if depth == 0 && !failed {
                    messages.push(std::mem::take(&mut message));
                }
            }
            _ => {}
        }
        if failed {
            return Framed {
                messages,
                failed: true,
            };
        }
    }
    Framed {
        messages,
        failed: false,
    }
}
