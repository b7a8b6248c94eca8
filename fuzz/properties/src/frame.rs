//! The framing of libvirt's protocol, and the session behind it: the first byte says in what pieces the rest comes.
//!
//! Wherever a stream is split the same frames leave it, and they are its bytes; the session bears whatever they say, and says
//! little itself.

use std::time::Duration;

use libvirt_model::live::rpc::fuzz::{frames, session};

pub(crate) fn frame(input: &[u8]) {
    let Some((how, stream)) = input.split_first() else {
        return;
    };
    let whole = frames([stream]);
    assert_eq!(frames(stream.chunks(1)), whole, "byte by byte");
    let size = usize::from(*how).max(2);
    assert_eq!(frames(stream.chunks(size)), whole, "in pieces of {size}");
    assert!(
        stream.starts_with(&whole.0.concat()),
        "frames are what was received"
    );
    let said = session(stream, Duration::from_millis(u64::from(*how) * 40));
    assert!(said <= 16, "{said} answers to one frame");
}
