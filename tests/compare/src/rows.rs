//! The rows that the server is filled with, and requests as prepared bytes.

use std::fmt::Write as _;
use std::path::Path;

use test_support::PACKAGED_SCHEMA;

use crate::Failure;
use crate::floor::Floor;

/// How many ports one filling transaction inserts.
const BATCH: usize = 2_500;

pub(crate) const BRIDGE: &str = "br0";

pub(crate) fn port_name(number: usize) -> String {
    format!("tap{number}")
}

/// Makes the root row, a bridge, and this many ports with an interface each.
pub(crate) fn fill(socket: &Path, ports: usize) -> Result<(), Failure> {
    let mut floor = Floor::connect(socket)?;
    floor.ask(
        br#"{"id":0,"method":"transact","params":["Open_vSwitch",
        {"op":"insert","table":"Open_vSwitch","row":{"bridges":["named-uuid","b"]}},
        {"op":"insert","table":"Bridge","uuid-name":"b","row":{"name":"br0"}}]}"#,
    )?;
    for start in (0..ports).step_by(BATCH) {
        let end = ports.min(start + BATCH);
        floor.ask(insert(start..end).as_bytes())?;
    }
    Ok(())
}

fn insert(numbers: std::ops::Range<usize>) -> String {
    let mut request = String::from(r#"{"id":0,"method":"transact","params":["Open_vSwitch""#);
    let mut names = String::new();
    for number in numbers {
        let name = port_name(number);
        let (high, middle, low) = (number >> 16 & 255, number >> 8 & 255, number & 255);
        let tag = number % 4094 + 1;
        let _ = write!(
            request,
            r#",{{"op":"insert","table":"Interface","uuid-name":"i{number}","row":{{"name":"{name}","ofport":{number},"mac_in_use":"fe:6b:8d:{high:02x}:{middle:02x}:{low:02x}","admin_state":"up","external_ids":["map",[["attached-mac","50:6b:8d:{high:02x}:{middle:02x}:{low:02x}"],["iface-id","{number:08x}-4c1e-4f8a-8b7d-2e5a9c3f1b60"],["iface-status","active"]]]}}}},{{"op":"insert","table":"Port","uuid-name":"p{number}","row":{{"name":"{name}","tag":{tag},"interfaces":["named-uuid","i{number}"]}}}}"#,
        );
        let comma = if names.is_empty() { "" } else { "," };
        let _ = write!(names, r#"{comma}["named-uuid","p{number}"]"#);
    }
    let _ = write!(
        request,
        r#",{{"op":"mutate","table":"Bridge","where":[["name","==","{BRIDGE}"]],"mutations":[["ports","insert",["set",[{names}]]]]}}]}}"#
    );
    request
}

/// Monitors every column of both tables, as the client does: those of the packaged schema, by name, for without names
/// the server sends `_version` too.
pub(crate) fn monitor() -> Result<String, Failure> {
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(PACKAGED_SCHEMA)?)?;
    let columns = |table: &str| {
        let columns = schema.pointer(&format!("/tables/{table}/columns"));
        let columns = columns
            .and_then(serde_json::Value::as_object)
            .ok_or("the schema lacks a table")?;
        let names: Vec<&String> = columns.keys().collect();
        Ok::<_, Failure>(serde_json::json!([{ "columns": names }]))
    };
    let tables = serde_json::json!({"Port": columns("Port")?, "Interface": columns("Interface")?});
    Ok(format!(
        r#"{{"id":1,"method":"monitor_cond_since","params":["Open_vSwitch",1,{tables},"00000000-0000-0000-0000-000000000000"]}}"#
    ))
}

/// The row of a port.
pub(crate) fn uuid_of_port(floor: &mut Floor, number: usize) -> Result<String, Failure> {
    let name = port_name(number);
    let request = format!(
        r#"{{"id":0,"method":"transact","params":["Open_vSwitch",{{"op":"select","table":"Port","where":[["name","==","{name}"]],"columns":["_uuid"]}}]}}"#
    );
    let reply = String::from_utf8(floor.ask(request.as_bytes())?)?;
    let (_, rest) = reply.split_once(r#"["uuid",""#).ok_or("that port is not there")?;
    let (uuid, _) = rest.split_once('"').ok_or("the reply has no end")?;
    Ok(uuid.to_owned())
}

/// The operation that is measured: it changes one column of one row.
pub(crate) fn small_operation(uuid: &str, tag: usize) -> String {
    format!(
        r#"{{"op":"update","table":"Port","where":[["_uuid","==",["uuid","{uuid}"]]],"row":{{"tag":{}}}}}"#,
        tag % 4000 + 1
    )
}

/// A request of [`small_operation`]; ids of seven digits make replies of one length.
pub(crate) fn small_request(uuid: &str, number: usize) -> String {
    let id = 1_000_000 + number;
    let operation = small_operation(uuid, number);
    format!(r#"{{"id":{id},"method":"transact","params":["Open_vSwitch",{operation}]}}"#)
}
