//! Edits of the switch on the schema of OVS 2.1.3: each works, or is refused when it is planned, for the column that
//! is missing.

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Intent, PlanOptions, guards};
use ahv_net::ovsdb_client::server::{Server, Vswitchd};
use ahv_net::ovsdb_client::vswitch;
use ahv_net::ovsdb_client::wire::Version;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use test_support::Suite;

use crate::runtime;

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

const DATABASE: &str = include_str!("../../src/embedded/reference/ovsdb.json");

/// What is done first: a second bridge with everything that an edit may be about.
fn before() -> Value {
    json!({"desired": {"bridges": [{
        "name": "br1", "ports": [{"name": "eth0", "vlan": {"access": 7}}, {"name": "int1", "type": "internal"}],
        "tunnels": [{"name": "vx1", "remote_ip": "192.0.2.1", "key": 1}],
        "patches": [{"name": "p1", "peer_bridge": "br0", "peer": "p0"}],
        "mirrors": [{"name": "m1", "output": {"port": "int1"}, "from_ports": ["eth0"]}],
        "sflow": {"targets": ["192.0.2.9:6343"]},
    }]}})
}

/// Each edit, and the column that it lacks, if it lacks one.
fn edits() -> Vec<(Value, Option<&'static str>)> {
    vec![
        (
            json!({"add_bridge": {"name": "br2", "fail_mode": "secure", "datapath_type": "netdev"}}),
            None,
        ),
        (
            json!({"add_bridge": {"name": "br2", "mtu_bytes": 9000}}),
            Some("mtu_request"),
        ),
        (
            json!({"add_bridge": {"name": "br0v20", "fake": {"parent": "br0", "vlan": 20}}}),
            None,
        ),
        (
            json!({"set_bridge": {"name": "br1", "stp": true, "other_config": {"mac-aging-time": "60"}}}),
            None,
        ),
        (
            json!({"set_bridge": {"name": "br1", "rstp": true}}),
            Some("rstp_enable"),
        ),
        (json!({"del_bridge": {"name": "br1", "if_exists": true}}), None),
        (
            json!({"add_port": {"bridge": "br1", "name": "int2", "type": "internal", "vlan": {"access": 5}}}),
            None,
        ),
        (json!({"del_port": {"name": "eth0", "if_exists": true}}), None),
        (
            json!({"add_patch": {"a": {"bridge": "br0", "port": "q0"}, "b": {"bridge": "br1", "port": "q1"}}}),
            None,
        ),
        (
            json!({"set_vlan": {"port": "tap345", "vlan": {"access": 40}}}),
            None,
        ),
        (
            json!({"set_vlan": {"port": "tap345", "vlan": {"trunk": {"vlans": [5, 6], "native": 5}}}}),
            None,
        ),
        (json!({"set_vlan": {"port": "tap345", "vlan": "clear"}}), None),
        (
            json!({"set_vlan": {"port": "tap345", "vlan": {"dot1q-tunnel": {"vlan": 9}}}}),
            Some("cvlans"),
        ),
        (
            json!({"set_bond": {"port": "up1", "bridge": "br1", "uplinks": ["eth0", "eth1"]}}),
            None,
        ),
        (
            json!({"set_bond": {"port": "bond0", "mode": "balance-tcp", "lacp": "active", "lacp_time": "fast", "lacp_fallback_ab": true, "primary": "eth2", "rebalance_interval_ms": 30000}}),
            None,
        ),
        (json!({"move_uplink": {"uplink": "eth3", "bridge": "br1"}}), None),
        (
            json!({"add_vxlan": {"bridge": "br1", "name": "vx7", "remote_ip": "192.0.2.7", "key": 7}}),
            None,
        ),
        (
            json!({"set_vxlan": {"name": "vx1", "key": "flow", "dst_port": 4790}}),
            None,
        ),
        (
            json!({"add_mirror": {"bridge": "br1", "name": "m2", "output": {"vlan": 99}, "all_ports": true}}),
            None,
        ),
        (
            json!({"del_mirror": {"bridge": "br1", "name": "m1", "if_exists": true}}),
            None,
        ),
        (
            json!({"set_sflow": {"bridge": "br0", "targets": ["192.0.2.1:6343"]}}),
            None,
        ),
        (json!({"clear_sflow": {"bridge": "br1"}}), None),
        (
            json!({"set_mtu": {"name": "bond0", "mtu_bytes": 9000}}),
            Some("mtu_request"),
        ),
        (json!({"set_mtu": {"name": "bond0"}}), Some("mtu_request")),
        (
            json!({"desired": {"bridges": [{"name": "br2", "ports": [{"name": "int2", "type": "internal", "mtu_bytes": 9000}]}]}}),
            Some("mtu_request"),
        ),
        (
            json!({"desired": {"bridges": [{"name": "br1", "absent": true}]}}),
            None,
        ),
    ]
}

