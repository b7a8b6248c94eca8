//! From the last byte of the initial rows to a replica that can be used, beside parsing the same bytes.

use ovsdb_client::Client;
use ovsdb_client::replica::{Replica, Selection};
use ovsdb_client::server::ScriptedServer;
use ovsdb_client::vswitch::{self, Interface, NEWEST_VERSION, Port};

use crate::floor::Floor;
use crate::measure::{Pairs, cpu_of, median, thread_cpu, time};
use crate::server::Stage;
use crate::table::{Table, Target};
use crate::{Failure, Size, rows, server};

pub(super) fn measure(size: Size, stage: &Stage, table: &mut Table) -> Result<(), Failure> {
    let reply = {
        let server = stage.server()?;
        Floor::connect(&server.socket())?.ask(rows::monitor()?.as_bytes())?
    };
    let mut pairs = Pairs::default();
    let mut whole = Vec::new();
    for _ in 0..size.pairs {
        let (value, _) = cpu_of(|| serde_json::from_slice::<serde_json::Value>(&reply));
        let (from_first, from_last, replica) = fill(&reply)?;
        pairs.push(from_last, value);
        whole.push(from_first.as_secs_f64() / value.as_secs_f64());
        let snapshot = replica.snapshot();
        if snapshot.count::<Port>()? != size.ports || snapshot.count::<Interface>()? != size.ports {
            return Err("the replica does not hold every row".into());
        }
    }
    let megabytes = format!("{:.1} MB", crate::measure::count_as_f64(reply.len()) / 1e6);
    table.add(
        format!(
            "last byte read → usable typed, indexed replica ({megabytes}), CPU against `serde_json::Value`"
        ),
        "×",
        Target::AtMost(0.5),
        pairs.ratio(),
        pairs.show(),
    );
    let whole = median(whole);
    table.add(
        "the same from the first byte on, framing and reading included",
        "×",
        Target::Reported,
        whole,
        format!("{whole:.2} × ({})", time(whole * pairs.theirs())),
    );
    Ok(())
}

/// Hands the reply to a client in memory, all but its last byte first. The times are of this thread, which does all
/// of it: from the first byte on and from the last byte on.
fn fill(reply: &[u8]) -> Result<(std::time::Duration, std::time::Duration, Replica), Failure> {
    let schema = vswitch::schema(NEWEST_VERSION)?;
    let schema = serde_json::to_string(&schema)?;
    // The floor asked with the id 1; the client counts its own.
    let text = std::str::from_utf8(reply)?;
    let body = text
        .strip_prefix(r#"{"id":1,"#)
        .ok_or("the reply does not begin as ovsdb-server's do")?;
    server::runtime()?.block_on(async {
        let mut server = ScriptedServer::new();
        let remote = server.remote().to_string();
        let (client, peer) = tokio::join!(
            Client::connect(&remote),
            server.accept_session("Open_vSwitch", &schema)
        );
        let (client, mut peer) = (client?, peer?);
        let serve = async {
            let request = peer.receive().await?;
            let message = format!(r#"{{"id":{},{body}"#, request.id);
            let (last, rest) = message.as_bytes().split_last().ok_or("the reply is empty")?;
            let first_sent = thread_cpu();
            peer.send(rest).await?;
            // The client reads what the pipe still holds.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let last_sent = thread_cpu();
            peer.send(&[*last]).await?;
            Ok::<_, Failure>((first_sent, last_sent))
        };
        let monitor = async {
            let replica = client
                .monitor(Selection::new().table::<Port>().table::<Interface>())
                .await?;
            replica
                .snapshot()
                .find(Port::NAME, "tap7")?
                .ok_or("port tap7 is not there")?;
            Ok::<_, Failure>((thread_cpu(), replica))
        };
        let (served, monitored) = tokio::join!(serve, monitor);
        let ((first_sent, last_sent), (usable, replica)) = (served?, monitored?);
        Ok((usable - first_sent, usable - last_sent, replica))
    })
}
