//! Three real servers that form a Raft cluster over unix sockets.

use std::path::Path;
use std::time::Duration;

use test_support::{
    Outcome, OvsdbServer, OvsdbServerBuilder, PACKAGED_SCHEMA, Suite, ovsdb_tool, wait_until,
};

pub(crate) fn add_to(suite: &mut Suite) {
    suite.case_with(
        "a cluster of three forms and replicates",
        OvsdbServer::available(),
        |ovsdb| replicates(&ovsdb),
    );
}

fn replicates(ovsdb: &OvsdbServerBuilder) -> Outcome {
    let directory = tempfile::tempdir()?;
    let file = |name: &str| directory.path().join(name);
    let raft = |number: u8| format!("unix:{}", file(&format!("raft{number}")).display());
    ovsdb_tool::create_cluster(&file("1.db"), Path::new(PACKAGED_SCHEMA), &raft(1))?;
    for number in [2, 3] {
        let database = file(&format!("{number}.db"));
        ovsdb_tool::join_cluster(&database, "Open_vSwitch", &raft(number), &[&raft(1)])?;
    }
    let servers = [1, 2, 3]
        .into_iter()
        .map(|number| ovsdb.clone().database(file(&format!("{number}.db"))).start())
        .collect::<Result<Vec<_>, _>>()?;
    for server in &servers {
        server.client(&["wait", &server.remote(), "Open_vSwitch", "connected"])?;
    }
    let [first, .., last] = servers.as_slice() else {
        panic!("three servers were started")
    };
    first.vsctl(&["init"])?;
    first.vsctl(&["add-br", "br0"])?;
    wait_until("the last member has the bridge", Duration::from_secs(20), || {
        let bridges = last.vsctl(&["--no-leader-only", "list-br"])?;
        Ok((bridges.trim() == "br0").then_some(()))
    })?;
    Ok(())
}
