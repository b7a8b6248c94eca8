//! Two readers of `conf.db`: the one that shows what a damaged file still holds, and the in-memory server's, which serves
//! it. Of a whole file both say the same.

use std::fs;

use ahv_net::Host;
use ahv_net::topology::{Bridge, Topology};
use ovsdb_client::server::{DatabaseFile, Server};
use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite};

/// Edits that write rows, differences and deletions to the log.
const EDITS: [&[&str]; 6] = [
    &["add-br", "br0", "--", "set", "bridge", "br0", "fail_mode=secure"],
    &[
        "add-port",
        "br0",
        "p1",
        "tag=5",
        "trunks=1,2,3",
        "--",
        "set",
        "interface",
        "p1",
        "type=internal",
    ],
    &[
        "add-bond",
        "br0",
        "bond0",
        "eth2",
        "eth3",
        "bond_mode=active-backup",
        "other_config:a=b",
    ],
    &["set", "port", "p1", "trunks=2,3,4", "external_ids:x=häß\"lich"],
    &["set-controller", "br0", "tcp:127.0.0.1:6633"],
    &["remove", "port", "p1", "tag", "5"],
];

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "conf.db: what is shown of a file is what a server of it shows",
        OvsdbServer::available(),
        same,
    );
}

fn same(real: OvsdbServerBuilder) -> Outcome {
    let mut real = real.vswitch().start()?;
    for edit in EDITS {
        real.vsctl(edit)?;
    }
    real.stop();
    let path = real.databases().first().ok_or("no file")?;
    let directory = tempfile::tempdir()?;
    fs::copy(path, directory.path().join("conf.db"))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (shown, served) = runtime
        .block_on(async {
            let shown = Host::builder().offline(directory.path()).connect().await?;
            let server = Server::builder()
                .database_file(DatabaseFile::load(path)?)
                .start()
                .await?;
            let served = Host::builder().ovsdb(server.remote()).connect().await?;
            Ok::<_, Box<dyn std::error::Error>>((shown.show().await?, served.show().await?))
        })
        .map_err(|error| error.to_string())?;
    let bridges = |topology: &Topology| -> Result<String, serde_json::Error> {
        let mut bridges: Vec<Bridge> = topology.bridges.clone();
        for controller in bridges.iter_mut().flat_map(|bridge| &mut bridge.controllers) {
            // Ephemeral: no file has it.
            controller.is_connected = None;
        }
        serde_json::to_string_pretty(&bridges)
    };
    assert!(shown.port("bond0").is_some(), "the file is read at all");
    pretty_assertions::assert_eq!(bridges(&shown)?, bridges(&served)?);
    assert_eq!(shown.host.ovs_uuid, served.host.ovs_uuid);
    Ok(())
}
