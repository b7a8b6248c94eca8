//! The edits of the switch on a real ovsdb-server: what the printed command does is what the plan does; an
//! undo leaves the database as it was; a second run has nothing to do.

use std::process::Command;

use ahv_net::Host;
use ahv_net::apply::ApplyOptions;
use ahv_net::edit::{Desired, Intent, Plan, PlanOptions, guards};
use serde_json::{Value, json};
use test_support::{Failure, OvsdbServer, Suite};

use crate::rows::Rows;

/// What the database holds before each edit: `ovs-vsctl`'s commands.
const BEFORE: &str = "
    add-br br0 -- add-br br1 -- add-br br0v30 br0 30 -- add-br br0v31 br0 31 -- add-port br0 tap31 tag=31
    -- add-bond br0 bond0 eth2 eth3 other_config:lacp-time=slow
    -- add-port br0 eth4 tag=7 -- add-port br0 eth5 tag=7 cvlans=3 -- add-port br1 eth11 tag=7 vlan_mode=dot1q-tunnel cvlans=3
    -- add-port br1 eth12 tag=7 vlan_mode=dot1q-tunnel cvlans=3 -- add-port br0 tap1 tag=10 -- set Interface tap1 mtu_request=1400
    -- add-bond br1 bond1 eth8 eth9 -- add-port br1 eth10
    -- add-port br0 vx1 -- set Interface vx1 type=vxlan options:remote_ip=192.0.2.1 options:key=1 options:dst_port=4790
    -- add-port br0 ghost0 -- set Interface ghost0 ofport=-1
    -- add-port br0 p0 -- set Interface p0 type=patch options:peer=p1
    -- add-port br1 p1 -- set Interface p1 type=patch options:peer=p0
    -- --id=@tap get Port tap1 -- --id=@out get Port eth4
    -- --id=@m create Mirror name=m0 select_src_port=@tap output_port=@out -- set Bridge br0 mirrors=@m
    -- --id=@s create sFlow targets=\"192.0.2.9:6343\" sampling=32 -- set Bridge br1 sflow=@s
    -- --id=@f0 create Flow_Table flow_limit=1000 -- --id=@f1 create Flow_Table flow_limit=1000
    -- set Bridge br1 flow_tables={0=@f0,1=@f1} -- --id=@a create AutoAttach system_name=s1 mappings={100=5} -- set Bridge br1 auto_attach=@a
    -- --id=@n create NetFlow targets=\"192.0.2.9:2055\" -- set Bridge br1 netflow=@n -- set-controller br1 tcp:192.0.2.9 tcp:192.0.2.10
    -- --id=@b get Bridge br1 -- --id=@i create IPFIX targets=\"192.0.2.9:4739\" -- set Bridge br1 ipfix=@i
    -- --id=@j create IPFIX targets=\"192.0.2.9:4739\" -- create Flow_Sample_Collector_Set id=1 bridge=@b ipfix=@j
    -- create Flow_Sample_Collector_Set id=2 bridge=@b ipfix=@j";

