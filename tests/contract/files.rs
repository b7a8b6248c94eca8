//! Database files: ovsdb(5), ovsdb-tool(1).

use std::path::Path;

use ovsdb_client::server::{DatabaseFile, FileError, Server};
use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite, Tool};

use crate::harness::{block_on, rows};

/// Edits that write rows, differences and deletions to the file.
const EDITS: [&[&str]; 7] = [
    &["add-br", "br0"],
    &["add-port", "br0", "p1", "tag=5", "trunks=1,2,3"],
    &[
        "add-port",
        "br0",
        "p2",
        "--",
        "set",
        "interface",
        "p2",
        "type=vxlan",
        "options:remote_ip=10.0.0.1",
    ],
    &[
        "set",
        "port",
        "p1",
        "trunks=2,3,4",
        "other_config:a=b",
        "external_ids:x=häß\"lich",
    ],
    &["remove", "port", "p1", "tag", "5"],
    &["set", "bridge", "br0", "other_config:k=v", "other_config:l=w"],
    &["del-port", "p2"],
];

pub(crate) fn add(suite: &mut Suite) {
    suite.case_with(
        "files: the file of a real server loads",
        OvsdbServer::available(),
        loads,
    );
    suite.case_with(
        "files: a file that is cut off loads as far as it is whole",
        OvsdbServer::available(),
        |real| cut_off(&real),
    );
    suite.case_with(
        "files: what is saved is served by a real server",
        OvsdbServer::available(),
        saves,
    );
    suite.case_with(
        "files: a backup of ours loads in both",
        OvsdbServer::available(),
        backs_up,
    );
    suite.case_with(
        "files: the file of a cluster is refused",
        Tool::OVSDB_TOOL.find(),
        |_| refuses_a_cluster(),
    );
}

/// A stopped real server whose file holds the edits.
fn edited(real: OvsdbServerBuilder) -> Result<OvsdbServer, Box<dyn std::error::Error>> {
    let server = real.vswitch().start()?;
    for edit in EDITS {
        server.vsctl(edit)?;
    }
    Ok(server)
}

fn loads(real: OvsdbServerBuilder) -> Outcome {
    let mut real = edited(real).map_err(|error| error.to_string())?;
    let expected = rows(&real.socket())?;
    real.stop();
    for compact in [false, true] {
        let path = real.databases().first().ok_or("no file")?;
        if compact {
            Tool::OVSDB_TOOL.run(&["-vsyslog:off", "compact", &path.display().to_string()])?;
        }
        let file = DatabaseFile::load(path)?;
        assert_eq!(file.damage(), None);
        assert_eq!(serve(file)?, expected);
    }
    Ok(())
}

fn cut_off(real: &OvsdbServerBuilder) -> Outcome {
    let mut whole = edited(real.clone()).map_err(|error| error.to_string())?;
    whole.stop();
    let bytes = std::fs::read(whole.databases().first().ok_or("no file")?)?;
    let last = bytes.len();
    let directory = tempfile::tempdir()?;
    for (number, cut) in [last - 1, last - 40, last - 300, last - 900]
        .into_iter()
        .enumerate()
    {
        let path = directory.path().join(format!("{number}.db"));
        std::fs::write(&path, bytes.get(..cut).unwrap_or_default())?;
        let file = DatabaseFile::load(&path)?;
        assert!(file.damage().is_some_and(|damage| damage.offset < cut), "{cut}");
        let theirs = real.clone().database(&path).start()?;
        assert_eq!(serve(file)?, rows(&theirs.socket())?, "{cut} of {last} bytes");
    }
    Ok(())
}

fn saves(real: OvsdbServerBuilder) -> Outcome {
    let mut edited = edited(real.clone()).map_err(|error| error.to_string())?;
    let expected = rows(&edited.socket())?;
    edited.stop();
    let file = DatabaseFile::load(edited.databases().first().ok_or("no file")?)?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("saved.db");
    block_on(async {
        let server = Server::builder().database_file(file).start().await?;
        server.save("Open_vSwitch", &path)?;
        Ok::<_, Box<dyn std::error::Error>>(())
    })
    .map_err(|error| error.to_string())?;
    let path_text = path.display().to_string();
    assert_eq!(
        Tool::OVSDB_TOOL.run(&["db-name", &path_text])?.trim(),
        "Open_vSwitch"
    );
    Tool::OVSDB_TOOL.run(&["show-log", &path_text])?;
    let theirs = real.database(&path).start()?;
    assert_eq!(rows(&theirs.socket())?, expected);
    Ok(())
}

fn backs_up(real: OvsdbServerBuilder) -> Outcome {
    let mut edited = edited(real.clone()).map_err(|error| error.to_string())?;
    let expected = rows(&edited.socket())?;
    edited.stop();
    let file = DatabaseFile::load(edited.databases().first().ok_or("no file")?)?;
    let directory = tempfile::tempdir()?;
    let socket = directory.path().join("db.sock");
    let server = block_on(Server::builder().database_file(file).listen_unix(&socket).start())?;
    let backup = Tool::OVSDB_CLIENT.run(&["--timeout=10", "backup", &server.remote(), "Open_vSwitch"])?;
    let path = directory.path().join("backup.db");
    std::fs::write(&path, backup)?;
    assert_eq!(serve(DatabaseFile::load(&path)?)?, expected);
    let theirs = real.database(&path).start()?;
    assert_eq!(rows(&theirs.socket())?, expected);
    Ok(())
}

fn refuses_a_cluster() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("cluster.db");
    let schema = Path::new("/usr/share/openvswitch/vswitch.ovsschema");
    let (path_text, schema) = (path.display().to_string(), schema.display().to_string());
    Tool::OVSDB_TOOL.run(&[
        "-vsyslog:off",
        "create-cluster",
        &path_text,
        &schema,
        "tcp:127.0.0.1:6643",
    ])?;
    match DatabaseFile::load(&path) {
        Err(FileError::Clustered) => Ok(()),
        other => Err(format!("not refused: {other:?}").into()),
    }
}

fn serve(file: DatabaseFile) -> Result<Vec<String>, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let socket = directory.path().join("db.sock");
    let server = block_on(Server::builder().database_file(file).listen_unix(&socket).start());
    let server = server.map_err(|error| error.to_string())?;
    let rows = rows(&socket);
    drop(server);
    rows
}
