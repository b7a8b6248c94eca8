//! The in-memory server beside the real one, both asked by the floor.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use ovsdb_client::server::Server;
use ovsdb_client::wire::DatabaseSchema;
use test_support::PACKAGED_SCHEMA;
use tokio::sync::oneshot;

use super::requests::floor_trips;
use crate::floor::Floor;
use crate::measure::{Pairs, count_as_f64, wall_of};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

pub(super) fn measure(size: Size, _: &Stage, table: &mut Table) -> Result<(), Failure> {
    let ports = size.ports / 10;
    let directory = tempfile::tempdir()?;
    let socket = directory.path().join("memory.sock");
    let _memory = MemoryServer::start(&socket)?;
    rows::fill(&socket, ports)?;
    let real = server::filled(ports)?;
    let mut ours = Peer::connect(&socket, size)?;
    let mut theirs = Peer::connect(&real.socket(), size)?;
    let (mut trips, mut bursts) = (Pairs::default(), Pairs::default());
    for _ in 0..size.pairs {
        trips.0.push((
            floor_trips(&mut ours.floor, &ours.uuid, ours.reply, size.repeats)?,
            floor_trips(&mut theirs.floor, &theirs.uuid, theirs.reply, size.repeats)?,
        ));
        // A rate is the inverse of a time, so ours comes second here.
        let (of_theirs, ()) = wall_of(|| theirs.burst(size.in_flight))?;
        let (of_ours, ()) = wall_of(|| ours.burst(size.in_flight))?;
        bursts.push(of_theirs, of_ours);
    }
    let rate = |seconds: f64| count_as_f64(size.in_flight) / seconds;
    table.add(
        format!("in-memory server, small transacts at {ports} ports, throughput against the real one"),
        "×",
        Target::AtLeast(1.0),
        bursts.ratio(),
        format!(
            "{:.2} × ({:.0} a second against {:.0})",
            bursts.ratio(),
            rate(bursts.theirs()),
            rate(bursts.ours())
        ),
    );
    table.add(
        "the same, one round trip, p50",
        "×",
        Target::AtMost(1.0),
        trips.ratio(),
        trips.show(),
    );
    Ok(())
}

struct Peer {
    floor: Floor,
    uuid: String,
    reply: usize,
    requests: String,
}

impl Peer {
    fn connect(socket: &Path, size: Size) -> Result<Self, Failure> {
        let mut floor = Floor::connect(socket)?;
        let uuid = rows::uuid_of_port(&mut floor, 7)?;
        let reply = floor.ask(rows::small_request(&uuid, 0).as_bytes())?.len();
        let requests = (0..size.in_flight)
            .map(|number| rows::small_request(&uuid, number))
            .collect();
        Ok(Self {
            floor,
            uuid,
            reply,
            requests,
        })
    }

    fn burst(&mut self, count: usize) -> Result<(), Failure> {
        self.floor.stream(self.requests.as_bytes(), self.reply * count)
    }
}

/// The in-memory server on a thread of its own, as the real one has a process of its own.
struct MemoryServer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<Result<(), Failure>>>,
}

impl MemoryServer {
    fn start(socket: &Path) -> Result<Self, Failure> {
        let schema = DatabaseSchema::parse(&std::fs::read_to_string(PACKAGED_SCHEMA)?)?;
        let (stop, stopped) = oneshot::channel();
        let (started, is_started) = mpsc::channel();
        let socket = socket.to_owned();
        let thread = thread::spawn(move || {
            server::runtime()?.block_on(async {
                let _server = Server::builder()
                    .database(schema)
                    .listen_unix(socket)
                    .start()
                    .await?;
                started.send(())?;
                // Told to stop, or the one who would tell has gone.
                let _ = stopped.await;
                Ok(())
            })
        });
        if is_started.recv().is_err() {
            return match thread.join() {
                Ok(Err(failure)) => Err(failure),
                _ => Err("the in-memory server ended".into()),
            };
        }
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for MemoryServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Ok(Err(failure))) = self.thread.take().map(thread::JoinHandle::join) {
            eprintln!("the in-memory server ended: {failure}");
        }
    }
}
