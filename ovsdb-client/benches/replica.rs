//! From the last byte of a monitor's reply to a replica that can be used, and what readers of it pay.
//!
//! `cargo bench -p ovsdb-client --bench replica`. The yardstick of the first group is what parsing the same bytes
//! into a `serde_json::Value` takes.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails has nothing to measure")]

mod session;

use std::fmt::Write as _;

use bytes::Bytes;
use divan::{Bencher, black_box};
use ovsdb_client::{
    Client,
    replica::{Replica, Selection},
    server::ScriptedPeer,
    table::Table,
    vswitch::{self, Interface, NEWEST_VERSION, Port},
    wire::{Interner, JsonId, Message, RowUpdate2, decode_monitor_reply},
};

fn main() {
    divan::main();
}

/// A test run only sees that these run.
const PORTS: usize = if cfg!(debug_assertions) { 500 } else { 50_000 };

/// `[found, txn, updates]` with a port and an interface a number, as ovsdb-server sends them.
fn result(ports: usize) -> String {
    let mut updates = String::from(r#"[false,"00000000-0000-0000-0000-000000000000",{"Port":{"#);
    for number in 0..ports {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            updates,
            r#"{comma}"{number:08x}-1111-4111-8111-111111111111":{{"initial":{{"name":"tap{number}","tag":{},"external_ids":["map",[["owner","guest-{number}"],["role","access"]]],"interfaces":["uuid","{number:08x}-2222-4222-8222-222222222222"]}}}}"#,
            number % 4096
        );
    }
    updates.push_str(r#"},"Interface":{"#);
    for number in 0..ports {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            updates,
            r#"{comma}"{number:08x}-2222-4222-8222-222222222222":{{"initial":{{"name":"tap{number}","ofport":{number},"mac_in_use":"50:6b:8d:{:02x}:{:02x}:{:02x}","external_ids":["map",[["attached-mac","50:6b:8d:00:00:01"],["iface-id","i-{number}"]]]}}}}"#,
            number >> 16 & 255,
            number >> 8 & 255,
            number & 255
        );
    }
    updates.push_str("}}]");
    updates
}

fn reply(ports: usize) -> Bytes {
    let result = result(ports);
    Bytes::from(format!(r#"{{"id":1,"result":{result},"error":null}}"#))
}

#[divan::bench(sample_count = 10)]
fn parse_into_json_value(bencher: Bencher<'_, '_>) {
    let bytes = reply(PORTS);
    bencher.bench(|| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
}

#[divan::bench(sample_count = 10)]
fn find_the_message(bencher: Bencher<'_, '_>) {
    let bytes = reply(PORTS);
    bencher.bench(|| matches!(Message::parse(black_box(&bytes)), Ok(Message::Response { .. })));
}

#[divan::bench(sample_count = 10)]
fn decode_rows(bencher: Bencher<'_, '_>) {
    let bytes = reply(PORTS);
    let schema = vswitch::schema(NEWEST_VERSION).unwrap();
    bencher.bench(|| {
        let Ok(Message::Response {
            result: Ok(result), ..
        }) = Message::parse(&bytes)
        else {
            panic!()
        };
        decode_monitor_reply::<RowUpdate2>(result, true, &schema, &mut Interner::new()).unwrap()
    });
}

/// A client whose peer is a script, and a replica filled by it.
struct Stage {
    runtime: tokio::runtime::Runtime,
    client: Client,
    peer: ScriptedPeer,
}

impl Stage {
    fn new() -> Self {
        let (runtime, client, peer) = session::connected();
        Self {
            runtime,
            client,
            peer,
        }
    }

    /// Everything: framing, the message, rows, indexes, publication.
    fn fill(&mut self, result: &str) -> Replica {
        let Self {
            runtime,
            client,
            peer,
        } = self;
        runtime.block_on(async {
            let serve = async {
                let request = peer.receive().await.unwrap();
                let id: JsonId = request.id;
                peer.send(format!(r#"{{"id":{id},"result":{result},"error":null}}"#).as_bytes())
                    .await
                    .unwrap();
            };
            let (replica, ()) = tokio::join!(
                client.monitor(Selection::new().table::<Port>().table::<Interface>()),
                serve
            );
            replica.unwrap()
        })
    }
}

#[divan::bench(sample_count = 10)]
fn fill_a_replica_from_the_first_byte_on(bencher: Bencher<'_, '_>) {
    let result = result(PORTS);
    bencher
        .with_inputs(Stage::new)
        .bench_local_values(|mut stage| (stage.fill(&result), stage));
}

#[divan::bench]
fn take_a_snapshot(bencher: Bencher<'_, '_>) {
    let mut stage = Stage::new();
    let replica = stage.fill(&result(PORTS));
    bencher.bench_local(|| replica.snapshot());
}

#[divan::bench]
fn find_by_index(bencher: Bencher<'_, '_>) {
    let mut stage = Stage::new();
    let snapshot = stage.fill(&result(PORTS)).snapshot();
    bencher.bench_local(|| {
        snapshot
            .find(Port::NAME, black_box("tap314"))
            .unwrap()
            .unwrap()
            .uuid()
    });
}

#[divan::bench(args = [PORTS / 50, PORTS / 5, PORTS])]
fn apply_an_update_of_one_row(bencher: Bencher<'_, '_>, ports: usize) {
    let mut stage = Stage::new();
    let replica = stage.fill(&result(ports));
    let mut tag = 0;
    bencher.bench_local(|| {
        tag = (tag + 1) % 4096;
        let update = format!(
            r#"{{"id":null,"method":"update3","params":[1,"00000000-0000-0000-0000-000000000000",{{"Port":{{"00000007-1111-4111-8111-111111111111":{{"modify":{{"tag":{tag}}}}}}}}}]}}"#
        );
        let generation = replica.snapshot().generation();
        stage.runtime.block_on(async {
            stage.peer.send(update.as_bytes()).await.unwrap();
            while replica.snapshot().generation() == generation {
                tokio::task::yield_now().await;
            }
        });
    });
}
