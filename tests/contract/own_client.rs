//! This workspace's own client on both servers.

use std::time::Duration;

use ovsdb_client::{
    Client,
    replica::Selection,
    vswitch::{Bridge, Interface, OpenVSwitch, Port},
    wire::Operation,
};
use serde_json::{Value, json};
use test_support::{Outcome, OvsdbServer, OvsdbServerBuilder, Suite};

use crate::harness::{block_on, both};

type Says = Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>;

/// How long a change may take to arrive.
const SOON: Duration = Duration::from_secs(10);

macro_rules! scenario {
    ($suite:expr, $name:literal, $scenario:path) => {
        $suite.case_with(concat!("own_client: ", $name), OvsdbServer::available(), |real| {
            agree(real, |remote| block_on($scenario(remote)))
        });
    };
}

pub(crate) fn add(suite: &mut Suite) {
    scenario!(suite, "databases and schemas", schemas);
    scenario!(suite, "results of transactions", results);
    scenario!(suite, "a replica follows", follows);
    scenario!(suite, "conditions of a replica change", conditions);
    scenario!(suite, "locks", locks);
    scenario!(suite, "a transaction waits for another client", waits);
}

fn agree(real: OvsdbServerBuilder, act: impl Fn(String) -> Says) -> Outcome {
    let (theirs, ours) = both(real, |socket| {
        act(format!("unix:{}", socket.display())).map_err(|error| error.to_string())
    })?;
    assert!(!theirs.is_empty(), "the scenario says nothing");
    assert_eq!(theirs, ours, "real, then ours");
    Ok(())
}

fn operations(json: Value) -> Result<Vec<Operation>, serde_json::Error> {
    serde_json::from_value(json)
}

/// A bridge with two ports, of which one has a tag.
fn bridge() -> Value {
    json!([
        {"op": "insert", "table": "Interface", "row": {"name": "p1"}, "uuid-name": "i1"},
        {"op": "insert", "table": "Interface", "row": {"name": "p2"}, "uuid-name": "i2"},
        {"op": "insert", "table": "Port", "row": {"name": "p1", "tag": 5, "interfaces": ["named-uuid", "i1"]},
         "uuid-name": "p1"},
        {"op": "insert", "table": "Port", "row": {"name": "p2", "interfaces": ["named-uuid", "i2"]}, "uuid-name": "p2"},
        {"op": "insert", "table": "Bridge", "row": {"name": "br0",
         "ports": ["set", [["named-uuid", "p1"], ["named-uuid", "p2"]]]}, "uuid-name": "b"},
        {"op": "insert", "table": "Open_vSwitch", "row": {"bridges": ["named-uuid", "b"]}},
    ])
}

async fn schemas(remote: String) -> Says {
    let client = Client::connect(&remote).await?;
    let mut says = client.list_dbs().await?;
    says.sort();
    for name in ["Demo", "Open_vSwitch", "_Server"] {
        says.push(serde_json::to_string(&client.get_schema(name).await?)?);
    }
    says.extend(
        client
            .get_schema("Gone")
            .await
            .err()
            .map(|error| error.to_string()),
    );
    Ok(says)
}

async fn results(remote: String) -> Says {
    let client = Client::connect(&remote).await?;
    let mut says = Vec::new();
    for json in [
        bridge(),
        json!([{"op": "select", "table": "Port", "where": [["tag", "==", 5]], "columns": ["name", "tag"]}]),
        json!([{"op": "update", "table": "Port", "where": [["name", "==", "p1"]], "row": {"tag": ["set", []]}}]),
        json!([{"op": "update", "table": "Port", "where": [], "row": {"tag": 5000}}]),
        json!([{"op": "delete", "table": "Port", "where": [["name", "==", "p1"]]}]),
        json!([{"op": "comment", "comment": "x"}, {"op": "abort"}, {"op": "comment", "comment": "y"}]),
    ] {
        let result = client.transact(&operations(json)?).await?;
        let kinds = result.operations.iter().map(|result| match result {
            ovsdb_client::wire::OperationResult::Inserted(_) => "inserted".to_owned(),
            other => format!("{other:?}"),
        });
        says.push(kinds.collect::<Vec<_>>().join("; "));
        says.extend(result.commit_error.map(|error| error.error));
    }
    Ok(says)
}

