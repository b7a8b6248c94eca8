//! Whoever waits for ovs-vswitchd is told so, once, and on stderr.

use std::time::Duration;

use ovsdb_client::server::{Server, Vswitchd};
use ovsdb_client::wire::TransactResult;
use serde_json::value::RawValue;
use test_support::Suite;

use crate::command::{Example, Ran};

const SAID: &str = "waiting for ovs-vswitchd …";
const ROWS: &str = include_str!("../../ahv-net/src/embedded/reference/ovsdb.json");

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "waiting: a slow ovs-vswitchd is waited for, and that is said",
        Example::available("set_vlan"),
        |set_vlan| {
            let slow = edited(&set_vlan, Some(Duration::from_millis(1800)))?;
            assert_eq!(slow.code, Some(0), "{slow:?}");
            assert_eq!(slow.stderr.matches(SAID).count(), 1, "{slow:?}");
            assert!(
                slow.stdout.ends_with("done\n") && !slow.stdout.contains(SAID),
                "{slow:?}"
            );
            let quick = edited(&set_vlan, Some(Duration::ZERO))?;
            assert_eq!((quick.code, quick.stderr.as_str()), (Some(0), ""), "{quick:?}");
            Ok(())
        },
    );
    suite.case_with(
        "waiting: where no ovs-vswitchd is, the edit is undone, and what was waited for is said once",
        Example::available("set_vlan"),
        |set_vlan| {
            let ran = edited(&set_vlan, None)?;
            assert_eq!(ran.code, Some(1), "{ran:?}");
            assert_eq!(ran.stderr.matches(SAID).count(), 1, "{ran:?}");
            assert!(ran.stderr.contains("is it running?"), "{ran:?}");
            Ok(())
        },
    );
}

/// Edits a switch whose ovs-vswitchd takes this long to take a change in, or that has none.
fn edited(set_vlan: &Example, delay: Option<Duration>) -> Result<Ran, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let server = runtime.block_on(serve(delay))?;
    let state = tempfile::tempdir()?;
    let state = state.path().display().to_string();
    let remote = server.remote();
    let line = ["tap345", "--access", "40", "--ovsdb", &remote, "--state", &state];
    let ran = set_vlan.run(&[&line[..], &["--allow", "management-path"]].concat())?;
    drop(server);
    Ok(ran)
}

async fn serve(delay: Option<Duration>) -> Result<Server, Box<dyn std::error::Error>> {
    let mut builder = Server::builder().database(ovsdb_client::vswitch::schema(
        ovsdb_client::vswitch::FIRST_VERSION,
    )?);
    if let Some(delay) = delay {
        builder = builder.vswitchd(Vswitchd::new().delay(delay));
    }
    let server = builder.start().await?;
    let rows: Vec<&RawValue> = serde_json::from_str(ROWS)?;
    let made: TransactResult = server.transact("Open_vSwitch", rows).await?;
    match made.error() {
        Some(error) => Err(format!("{error:?}").into()),
        None => Ok(server),
    }
}
