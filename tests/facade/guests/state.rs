//! The lab as its own tools print it, without what changes by itself.

use std::collections::BTreeMap;

use serde_json::Value;
use test_support::{Failure, Lab};

/// Every definition of libvirt's, and every row of the switch.
#[derive(Debug, PartialEq)]
pub(crate) struct State {
    /// `virsh dumpxml --inactive` and `net-dumpxml --inactive`, byte for byte.
    pub(crate) definitions: BTreeMap<String, String>,
    /// Whether networks and domains run and start by themselves, as virsh lists them.
    lists: Vec<String>,
    /// Rows of the switch by table and name, column by column.
    pub(crate) rows: BTreeMap<String, BTreeMap<String, String>>,
}

/// Columns that say how things are, and identities that a row which was made again does not keep.
const NOT_CONFIGURED: [&str; 21] = [
    "_uuid",
    "_version",
    "admin_state",
    "bridges",
    "duplex",
    "error",
    "ifindex",
    "interfaces",
    "lacp_current",
    "link_resets",
    "link_speed",
    "link_state",
    "mac_in_use",
    "mtu",
    "ofport",
    "ports",
    "rstp_statistics",
    "rstp_status",
    "statistics",
    "status",
    "bond_active_slave",
];

impl State {
    pub(crate) fn of(lab: &Lab) -> Result<Self, Failure> {
        let mut definitions = BTreeMap::new();
        for (list, dump) in [("list", "dumpxml"), ("net-list", "net-dumpxml")] {
            let names = lab.run(&["virsh", list, "--all", "--name"])?;
            for name in names.lines().map(str::trim).filter(|name| !name.is_empty()) {
                let xml = lab.run(&["virsh", dump, "--inactive", name])?;
                definitions.insert(format!("{dump} {name}"), xml);
            }
        }
        let lists = vec![lab.run(&["virsh", "net-list", "--all"])?];
        let (mut rows, guests) = (BTreeMap::new(), guests(lab)?);
        for table in ["Bridge", "Port", "Interface", "Mirror", "QoS"] {
            rows.extend(read(lab, table, &guests)?);
        }
        Ok(Self {
            definitions,
            lists,
            rows,
        })
    }
}

/// The hardware address behind each tap: libvirt numbers taps anew whenever it plugs a NIC in.
fn guests(lab: &Lab) -> Result<BTreeMap<String, String>, Failure> {
    let mut guests = BTreeMap::new();
    for row in list(lab, "Interface")? {
        let name = row.get("name").cloned().unwrap_or_default();
        let ids = row.get("external_ids").map_or("", String::as_str);
        let mac = ids
            .split_once("[\"attached-mac\",")
            .and_then(|(_, rest)| rest.split('"').nth(1));
        if let Some(mac) = mac
            && name.starts_with("\"vnet")
        {
            guests.insert(name, format!("\"tap of {mac}\""));
        }
    }
    Ok(guests)
}

fn read(
    lab: &Lab,
    table: &str,
    guests: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
    let mut rows = BTreeMap::new();
    for row in list(lab, table)? {
        let columns: BTreeMap<String, String> = row
            .into_iter()
            .map(|(column, cell)| {
                let cell = guests.get(&cell).cloned().unwrap_or(cell);
                (column, cell)
            })
            .collect();
        let name = columns.get("name").or_else(|| columns.get("_uuid")).cloned();
        let kept = columns
            .into_iter()
            .filter(|(column, _)| !NOT_CONFIGURED.contains(&column.as_str()));
        rows.insert(format!("{table} {}", name.unwrap_or_default()), kept.collect());
    }
    Ok(rows)
}

/// The rows of a table, column by column.
fn list(lab: &Lab, table: &str) -> Result<Vec<BTreeMap<String, String>>, Failure> {
    let text = lab.run(&["ovs-vsctl", "--format=json", "list", table])?;
    let wrong = || Failure::new(format!("ovs-vsctl printed another form of {table}"));
    let json: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
    let array = |name: &str| json.get(name).and_then(Value::as_array).ok_or_else(wrong);
    let (headings, data) = (array("headings")?, array("data")?);
    data.iter()
        .map(|cells| {
            let cells = cells.as_array().ok_or_else(wrong)?;
            Ok(headings
                .iter()
                .zip(cells)
                .map(|(heading, cell)| (heading.as_str().unwrap_or_default().to_owned(), cell.to_string()))
                .collect())
        })
        .collect()
}

/// A column of a port: `tag`, as `ovs-vsctl get` prints it.
pub(crate) fn column(lab: &Lab, port: &str, column: &str) -> Result<String, Failure> {
    Ok(lab
        .run(&["ovs-vsctl", "get", "Port", port, column])?
        .trim()
        .to_owned())
}

/// The `<interface>` of a hardware address, live or as it is defined; `None` where there is none.
pub(crate) fn nic(lab: &Lab, domain: &str, mac: &str, live: bool) -> Result<Option<String>, Failure> {
    let mut line = vec!["virsh", "dumpxml", domain];
    if !live {
        line.push("--inactive");
    }
    let xml = lab.run(&line)?;
    let nics = xml.split("<interface ").skip(1);
    let nic = nics
        .filter_map(|rest| rest.split_once("</interface>"))
        .map(|(nic, _)| format!("<interface {nic}</interface>"))
        .find(|nic| nic.contains(&format!("<mac address='{mac}'/>")));
    Ok(nic)
}

/// The port whose interface bears this hardware address.
pub(crate) fn port_of(lab: &Lab, mac: &str) -> Result<String, Failure> {
    let found = lab.run(&[
        "ovs-vsctl",
        "--bare",
        "--columns=name",
        "find",
        "Interface",
        &format!("external_ids:attached-mac=\"{mac}\""),
    ])?;
    match found.trim() {
        "" => Err(Failure::new(format!("no port has the NIC {mac}"))),
        name => Ok(name.to_owned()),
    }
}
