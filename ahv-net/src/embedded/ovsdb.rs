use ovsdb_client::server::{Server, StartError, Vswitchd};
use ovsdb_client::vswitch;
use ovsdb_client::wire::Version;
use serde_json::value::RawValue;

/// The schema of OVS 2.1.3, which the captures are of.
const SCHEMA: Version = Version {
    major: 7,
    minor: 4,
    patch: 0,
};

/// One transaction that makes the database of the captures.
const TRANSACTION: &str = include_str!("reference/ovsdb.json");

/// The devices that the captures show and that may be on Open vSwitch.
const DEVICES: [&str; 6] = ["eth0", "eth1", "eth2", "eth3", "tap345", "vnet0"];

/// Starts the in-memory server on a loopback port, with the reference host's database.
///
/// # Errors
/// When no loopback socket can be opened.
#[expect(
    clippy::expect_used,
    reason = "the file and the schema are part of this workspace, and a test reads them"
)]
pub(crate) async fn ovsdb() -> Result<Server, StartError> {
    let schema = vswitch::schema(SCHEMA).expect("7.4.0 is the oldest schema of the facts");
    let vswitchd = Vswitchd::with_devices(DEVICES);
    let server = Server::builder()
        .database(schema)
        .vswitchd(vswitchd)
        .start()
        .await?;
    let operations: Vec<&RawValue> =
        serde_json::from_str(TRANSACTION).expect("ovsdb.json is a list of operations");
    let result = server
        .transact("Open_vSwitch", operations)
        .await
        .expect("the server runs and has the database");
    assert!(
        result.error().is_none(),
        "ovsdb.json does not fit the schema: {:?}",
        result.error()
    );
    Ok(server)
}
