//! A door through which the fuzz targets reach the protocol's framing, encoding and session. Not part of the API.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::core::{Core, SessionOptions};
use super::frame::Framer;
use super::message::{read_error, read_event};
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use super::{domains, inventory, networks};

/// The frames of a stream that comes in pieces, each as it is written again, and whether the stream then failed.
pub fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Bytes>, bool) {
    let mut framer = Framer::default();
    let mut frames = Vec::new();
    for piece in pieces {
        framer.buffer().extend_from_slice(piece);
        loop {
            match framer.next() {
                Ok(Some(frame)) => frames.push(frame.encode()),
                Ok(None) => break,
                Err(_) => return (frames, true),
            }
        }
    }
    (frames, false)
}

/// Plays a stream to a session that follows events, with a tick of so many milliseconds after each frame. Returns how much the
/// session had to say to one frame at most.
#[expect(
    clippy::disallowed_methods,
    reason = "a clock only starts somewhere; the ticks are the argument's"
)]
pub fn session(stream: &[u8], tick: Duration) -> usize {
    let mut core = Core::new(SessionOptions::new("qemu:///system"), "the fuzzer".to_owned());
    let mut now = Instant::now();
    core.handle_connected(now);
    let mut framer = Framer::default();
    framer.buffer().extend_from_slice(stream);
    let mut most = 0;
    loop {
        let mut said = 0;
        while core.poll_output().is_some() {
            said += 1;
        }
        most = most.max(said);
        match framer.next() {
            Ok(Some(frame)) => core.handle_frame(&frame, now),
            Ok(None) => return most,
            Err(Malformed(detail)) => {
                core.handle_garbage(detail);
                return most;
            }
        }
        now += tick;
        if core.poll_timeout().is_some_and(|due| due <= now) {
            core.handle_timeout(now);
        }
    }
}

/// The body of a message of the protocol.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// An event of this procedure.
    Event(i32),
    /// An error.
    Error,
    /// A typed parameter.
    Parameter,
    /// A DHCP lease.
    Lease,
    /// The addresses of an interface.
    Addresses,
}

/// What a body says, for comparison; none for an event that is not used.
///
/// # Errors
/// If it does not read, or goes on behind its end.
pub fn read(body: Body, bytes: &[u8]) -> Result<Option<String>, String> {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut decoder = Decoder::new(&bytes);
    let read = match body {
        Body::Event(number) => match Procedure::of(number) {
            Some(procedure) => {
                read_event(procedure, &bytes).map(|event| event.map(|event| format!("{event:?}")))
            }
            None => Ok(None),
        },
        Body::Error => read_error(&bytes).map(|error| Some(format!("{error:?}"))),
        Body::Parameter => whole(&mut decoder, inventory::read_parameter),
        Body::Lease => whole(&mut decoder, networks::read_lease),
        Body::Addresses => whole(&mut decoder, domains::read_addresses),
    };
    read.map_err(|malformed| malformed.0.to_owned())
}

fn whole<T: std::fmt::Debug>(
    decoder: &mut Decoder,
    read: impl FnOnce(&mut Decoder) -> Result<T, Malformed>,
) -> Result<Option<String>, Malformed> {
    let value = read(decoder)?;
    decoder.end()?;
    Ok(Some(format!("{value:?}")))
}

/// Reads values of these kinds one after the other, and writes what was read. What does not read ends it; so do the kinds.
pub fn xdr(kinds: &[u8], bytes: &[u8]) -> Bytes {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut decoder = Decoder::new(&bytes);
    let mut encoder = Encoder::new();
    for kind in kinds {
        let before = std::mem::take(&mut encoder);
        let written = match kind % 6 {
            0 => decoder.u32().map(|value| before.u32(value)),
            1 => decoder.i32().map(|value| before.i32(value)),
            2 => decoder.u64().map(|value| before.u64(value)),
            3 => decoder.uuid().map(|value| before.uuid(value)),
            4 => decoder.string().map(|value| before.string(&value)),
            _ => decoder
                .optional(Decoder::string)
                .map(|value| before.optional_string(value.as_deref())),
        };
        match written {
            Ok(written) => encoder = written,
            Err(_) => return Bytes::new(),
        }
    }
    encoder.finish()
}
