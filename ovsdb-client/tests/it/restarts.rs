//! A server that is killed and started again under load.

use std::time::Duration;

use ovsdb_client::{Client, ClientBuilder};
use test_support::{OvsdbServer, OvsdbServerBuilder, Suite, long_run};

use crate::{
    load::{Load, a_moment, blocking},
    support::{Checked, block_on},
};

fn builder(remote: &str) -> ClientBuilder {
    Client::builder()
        .remotes(remote)
        .backoff(Duration::from_millis(20), Duration::from_millis(200))
}

async fn kill_and_restart(server: OvsdbServerBuilder, rounds: usize) -> Checked {
    let mut server = server.vswitch().start()?;
    let remote = server.remote();
    let load = Load::start(|| builder(&remote)).await?;
    for _ in 0..rounds {
        a_moment().await;
        server.stop();
        a_moment().await;
        blocking(|| server.start_again())?;
    }
    a_moment().await;
    let books = load.balance(builder(&remote)).await?;
    println!("{rounds} kills: {books}");
    Ok(())
}

pub(crate) fn add_to(suite: &mut Suite) {
    suite.limit(Duration::from_secs(120));
    suite.case_with(
        "nothing_is_lost_or_doubled_in_5_kills",
        OvsdbServer::available(),
        |server| Ok(block_on(kill_and_restart(server, 5))?),
    );
    suite.limit(Duration::from_secs(600));
    let need = long_run().and_then(|()| OvsdbServer::available());
    suite.case_with("nothing_is_lost_or_doubled_in_100_kills", need, |server| {
        Ok(block_on(kill_and_restart(server, 100))?)
    });
    suite.limit(Duration::from_secs(60));
}