/// The ports that a replica holds.
fn ports(snapshot: &ovsdb_client::replica::Snapshot) -> Result<String, ovsdb_client::table::ColumnError> {
    let mut ports = Vec::new();
    for port in snapshot.rows::<Port>()? {
        ports.push(format!("{} {:?} {:?}", port.name()?, port.tag()?, port.trunks()?));
    }
    ports.sort();
    Ok(ports.join("; "))
}

async fn follows(remote: String) -> Says {
    let client = Client::connect(&remote).await?;
    let other = Client::connect(&remote).await?;
    let selection = Selection::new()
        .table::<OpenVSwitch>()
        .table::<Bridge>()
        .table::<Port>()
        .table::<Interface>();
    let replica = client.monitor(selection).await?;
    let mut says = vec![ports(&replica.snapshot())?];
    client.transact(&operations(bridge())?).await?;
    says.push(ports(&replica.snapshot())?);
    for row in [
        json!({"tag": 7}),
        json!({"trunks": ["set", [1, 2, 3]]}),
        json!({"trunks": ["set", [2, 9]], "tag": ["set", []]}),
    ] {
        let update = json!([{"op": "update", "table": "Port", "where": [["name", "==", "p1"]], "row": row}]);
        client.transact(&operations(update)?).await?;
        says.push(ports(&replica.snapshot())?);
    }
    let cut = json!([{"op": "update", "table": "Bridge", "where": [], "row": {"ports": ["set", []]}}]);
    other.transact(&operations(cut)?).await?;
    let none = |snapshot: &ovsdb_client::replica::Snapshot| {
        snapshot
            .rows::<Port>()
            .ok()
            .and_then(|mut rows| rows.next().is_none().then_some(()))
    };
    replica.wait_for(SOON, none).await?;
    says.push(ports(&replica.snapshot())?);
    Ok(says)
}

async fn conditions(remote: String) -> Says {
    use ovsdb_client::replica::TableSelection;
    let client = Client::connect(&remote).await?;
    client.transact(&operations(bridge())?).await?;
    let narrow =
        |name: &str| Selection::new().with(TableSelection::<Port>::new().rows_where(Port::NAME.equals(name)));
    let replica = client.monitor(narrow("p1")).await?;
    let mut says = vec![ports(&replica.snapshot())?];
    for selection in [narrow("p2"), Selection::new().table::<Port>()] {
        replica.set_conditions(&selection).await?;
        says.push(ports(&replica.snapshot())?);
    }
    Ok(says)
}

async fn locks(remote: String) -> Says {
    let [first, second] = [Client::connect(&remote).await?, Client::connect(&remote).await?];
    let mut held = first.lock("the_lock").await?;
    held.held(SOON).await?;
    let mut waiting = second.lock("the_lock").await?;
    let mut says = vec![format!("{:?} {:?}", held.status(), waiting.status())];
    let assert = json!([{"op": "assert", "lock": "the_lock"}]);
    for client in [&first, &second] {
        says.push(format!(
            "{:?}",
            client.transact(&operations(assert.clone())?).await?
        ));
    }
    drop(held);
    waiting.held(SOON).await?;
    says.push(format!("{:?}", second.transact(&operations(assert)?).await?));
    Ok(says)
}

async fn waits(remote: String) -> Says {
    let [first, second] = [Client::connect(&remote).await?, Client::connect(&remote).await?];
    let wait = operations(json!([
        {"op": "wait", "table": "Bridge", "where": [["name", "==", "br0"]], "columns": ["name"], "until": "==",
         "rows": [{"name": "br0"}], "timeout": 10000},
        {"op": "select", "table": "Bridge", "where": [], "columns": ["name"]},
    ]))?;
    let bridge = operations(bridge())?;
    let (waited, made) = tokio::join!(first.transact(&wait), second.transact(&bridge));
    Ok(vec![
        format!("{:?}", waited?),
        made?.error().is_none().to_string(),
    ])
}
