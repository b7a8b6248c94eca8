//! The bodies of libvirt's messages: the first byte says of what kind.
//!
//! A body that reads needs every word of it, and bears none behind its end. A list of values reads as what is written of it.

use libvirt_model::live::rpc::fuzz::{Body, read, xdr};

/// The events that the protocol numbers.
const EVENTS: [i32; 8] = [315, 318, 333, 348, 354, 362, 367, 379];

pub(crate) fn body(input: &[u8]) {
    let Some((&kind, bytes)) = input.split_first() else {
        return;
    };
    let body = match kind % 16 {
        0..8 => Body::Event(EVENTS[usize::from(kind % 8)]),
        8 => Body::Parameter,
        9 => Body::Lease,
        10 => Body::Addresses,
        11 => {
            let _ = read(Body::Error, bytes);
            return;
        }
        count => return values(usize::from(count - 10), bytes),
    };
    let Ok(Some(said)) = read(body, bytes) else { return };
    for cut in (0..bytes.len()).rev().step_by(4) {
        assert!(
            read(body, &bytes[..cut]).is_err(),
            "{said}: {cut} of {} bytes do too",
            bytes.len()
        );
    }
    let longer = [bytes, &[0; 4]].concat();
    assert!(read(body, &longer).is_err(), "{said}: more bytes do too");
}

/// The first bytes are the kinds of the values that follow.
fn values(count: usize, bytes: &[u8]) {
    let Some((kinds, bytes)) = bytes.split_at_checked(count) else {
        return;
    };
    let written = xdr(kinds, bytes);
    assert_eq!(written.len() % 4, 0);
    // Bytes that are no UTF-8 are replaced by a longer character, and padding is written as zeroes: the second reading is
    // of what stands.
    assert_eq!(
        xdr(kinds, &written).len(),
        if written.is_empty() { 0 } else { written.len() }
    );
    assert_eq!(xdr(kinds, &written), written);
    if !written.is_empty() && bytes.get(..written.len()).is_some_and(<[u8]>::is_ascii) {
        let differs = written
            .iter()
            .zip(bytes)
            .filter(|(written, read)| written != read);
        assert!(
            differs.into_iter().all(|(written, _)| *written == 0),
            "only padding may differ"
        );
    }
}
