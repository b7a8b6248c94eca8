//! The `_Server` database: ovsdb-server(5).

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case("its schema", r#"a get_schema ["_Server"]"#),
    case(
        "what it says of the databases",
        r#"a transact ["_Server",{"op":"select","table":"Database","where":[],"columns":["name","model","connected","leader","cid","sid","index"]}]"#,
    ),
    case(
        "the schemas that it holds",
        r#"a transact ["_Server",{"op":"select","table":"Database","where":[["name","==","Demo"]],"columns":["schema"]}]"#,
    ),
    case(
        "the schema of Open_vSwitch that it holds",
        r#"a transact ["_Server",{"op":"select","table":"Database","where":[["name","==","Open_vSwitch"]],"columns":["schema"]}]"#,
    ),
    case(
        "its own schema that it holds",
        r#"a transact ["_Server",{"op":"select","table":"Database","where":[["name","==","_Server"]],"columns":["schema"]}]"#,
    ),
    case(
        "no insert",
        r#"a transact ["_Server",{"op":"insert","table":"Database","row":{}}]"#,
    ),
    case(
        "no update",
        r#"a transact ["_Server",{"op":"update","table":"Database","where":[],"row":{"leader":false}}]"#,
    ),
    case(
        "no mutation",
        r#"a transact ["_Server",{"op":"mutate","table":"Database","where":[],"mutations":[]}]"#,
    ),
    case(
        "no deletion",
        r#"a transact ["_Server",{"op":"delete","table":"Database","where":[]}]"#,
    ),
    case(
        "a wait",
        r#"a transact ["_Server",{"op":"wait","table":"Database","where":[["name","==","Demo"]],"columns":["leader"],"until":"==","rows":[{"leader":true}],"timeout":0}]"#,
    ),
    case(
        "a monitor",
        r#"a monitor_cond ["_Server","m",{"Database":[{"columns":["name","model","leader"]}]}]"#,
    ),
    case(
        "what an IDL asks",
        r#"a monitor_cond ["_Server","s",{"Database":[{"columns":["cid","connected","index","leader","model","name","schema","sid"],"where":[["name","==","Demo"]]}]}]
a monitor_cond_since ["Demo","d",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a set_db_change_aware [true]"#,
    ),
];
