//! Starting, restarting and losing a real ovsdb-server.

use std::net::TcpStream;
use std::path::PathBuf;

use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite};

const ONE_COLUMN: &str =
    r#"{"name":"Notes","version":"1.0.0","tables":{"Note":{"columns":{"text":{"type":"string"}}}}}"#;

pub(crate) fn add_to(suite: &mut Suite) {
    suite.case_with(
        "serves several databases",
        OvsdbServer::available(),
        several_databases,
    );
    suite.case_with(
        "keeps data, socket and port over a restart",
        OvsdbServer::available(),
        restart,
    );
    suite.case_with("leaves nothing behind", OvsdbServer::available(), leaves_nothing);
    suite.case_with(
        "a wrong argument fails with the server's words",
        OvsdbServer::available(),
        wrong_argument,
    );
    suite.case_with(
        "a wrong schema fails with the tool's words",
        OvsdbServer::available(),
        wrong_schema,
    );
    suite.case_with("obeys ovs-appctl and ovs-vsctl", OvsdbServer::available(), tools);
}

fn several_databases(ovsdb: OvsdbServerBuilder) -> Outcome {
    let server = ovsdb.vswitch().schema_text(ONE_COLUMN).start()?;
    let listed = server.client(&["list-dbs", &server.remote()])?;
    let mut names: Vec<&str> = listed.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["Notes", "Open_vSwitch", "_Server"]);
    Ok(())
}

fn restart(ovsdb: OvsdbServerBuilder) -> Outcome {
    let mut server = ovsdb.schema_text(ONE_COLUMN).tcp().start()?;
    let address = server.tcp_address().expect("tcp was asked for");
    let insert = r#"["Notes",{"op":"insert","table":"Note","row":{"text":"still here"}}]"#;
    server.client(&["transact", &server.remote(), insert])?;

    server.stop();
    assert!(TcpStream::connect(address).is_err());
    server.start_again()?;

    assert_eq!(server.tcp_address(), Some(address));
    let select = r#"["Notes",{"op":"select","table":"Note","where":[],"columns":["text"]}]"#;
    let remote = server.tcp_remote().expect("tcp was asked for");
    let found = server.client(&["transact", &remote, select])?;
    assert!(found.contains("still here"), "{found}");
    Ok(())
}

fn leaves_nothing(ovsdb: OvsdbServerBuilder) -> Outcome {
    let server = ovsdb.vswitch().start()?;
    let directory = server.directory().to_owned();
    let process = PathBuf::from(format!("/proc/{}", server.process().expect("it runs").id()));
    assert!(directory.exists() && process.exists());
    drop(server);
    assert!(!directory.exists() && !process.exists());
    Ok(())
}

fn wrong_argument(ovsdb: OvsdbServerBuilder) -> Outcome {
    let failure = ovsdb
        .vswitch()
        .argument("--no-such-flag")
        .start()
        .expect_err("the flag is wrong")
        .to_string();
    assert!(failure.contains("no-such-flag"), "{failure}");
    Ok(())
}

fn wrong_schema(ovsdb: OvsdbServerBuilder) -> Outcome {
    let failure = ovsdb
        .schema_text("{}")
        .start()
        .expect_err("the schema is wrong")
        .to_string();
    assert!(failure.contains("ovsdb-tool"), "{failure}");
    Ok(())
}

fn tools(ovsdb: OvsdbServerBuilder) -> Outcome {
    let server = ovsdb.vswitch().start()?;
    server.appctl(&["ovsdb-server/add-remote", "ptcp:0:127.0.0.1"])?;
    server.vsctl(&["init"])?;
    server.vsctl(&["add-br", "br0"])?;
    assert_eq!(server.vsctl(&["list-br"])?.trim(), "br0");
    Ok(())
}