/// Each edit by its name in the report, as JSON has it.
pub(crate) fn edits() -> Vec<(&'static str, Value)> {
    vec![
        ("a bridge", json!({"add_bridge": {"name": "br2"}})),
        (
            "a bridge with everything",
            json!({"add_bridge": {"name": "br2", "fail_mode": "secure", "datapath_type": "netdev", "mtu_bytes": 9000}}),
        ),
        (
            "a bridge that is there",
            json!({"add_bridge": {"name": "br1", "fail_mode": "secure", "may_exist": true}}),
        ),
        (
            "a fake bridge",
            json!({"add_bridge": {"name": "br0v10", "fake": {"parent": "br0", "vlan": 20}, "mtu_bytes": 1400}}),
        ),
        (
            "a bridge goes",
            json!({"del_bridge": {"name": "br0", "if_exists": true}}),
        ),
        (
            "a bridge with everything that it owns goes",
            json!({"del_bridge": {"name": "br1", "if_exists": true}}),
        ),
        (
            "a fake bridge goes",
            json!({"del_bridge": {"name": "br0v30", "if_exists": true}}),
        ),
        (
            "a fake bridge goes, with the port of its VLAN",
            json!({"del_bridge": {"name": "br0v31", "if_exists": true}}),
        ),
        (
            "how a bridge works",
            json!({"set_bridge": {"name": "br0", "stp": true, "fail_mode": "standalone", "other_config": {"stp-priority": "0x7800", "hwaddr": "50:6b:8d:00:00:01"}}}),
        ),
        (
            "a port",
            json!({"add_port": {"bridge": "br0", "name": "tap2", "vlan": {"access": 40}}}),
        ),
        (
            "an internal port with a trunk",
            json!({"add_port": {"bridge": "br0", "name": "int0", "type": "internal", "vlan": {"trunk": {"vlans": [5, 6], "native": 5}}}}),
        ),
        (
            "a port goes",
            json!({"del_port": {"name": "tap1", "bridge": "br0", "if_exists": true}}),
        ),
        (
            "a bond goes",
            json!({"del_port": {"name": "bond0", "if_exists": true}}),
        ),
        (
            "a mirror's output goes",
            json!({"del_port": {"name": "eth4", "if_exists": true}}),
        ),
        ("ghost ports", json!({"del_ghost_ports": {}})),
        (
            "a patch",
            json!({"add_patch": {"a": {"bridge": "br0", "port": "q0"}, "b": {"bridge": "br1", "port": "q1"}}}),
        ),
        (
            "a bond of new uplinks",
            json!({"set_bond": {"port": "bond2", "bridge": "br1", "uplinks": ["eth6", "eth7"], "mode": "balance-slb", "updelay_ms": 200}}),
        ),
        (
            "a bond of a port and a new uplink",
            json!({"set_bond": {"port": "up", "bridge": "br0", "uplinks": ["eth4", "eth6"]}}),
        ),
        (
            "a bond of two ports",
            json!({"set_bond": {"port": "up", "bridge": "br0", "uplinks": ["eth4", "eth5"], "mode": "active-backup"}}),
        ),
        (
            "a port becomes a bond",
            json!({"set_bond": {"port": "eth4", "uplinks": ["eth4", "eth5", "eth6"]}}),
        ),
        (
            "other members",
            json!({"set_bond": {"port": "bond0", "uplinks": ["eth3", "eth4", "eth6"]}}),
        ),
        (
            "no member stays",
            json!({"set_bond": {"port": "bond0", "uplinks": ["eth6", "eth7"]}}),
        ),
        (
            "uplinks of another bridge's bond",
            json!({"set_bond": {"port": "bond0", "uplinks": ["eth2", "eth3", "eth8", "eth9", "eth10"], "take_uplinks": true}}),
        ),
        (
            "LACP on",
            json!({"set_bond": {"port": "bond0", "mode": "balance-tcp", "lacp": "active", "lacp_time": "fast", "lacp_fallback_ab": true, "primary": "eth2", "rebalance_interval_ms": 30000}}),
        ),
        (
            "a bond is split",
            json!({"move_uplink": {"uplink": "eth3", "bridge": "br1"}}),
        ),
        (
            "a bare uplink moves",
            json!({"move_uplink": {"uplink": "eth4", "bridge": "br1"}}),
        ),
        (
            "a tunnel",
            json!({"add_vxlan": {"bridge": "br0", "name": "vx7", "remote_ip": "fd00::7", "key": 7, "local_ip": "fd00::1", "dst_port": 4790, "vlan": {"access": 3}}}),
        ),
        (
            "a tunnel by flow",
            json!({"add_vxlan": {"bridge": "br0", "name": "vx7", "remote_ip": "flow", "key": "flow"}}),
        ),
        (
            "a tunnel's ends",
            json!({"set_vxlan": {"name": "vx1", "remote_ip": "192.0.2.2", "key": "flow", "local_ip": "192.0.2.3", "dst_port": null}}),
        ),
        (
            "a tunnel goes",
            json!({"del_port": {"name": "vx1", "if_exists": true}}),
        ),
        (
            "a mirror",
            json!({"add_mirror": {"bridge": "br0", "name": "m1", "output": {"vlan": 99}, "from_ports": ["tap1", "bond0"], "vlans": [5, 6]}}),
        ),
        (
            "a mirror changes",
            json!({"add_mirror": {"bridge": "br0", "name": "m0", "output": {"port": "eth5"}, "all_ports": true}}),
        ),
        (
            "a mirror goes",
            json!({"del_mirror": {"bridge": "br0", "name": "m0", "if_exists": true}}),
        ),
        (
            "sFlow",
            json!({"set_sflow": {"bridge": "br0", "targets": ["192.0.2.1:6343", "[fd00::1]:6343"], "agent": "br0", "header_bytes": 128, "sampling": 64, "polling_seconds": 10}}),
        ),
        (
            "sFlow changes",
            json!({"set_sflow": {"bridge": "br1", "targets": ["192.0.2.9:6343"], "polling_seconds": 20}}),
        ),
        ("sFlow ends", json!({"clear_sflow": {"bridge": "br1"}})),
        ("an MTU", json!({"set_mtu": {"name": "bond0", "mtu_bytes": 9000}})),
        ("an MTU goes", json!({"set_mtu": {"name": "tap1"}})),
        (
            "the host's VLAN",
            json!({"set_vlan": {"port": "br0", "vlan": {"access": 10}}}),
        ),
        (
            "a dot1q-tunnel",
            json!({"set_vlan": {"port": "tap1", "vlan": {"dot1q-tunnel": {"vlan": 9, "cvlans": [5, 6]}}}}),
        ),
        (
            "an access port that was a dot1q-tunnel",
            json!({"set_vlan": {"port": "eth5", "vlan": {"access": 9}}}),
        ),
        (
            "a bond of two dot1q-tunnels",
            json!({"set_bond": {"port": "up", "bridge": "br1", "uplinks": ["eth11", "eth12"]}}),
        ),
        (
            "a patch goes",
            json!({"desired": {"bridges": [{"name": "br0", "patches": [{"name": "p0", "peer_bridge": "br1", "peer": "p1", "absent": true}]}]}}),
        ),
        (
            "a trunk of all",
            json!({"set_vlan": {"port": "tap1", "vlan": "clear"}}),
        ),
        (
            "a desired state",
            json!({"desired": {"bridges": [
                {"name": "br0", "vlan": {"access": 10}, "stp": true,
                 "bonds": [{"name": "bond0", "uplinks": ["eth2", "eth3", "eth8"], "mode": "balance-slb", "mtu_bytes": 9000}],
                 "ports": [{"name": "tap1", "absent": true}, {"name": "int0", "type": "internal", "vlan": {"access": 5}}],
                 "tunnels": [{"name": "vx1", "key": 2}, {"name": "vx2", "remote_ip": "192.0.2.7", "key": 7}],
                 "mirrors": [{"name": "m0", "absent": true}, {"name": "m1", "output": {"port": "int0"}, "from_ports": ["bond0"]}]},
                {"name": "br2", "fail_mode": "secure",
                 "bonds": [{"name": "up2", "uplinks": ["eth6", "eth9"]}],
                 "patches": [{"name": "q2", "peer_bridge": "br0", "peer": "q0"}],
                 "ports": [{"name": "span0", "type": "internal"}],
                 "mirrors": [{"name": "m2", "output": {"port": "span0"}, "from_ports": ["up2", "q2"]}],
                 "sflow": {"targets": ["192.0.2.1:6343"]}},
                {"name": "br1", "absent": true}
            ]}}),
        ),
    ]
}

