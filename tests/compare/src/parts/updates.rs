//! From a writer's request to a watcher that knows of it, beside a socket that the update has reached.

use std::time::Instant;

use ovsdb_client::Client;
use ovsdb_client::replica::{Event, Selection};
use ovsdb_client::vswitch::{Interface, Port};

use crate::floor::Floor;
use crate::measure::{Pairs, median_time};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

pub(super) fn measure(size: Size, stage: &Stage, table: &mut Table) -> Result<(), Failure> {
    let server = stage.server()?;
    let mut writer = Floor::connect(&server.socket())?;
    let uuid = rows::uuid_of_port(&mut writer, 7)?;
    let runtime = server::runtime()?;
    let mut pairs = Pairs::default();
    for _ in 0..size.pairs {
        // Only one of the two is connected at a time, so that the server has as much to do for either.
        let theirs = {
            let mut watcher = Floor::connect(&server.socket())?;
            watcher.ask(rows::monitor()?.as_bytes())?;
            let mut times = Vec::with_capacity(size.repeats);
            for number in 0..size.repeats {
                let request = rows::small_request(&uuid, number);
                let start = Instant::now();
                writer.send(request.as_bytes())?;
                watcher.message()?;
                times.push(start.elapsed());
                writer.message()?;
            }
            median_time(times)
        };
        let ours = runtime.block_on(async {
            let client = Client::connect(&server.remote()).await?;
            let selection = Selection::new().table::<Port>().table::<Interface>();
            let replica = client.monitor(selection).await?;
            let mut watch = replica.watch();
            let mut times = Vec::with_capacity(size.repeats);
            for number in 0..size.repeats {
                let request = rows::small_request(&uuid, number);
                let start = Instant::now();
                writer.send(request.as_bytes())?;
                match watch.next().await {
                    Some(Event::Commit(commit)) if commit.changes.len() == 1 => times.push(start.elapsed()),
                    other => return Err(format!("not the one change was told: {other:?}").into()),
                }
                writer.message()?;
            }
            Ok::<_, Failure>(median_time(times))
        })?;
        pairs.0.push((ours, theirs));
    }
    table.add(
        "update of one row, server write to watcher, p50, against the floor",
        "×",
        Target::AtMost(1.25),
        pairs.ratio(),
        pairs.show(),
    );
    Ok(())
}