pub(crate) fn cases(suite: &mut Suite) {
    for (intent, lacks) in edits() {
        suite.case(format!("schema 7.4.0: {intent}"), move || {
            runtime().block_on(check(intent, lacks)).map_err(Into::into)
        });
    }
}

async fn server() -> Result<Server, Box<dyn std::error::Error + Send + Sync>> {
    let schema = vswitch::schema(Version {
        major: 7,
        minor: 4,
        patch: 0,
    })?;
    let vswitchd = Vswitchd::with_devices(["eth0", "eth1", "eth2", "eth3", "tap345", "vnet0"]);
    let server = Server::builder()
        .database(schema)
        .vswitchd(vswitchd)
        .start()
        .await?;
    let operations: Vec<&RawValue> = serde_json::from_str(DATABASE)?;
    let made = server.transact("Open_vSwitch", operations).await?;
    assert!(made.error().is_none(), "{:?}", made.error());
    Ok(server)
}

async fn check(intent: Value, lacks: Option<&str>) -> Outcome {
    let server = server().await?;
    let host = Host::builder().ovsdb(server.remote()).connect().await?;
    let mut options = PlanOptions::new();
    options.allow = guards().iter().map(|guard| guard.id.to_owned()).collect();
    let state = tempfile::tempdir()?;
    let apply = ApplyOptions::new().state(state.path());
    let first: Intent = serde_json::from_value(before())?;
    host.apply(&host.plan(first, &options).await?, &apply).await?;

    let intent: Intent = serde_json::from_value(intent)?;
    let before = versions(&server).await?;
    let plan = match (host.plan(intent.clone(), &options).await, lacks) {
        (Ok(plan), None) => plan,
        (Err(ahv_net::Error::Plan(error)), Some(column)) => {
            assert!(error.is_unsupported(), "{error:?}");
            assert!(error.to_string().contains(column), "{error}");
            assert_eq!(versions(&server).await?, before, "something was sent");
            return Ok(());
        }
        (Ok(plan), Some(column)) => panic!("it was planned without {column}: {plan}"),
        (Err(error), _) => return Err(error.into()),
    };
    assert!(!plan.is_empty(), "nothing was planned");
    let was = configured(&server).await?;
    let report = host.apply(&plan, &apply).await?;
    assert!(report.applied);
    let again = host.plan(intent, &options).await?;
    assert!(again.is_empty(), "not done: {again}");
    host.revert(None, &apply).await?;
    assert_eq!(configured(&server).await?, was);
    Ok(())
}

/// Every row with its version, which each change of it changes.
async fn versions(server: &Server) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let tables = ["Open_vSwitch", "Bridge", "Port", "Interface", "Mirror", "sFlow"];
    rows(
        server,
        tables.map(|table| (table, vec!["_uuid", "_version"])).into(),
    )
    .await
}

/// What configures each row, but for the references between them.
async fn configured(server: &Server) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let tables = [
        (
            "Bridge",
            "name fail_mode datapath_type stp_enable other_config external_ids",
        ),
        (
            "Port",
            "name tag trunks vlan_mode bond_mode lacp other_config external_ids fake_bridge",
        ),
        ("Interface", "name type options other_config external_ids"),
        ("Mirror", "name select_all select_vlan output_vlan external_ids"),
        ("sFlow", "targets agent header sampling polling external_ids"),
    ];
    let tables = tables.map(|(table, columns)| (table, columns.split(' ').collect()));
    rows(server, tables.into()).await
}

async fn rows(
    server: &Server,
    tables: Vec<(&str, Vec<&str>)>,
) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let mut lines = Vec::new();
    for (table, columns) in tables {
        let select = json!([{"op": "select", "table": table, "where": [], "columns": columns}]);
        let found = server.transact("Open_vSwitch", select).await?;
        assert!(found.error().is_none(), "{:?}", found.error());
        let found: Vec<Value> = serde_json::from_value(serde_json::to_value(&found)?)?;
        let found = found.first().and_then(|first| first.get("rows")?.as_array());
        let found = found.ok_or("a select without rows")?;
        lines.extend(found.iter().map(|row| format!("{table} {row}")));
    }
    assert!(lines.len() > 20, "there are but {} rows", lines.len());
    lines.sort();
    Ok(lines)
}