pub(crate) fn cases(suite: &mut Suite) {
    for (name, intent) in edits() {
        suite.case_with(format!("edit: {name}"), OvsdbServer::available(), |servers| {
            let by_hand = servers.clone().vswitch().start()?;
            let by_plan = servers.vswitch().start()?;
            let intent: Intent = serde_json::from_value(intent)?;
            for server in [&by_hand, &by_plan] {
                server.vsctl(&["init"])?;
                let before: Vec<&str> = BEFORE.split_whitespace().collect();
                server.vsctl(&[&["--"], before.as_slice()].concat())?;
            }
            let before = Rows::of_server(&by_plan)?;
            assert_eq!(Rows::of_server(&by_hand)?, before);
            runtime()?.block_on(check(&intent, &by_hand, &by_plan, &before))
        });
    }
    suite.case("edit: a desired state in docs is understood", || {
        let text = include_str!("../../docs/desired-state.json");
        let desired: Desired = serde_json::from_str(text)?;
        let again: Desired = serde_json::from_value(serde_json::to_value(&desired)?)?;
        assert_eq!(again, desired);
        Ok(())
    });
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(error.to_string()))
}

async fn check(
    intent: &Intent,
    by_hand: &OvsdbServer,
    by_plan: &OvsdbServer,
    before: &Rows,
) -> test_support::Outcome {
    let host = Host::builder().ovsdb(by_plan.remote()).connect().await?;
    let mut options = PlanOptions::new();
    options.allow = guards().iter().map(|guard| guard.id.to_owned()).collect();
    let state = tempfile::tempdir()?;
    let no_wait = ApplyOptions::new().no_wait().state(state.path());

    let plan = host.plan(intent.clone(), &options).await?;
    assert!(!plan.is_empty(), "nothing was planned");
    host.apply(&plan, &no_wait).await?;
    let after = Rows::of_server(by_plan)?;
    for step in &plan.steps {
        let lines = step.commands.iter().map(|fix| fix.command.as_str());
        let lines: Vec<&str> = lines.filter(|line| line.starts_with("ovs-vsctl")).collect();
        assert_eq!(lines.len(), 1, "{}: {lines:?}", step.object);
        for line in lines {
            run_by_hand(by_hand, line)?;
        }
    }
    pretty_assertions::assert_eq!(
        Rows::of_server(by_hand)?,
        after,
        "by hand is not as by plan:\n{plan}"
    );

    let again = host.plan(intent.clone(), &options).await?;
    assert!(again.is_empty(), "not done:\n{again}");
    host.apply(&again, &no_wait).await?;

    host.apply(&inverse(&plan), &no_wait).await?;
    pretty_assertions::assert_eq!(&Rows::of_server(by_plan)?, before, "not undone:\n{plan}");
    if matches!(intent, Intent::DelGhostPorts(_)) {
        // Only ovs-vswitchd finds out again that the port does not work.
        return Ok(());
    }
    // It can be done again, though the rows are others now.
    let plan = host.plan(intent.clone(), &options).await?;
    host.apply(&plan, &no_wait).await?;
    pretty_assertions::assert_eq!(Rows::of_server(by_plan)?, after, "{plan}");
    Ok(())
}

/// The plan that undoes one, whatever guards say of it.
fn inverse(plan: &Plan) -> Plan {
    let mut inverse = plan.clone();
    inverse.objections = guards()
        .iter()
        .filter_map(|guard| {
            let allowed = serde_json::json!({ "guard": guard.id, "what": "", "allowed": true });
            serde_json::from_value(allowed).ok()
        })
        .collect();
    inverse.steps.reverse();
    for step in &mut inverse.steps {
        step.change = step.change.inverse();
    }
    inverse
}

/// Runs a printed line as a shell does, on this server.
fn run_by_hand(server: &OvsdbServer, line: &str) -> Result<(), Failure> {
    let ours = format!("ovs-vsctl --db='{}' --no-wait --timeout=20", server.remote());
    let script = line.replacen("ovs-vsctl", &ours, 1);
    let output = Command::new("sh").args(["-euc", &script]).output();
    let output = output.map_err(|error| Failure::new(error.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
    }
}
