//! What the cases share.

use std::{future::Future, time::Duration};

use ovsdb_client::{Client, wire::Operation};
use test_support::{OvsdbServer, OvsdbServerBuilder, Suite, Unavailable};

pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Checked = Result<(), Failed>;

/// How long a case waits for what should come at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Adds a case that runs on a runtime of its own.
pub(crate) fn case<F: Future<Output = Checked>>(
    suite: &mut Suite,
    name: &str,
    body: impl FnOnce() -> F + Send + 'static,
) {
    suite.case(name, || Ok(block_on(body())?));
}

/// Adds a case that needs a real ovsdb-server.
pub(crate) fn real<F: Future<Output = Checked>>(
    suite: &mut Suite,
    name: &str,
    body: impl FnOnce(OvsdbServerBuilder) -> F + Send + 'static,
) {
    let need: Result<OvsdbServerBuilder, Unavailable> = OvsdbServer::available();
    suite.case_with(name, need, |server| Ok(block_on(body(server))?));
}

pub(crate) fn block_on(body: impl Future<Output = Checked>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let result = runtime.block_on(body).map_err(|error| error.to_string());
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

/// A bridge with one port of its name, and these ports beside it, as `ovs-vsctl add-br` and `add-port` make them.
pub(crate) fn add_bridge(bridge: &str, ports: &[(&str, Option<i64>)]) -> Vec<Operation> {
    let mut text = vec![];
    let mut names = vec![];
    for (index, (name, tag)) in [(bridge, None)].iter().chain(ports).enumerate() {
        let kind = if index == 0 { ",\"type\":\"internal\"" } else { "" };
        let tag = tag.map_or(String::new(), |tag| format!(",\"tag\":{tag}"));
        text.push(format!(
            r#"{{"op":"insert","table":"Interface","uuid-name":"i{index}","row":{{"name":"{name}"{kind}}}}}"#
        ));
        text.push(format!(
            r#"{{"op":"insert","table":"Port","uuid-name":"p{index}","row":{{"name":"{name}","interfaces":["named-uuid","i{index}"]{tag}}}}}"#
        ));
        names.push(format!(r#"["named-uuid","p{index}"]"#));
    }
    text.push(format!(
        r#"{{"op":"insert","table":"Bridge","uuid-name":"b","row":{{"name":"{bridge}","ports":["set",[{}]]}}}}"#,
        names.join(",")
    ));
    text.push(
        r#"{"op":"insert","table":"Open_vSwitch","uuid-name":"o","row":{"bridges":["named-uuid","b"]}}"#
            .into(),
    );
    text.iter()
        .map(|text| serde_json::from_str(text).expect("an operation of this file"))
        .collect()
}

/// Runs operations that must succeed.
pub(crate) async fn commit(client: &Client, operations: &[Operation]) -> Checked {
    let result = client.transact(operations).await?;
    match result.error() {
        None => Ok(()),
        Some((at, error)) => Err(format!("operation {at:?}: {error}").into()),
    }
}

/// One operation from its JSON.
pub(crate) fn operation(json: &str) -> Operation {
    serde_json::from_str(json).expect("an operation of this test")
}
