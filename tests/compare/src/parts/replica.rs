//! What readers of a replica pay, and that it does not grow with the table.

use std::hint::black_box;

use ovsdb_client::Client;
use ovsdb_client::replica::{Replica, Selection};
use ovsdb_client::server::{ScriptedPeer, ScriptedServer};
use ovsdb_client::vswitch::{self, Interface, NEWEST_VERSION, Port};

use test_support::OvsdbServer;

use crate::floor::Floor;
use crate::measure::{cpu_each, median, median_time, thread_cpu, time};
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

pub(super) fn measure(size: Size, stage: &server::Stage, table: &mut Table) -> Result<(), Failure> {
    let few = size.ports / 50;
    let (mut small, mut large) = (
        Stage::filled(&server::filled(few)?, few)?,
        Stage::filled(stage.server()?, size.ports)?,
    );
    let each = |stage: &Stage| {
        median_time((0..size.pairs).map(|_| cpu_each(size.repeats * 100, || stage.replica.snapshot())))
    };
    let (of_small, of_large) = (each(&small), each(&large));
    table.add(
        "snapshot of the replica",
        "µs",
        Target::AtMost(1.0),
        of_large * 1e6,
        format!(
            "{}; {} with a fiftieth of the rows",
            time(of_large),
            time(of_small)
        ),
    );
    let find = |stage: &Stage| {
        let snapshot = stage.replica.snapshot();
        let name = rows::port_name(stage.ports / 2);
        median_time((0..size.pairs).map(|_| {
            cpu_each(size.repeats * 10, || {
                snapshot
                    .find(Port::NAME, black_box(name.as_str()))
                    .is_ok_and(|port| port.is_some())
            })
        }))
    };
    let (of_small, of_large) = (find(&small), find(&large));
    table.add(
        "lookup by index, the typed row made",
        "µs",
        Target::AtMost(1.0),
        of_large * 1e6,
        format!(
            "{}; {} with a fiftieth of the rows",
            time(of_large),
            time(of_small)
        ),
    );
    let mut ratios = Vec::new();
    let mut times = Vec::new();
    for _ in 0..size.pairs {
        let (of_small, of_large) = (small.update(size.repeats)?, large.update(size.repeats)?);
        ratios.push(of_large / of_small);
        times.push(of_large);
    }
    let ratio = median(ratios);
    table.add(
        "applying a one-row update, with the rows against with a fiftieth of them",
        "×",
        Target::AtMost(2.0),
        ratio,
        format!("{ratio:.2} × ({})", time(median(times))),
    );
    Ok(())
}

/// A client in memory whose peer is this program, and a replica filled by the rows of a real server.
struct Stage {
    runtime: tokio::runtime::Runtime,
    replica: Replica,
    peer: ScriptedPeer,
    uuid: String,
    ports: usize,
}

impl Stage {
    fn filled(server: &OvsdbServer, ports: usize) -> Result<Self, Failure> {
        let (reply, uuid) = {
            let mut floor = Floor::connect(&server.socket())?;
            let uuid = rows::uuid_of_port(&mut floor, 7)?;
            (floor.ask(rows::monitor()?.as_bytes())?, uuid)
        };
        let reply: serde_json::Value = serde_json::from_slice(&reply)?;
        let result = reply.get("result").ok_or("the reply has no result")?.to_string();
        let schema = vswitch::schema(NEWEST_VERSION)?;
        let schema = serde_json::to_string(&schema)?;
        let runtime = server::runtime()?;
        let (replica, peer) = runtime.block_on(async {
            let mut server = ScriptedServer::new();
            let remote = server.remote().to_string();
            let (client, peer) = tokio::join!(
                Client::connect(&remote),
                server.accept_session("Open_vSwitch", &schema)
            );
            let (client, mut peer) = (client?, peer?);
            let serve = async {
                let id = peer.receive().await?.id;
                peer.send(format!(r#"{{"id":{id},"error":null,"result":{result}}}"#).as_bytes())
                    .await?;
                Ok::<_, Failure>(())
            };
            let selection = Selection::new().table::<Port>().table::<Interface>();
            let (replica, served) = tokio::join!(client.monitor(selection), serve);
            served?;
            Ok::<_, Failure>((replica?, peer))
        })?;
        Ok(Self {
            runtime,
            replica,
            peer,
            uuid,
            ports,
        })
    }

    /// CPU seconds of one update, from its bytes to the new snapshot.
    fn update(&mut self, count: usize) -> Result<f64, Failure> {
        let Self {
            runtime,
            replica,
            peer,
            uuid,
            ..
        } = self;
        runtime.block_on(async {
            let start = thread_cpu();
            for tag in 0..count {
                let tag = tag % 4000 + 1;
                let update = format!(
                    r#"{{"id":null,"method":"update3","params":[1,"00000000-0000-0000-0000-000000000000",{{"Port":{{"{uuid}":{{"modify":{{"tag":{tag}}}}}}}}}]}}"#
                );
                let generation = replica.snapshot().generation();
                peer.send(update.as_bytes()).await?;
                while replica.snapshot().generation() == generation {
                    tokio::task::yield_now().await;
                }
            }
            let spent = thread_cpu() - start;
            Ok(spent.as_secs_f64() / crate::measure::count_as_f64(count))
        })
    }
}
