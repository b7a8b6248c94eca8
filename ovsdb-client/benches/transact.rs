//! What a transaction costs the client, and framing costs a stream, without a server and without a socket.
//!
//! `cargo bench -p ovsdb-client --bench transact`; `tests/compare/run --only requests` sets it beside a bare socket.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails has nothing to measure")]

mod session;

use divan::{Bencher, black_box};
use ovsdb_client::{
    table::RowUuid,
    transaction::{Transaction, Values},
    transport::Codec,
    vswitch::{self, NEWEST_VERSION, Port},
};
use uuid::Uuid;

fn main() {
    divan::main();
}

fn small_transaction() -> Transaction {
    let mut transaction = Transaction::new();
    let values = Values::new().set(Port::TAG, 7);
    transaction.update(RowUuid::<Port>::new(Uuid::from_u128(7)), values);
    transaction
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    bencher.bench(small_transaction);
}

#[divan::bench]
fn check_by_the_schema(bencher: Bencher<'_, '_>) {
    let schema = vswitch::schema(NEWEST_VERSION).unwrap();
    let transaction = small_transaction();
    bencher.bench(|| black_box(&transaction).check(&schema).unwrap());
}

/// Request, session, framing, reply: all but the socket and the server.
#[divan::bench]
fn commit(bencher: Bencher<'_, '_>) {
    let (runtime, client, mut peer) = session::connected();
    bencher.bench_local(|| {
        runtime.block_on(async {
            let serve = async {
                let request = peer.receive().await.unwrap();
                let reply = format!(r#"{{"id":{},"result":[{{"count":1}}],"error":null}}"#, request.id);
                peer.send(reply.as_bytes()).await.unwrap();
            };
            let (outcome, ()) = tokio::join!(client.commit(small_transaction()), serve);
            outcome.unwrap()
        })
    });
}

#[divan::bench]
fn frame_a_thousand_replies(bencher: Bencher<'_, '_>) {
    let stream = r#"{"id":1234567,"result":[{"count":1}],"error":null}"#.repeat(1000);
    bencher.bench(|| {
        let mut codec = Codec::new(1 << 20);
        codec.extend(black_box(stream.as_bytes()));
        let mut count = 0;
        while codec.next_message().unwrap().is_some() {
            count += 1;
        }
        count
    });
}
