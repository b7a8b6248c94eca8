//! The rows of a switch, as cases compare them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use test_support::{Failure, Lab, OvsdbServer};

const TABLES: [&str; 14] = [
    "Open_vSwitch",
    "Bridge",
    "Port",
    "Interface",
    "Mirror",
    "sFlow",
    "NetFlow",
    "IPFIX",
    "QoS",
    "Queue",
    "Controller",
    "Flow_Table",
    "AutoAttach",
    "Flow_Sample_Collector_Set",
];

/// What Open vSwitch fills in by itself: ovs-vswitchd.conf.db(5) calls it status. Each is named by its table
/// where another table has a column of that name which configures something.
const STATUS: [&str; 34] = [
    "admin_state",
    "bfd_status",
    "bond_active_slave",
    "cfm_fault",
    "cfm_fault_status",
    "cfm_flap_count",
    "cfm_health",
    "cfm_mpid",
    "cfm_remote_mpids",
    "cfm_remote_opstate",
    "cur_cfg",
    "datapath_id",
    "datapath_types",
    "datapath_version",
    "datapaths",
    "duplex",
    "error",
    "iface_types",
    "ifindex",
    "is_connected",
    "lacp_current",
    "link_resets",
    "link_speed",
    "link_state",
    "mac_in_use",
    "Interface mtu",
    "next_cfg",
    "ofport",
    "role",
    "rstp_statistics",
    "rstp_status",
    "statistics",
    "status",
    "dpdk_initialized",
];

/// Every column of every row that is compared, a line each, with rows by their names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rows(BTreeSet<String>);

impl Rows {
    /// Of a server without an ovs-vswitchd: everything but the number that each new port gets.
    pub(crate) fn of_server(server: &OvsdbServer) -> Result<Self, Failure> {
        let answer = server.client(&["transact", &server.remote(), &selects()])?;
        Self::read(&answer, |_, column| column == "ofport")
    }

    /// Of a running switch: every column that configures something.
    pub(crate) fn of_lab(lab: &Lab) -> Result<Self, Failure> {
        let answer = lab.run(&["ovsdb-client", "transact", lab.ovsdb(), &selects()])?;
        Self::read(&answer, |table, column| {
            STATUS.contains(&column) || STATUS.contains(&format!("{table} {column}").as_str())
        })
    }

    fn read(answer: &str, is_left_out: impl Fn(&str, &str) -> bool) -> Result<Self, Failure> {
        let answer: Vec<Value> =
            serde_json::from_str(answer).map_err(|error| Failure::new(error.to_string()))?;
        let mut rows = Vec::new();
        for (table, result) in TABLES.iter().zip(&answer) {
            let found = result.get("rows").and_then(Value::as_array).cloned();
            let found = found.ok_or_else(|| Failure::new(format!("no rows of {table} in {result}")))?;
            rows.extend(found.into_iter().map(|row| (*table, row)));
        }
        let labels: BTreeMap<String, String> = rows
            .iter()
            .filter_map(|(table, row)| {
                let uuid = row.pointer("/_uuid/1")?.as_str()?.to_owned();
                let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
                Some((uuid, format!("{table} {name}")))
            })
            .collect();
        let mut lines = BTreeSet::new();
        for (table, row) in &rows {
            let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
            for (column, value) in row.as_object().into_iter().flatten() {
                if !column.starts_with('_') && !is_left_out(table, column) {
                    lines.insert(format!("{table} {name} {column} = {}", plain(value, &labels)));
                }
            }
        }
        Ok(Self(lines))
    }
}

/// The transaction that reads every table.
fn selects() -> String {
    let mut operations = vec![json!("Open_vSwitch")];
    operations.extend(TABLES.map(|table| json!({"op": "select", "table": table, "where": []})));
    Value::from(operations).to_string()
}

/// A datum with its rows named and its elements in one order.
fn plain(value: &Value, labels: &BTreeMap<String, String>) -> String {
    let Some([kind, what]) = value.as_array().map(Vec::as_slice) else {
        return value.to_string();
    };
    match (kind.as_str(), what) {
        (Some("uuid"), Value::String(uuid)) => labels.get(uuid).unwrap_or(uuid).clone(),
        (Some("set" | "map"), Value::Array(elements)) => {
            let mut elements: Vec<String> = elements.iter().map(|element| plain(element, labels)).collect();
            elements.sort();
            format!("[{}]", elements.join(", "))
        }
        _ => format!("{} -> {}", plain(kind, labels), plain(what, labels)),
    }
}
