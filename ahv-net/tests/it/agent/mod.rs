//! The agent and its client, over real sockets on loopback.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "an answer of another shape fails the test, as it should"
)]

mod access;
mod bad_input;
mod client;
mod editing;
mod served;
mod tls;
mod websocket;

use test_support::Suite;

pub(crate) fn cases(suite: &mut Suite) {
    access::cases(suite);
    bad_input::cases(suite);
    client::cases(suite);
    editing::cases(suite);
    tls::cases(suite);
    websocket::cases(suite);
}
