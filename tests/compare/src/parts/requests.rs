//! Transactions: one after the other, and many at once, beside the floor.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use ovsdb_client::Client;
use ovsdb_client::wire::Operation;
use serde_json::value::RawValue;

use super::sync::path;
use crate::child::usage_of_own;
use crate::floor::Floor;
use crate::measure::{Pairs, count_as_f64, median_time, wall_of};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

pub(super) fn measure(size: Size, stage: &Stage, table: &mut Table) -> Result<(), Failure> {
    let server = stage.server()?;
    let mut floor = Floor::connect(&server.socket())?;
    let uuid = rows::uuid_of_port(&mut floor, 7)?;
    let reply = floor.ask(rows::small_request(&uuid, 0).as_bytes())?.len();
    let runtime = server::runtime()?;
    let client = runtime.block_on(Client::connect(&server.remote()))?;

    let mut trips = Pairs::default();
    for _ in 0..size.pairs {
        let theirs = floor_trips(&mut floor, &uuid, reply, size.repeats)?;
        let ours = runtime.block_on(trips_of(&client, &uuid, size.repeats))?;
        trips.0.push((ours, theirs));
    }
    table.add(
        "one transact round trip, p50, against the floor",
        "×",
        Target::AtMost(1.15),
        trips.ratio(),
        trips.show(),
    );

    let mut bursts = Pairs::default();
    let operations = operations(&uuid, size.in_flight)?;
    let requests: String = (0..size.in_flight)
        .map(|number| rows::small_request(&uuid, number))
        .collect();
    for _ in 0..size.pairs {
        let (theirs, ()) = wall_of(|| floor.stream(requests.as_bytes(), reply * size.in_flight))?;
        let (ours, ()) = wall_of(|| {
            runtime.block_on(async {
                let calls = operations
                    .iter()
                    .map(|operation| client.transact(std::slice::from_ref(operation)));
                try_join_all(calls).await?;
                Ok(())
            })
        })?;
        // Throughput is what a time is the inverse of.
        bursts.push(theirs, ours);
    }
    let rate = count_as_f64(size.in_flight) / bursts.theirs();
    table.add(
        format!(
            "{} pipelined small transacts, throughput against the floor",
            size.in_flight
        ),
        "×",
        Target::AtLeast(0.95),
        bursts.ratio(),
        format!("{:.2} × ({rate:.0} a second)", bursts.ratio()),
    );

    let (count, in_flight) = ((size.in_flight * 5).to_string(), size.in_flight.to_string());
    let remote = format!("unix:{}", path(&server.socket())?);
    let printed = usage_of_own(&["pipeline", &remote, &uuid, &count, &in_flight])?.printed;
    let (early, late) = printed
        .trim()
        .split_once(' ')
        .ok_or("the child printed no memory")?;
    let (early, late): (f64, f64) = (early.parse()?, late.parse()?);
    table.add(
        format!("memory with {in_flight} in flight: after {count} answers against after the first fifth"),
        "×",
        Target::AtMost(1.1),
        late / early,
        format!(
            "{:.2} × ({:.0} MB against {:.0} MB)",
            late / early,
            late / 1024.0,
            early / 1024.0
        ),
    );
    Ok(())
}

pub(super) fn operations(uuid: &str, count: usize) -> Result<Vec<Operation>, Failure> {
    let operation = |number| {
        let text = RawValue::from_string(rows::small_operation(uuid, number))?;
        Operation::from_json(&text).map_err(|error| error.to_string().into())
    };
    (0..count).map(operation).collect()
}

/// The median time of one round trip by the floor.
pub(super) fn floor_trips(floor: &mut Floor, uuid: &str, reply: usize, count: usize) -> Result<f64, Failure> {
    let mut times = Vec::with_capacity(count);
    for number in 0..count {
        let request = rows::small_request(uuid, number);
        let start = Instant::now();
        floor.send(request.as_bytes())?;
        floor.count(reply)?;
        times.push(start.elapsed());
    }
    Ok(median_time(times))
}

async fn trips_of(client: &Client, uuid: &str, count: usize) -> Result<f64, Failure> {
    let mut times: Vec<Duration> = Vec::with_capacity(count);
    for operation in operations(uuid, count)? {
        let start = Instant::now();
        let result = client.transact(std::slice::from_ref(&operation)).await?;
        times.push(start.elapsed());
        if result.error().is_some() {
            return Err("the server refused an operation".into());
        }
    }
    Ok(median_time(times))
}
