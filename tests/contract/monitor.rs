//! Monitors of version 1: RFC 7047 §4.1.5 to §4.1.7.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "all columns of a table",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{}}]"#,
    ),
    case(
        "some columns",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name","a"]}}]"#,
    ),
    case(
        "_uuid and _version",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["_uuid","_version"]}}]"#,
    ),
    case(
        "no columns",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":[]}}]
b: upd Root [] {"a":2}
b: del Root []
a sync"#,
    ),
    case("an empty table", r#"a monitor ["Demo","m",{"Root":{}}]"#),
    case(
        "no table",
        r#"a monitor ["Demo","m",{}]
a: ins Root {}"#,
    ),
    case(
        "no request for a table",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":[]}]
a: upd Root [] {"a":5}"#,
    ),
    case(
        "an insert",
        r#"a monitor ["Demo","m",{"Root":{}}]
a: ins Root {"name":"x"}"#,
    ),
    case(
        "a change",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name","a"]}}]
a: upd Root [] {"a":2}"#,
    ),
    case(
        "a change of a column that is not monitored",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name"]}}]
a: upd Root [] {"a":2}"#,
    ),
    case(
        "a deletion",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name","a"]}}]
a: del Root []"#,
    ),
    case(
        "a transaction that changes nothing",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{}}]
a: upd Root [] {"a":1}"#,
    ),
    case(
        "a failed transaction",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{}}]
a: upd Root [] {"a":2} ; {"op":"abort"}"#,
    ),
    case(
        "an insert that is deleted at once",
        r#"a monitor ["Demo","m",{"Root":{}}]
a: ins Root {"name":"x"} ; del Root []"#,
    ),
    case(
        "several tables in one update",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name","kids"]},"Kid":{"columns":["name"]}}]
a: ins Kid {"name":"k"} as k ; ins Root {"name":"r","kids":["named-uuid","k"]}
a: upd Root [] {"kids":["set",[]]}"#,
    ),
    case(
        "another session's change",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name"]}}]
b: ins Root {"name":"x"}
a read"#,
    ),
    case(
        "two monitors",
        r#"a monitor ["Demo","m1",{"Root":{"columns":["name"]}}]
a monitor ["Demo","m2",{"Root":{"columns":["a"]}}]
a: ins Root {"name":"x"}
a: upd Root [] {"a":3}"#,
    ),
    case(
        "no initial rows",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"select":{"initial":false}}}]"#,
    ),
    case(
        "no inserts",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name"],"select":{"insert":false}}}]
a: ins Root {"name":"x"}
a: upd Root [] {"name":"y"}
a: del Root []"#,
    ),
    case(
        "no deletions",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name"],"select":{"delete":false}}}]
a: ins Root {"name":"x"}
a: upd Root [] {"name":"y"}
a: del Root []"#,
    ),
    case(
        "no changes",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name"],"select":{"modify":false}}}]
a: ins Root {"name":"x"}
a: upd Root [] {"name":"y"}
a: del Root []"#,
    ),
    case(
        "columns with selections of their own",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":[{"columns":["name"],"select":{"initial":false}},{"columns":["a"],"select":{"modify":false}}]}]
a: upd Root [] {"a":2}
a: upd Root [] {"name":"x","a":3}
a: del Root []"#,
    ),
    case(
        "a request without an array",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name"]}}]"#,
    ),
    case(
        "a request in an array",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":[{"columns":["name"]}]}]"#,
    ),
    case(
        "an id of any kind",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo",{"x":[1,null]},{"Root":{"columns":["name"]}}]
a: upd Root [] {"name":"y"}
a monitor_cancel [{"x":[1,null]}]"#,
    ),
    case(
        "null as id",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo",null,{"Root":{"columns":["name"]}}]
a: upd Root [] {"name":"y"}
a monitor_cancel [null]"#,
    ),
    case(
        "an id twice",
        r#"a monitor ["Demo","m",{}]
a monitor ["Demo","m",{}]"#,
    ),
    case(
        "an id twice in different generations",
        r#"a monitor ["Demo","m",{}]
a monitor_cond ["Demo","m",{}]"#,
    ),
    case(
        "an id in two sessions",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name"]}}]
b monitor ["Demo","m",{"Root":{"columns":["a"]}}]
a: ins Root {"name":"x"}
b read"#,
    ),
    case("a fourth parameter", r#"a monitor ["Demo","m",{},7]"#),
    case(
        "cancel",
        r#"a monitor ["Demo","m",{"Root":{}}]
a monitor_cancel ["m"]
a: ins Root {"name":"x"}"#,
    ),
    case(
        "cancel twice",
        r#"a monitor ["Demo","m",{}]
a monitor_cancel ["m"]
a monitor_cancel ["m"]"#,
    ),
    case("cancel what is not there", r#"a monitor_cancel ["m"]"#),
    case(
        "cancel another session's",
        r#"a monitor ["Demo","m",{}]
b monitor_cancel ["m"]"#,
    ),
    case("cancel nothing", r#"a monitor_cancel []"#),
    case(
        "cancel two",
        r#"a monitor ["Demo","m",{}]
a monitor_cancel ["m","n"]"#,
    ),
    case("an unknown database", r#"a monitor ["Nope","m",{}]"#),
    case("no database", r#"a monitor []"#),
    case("an unknown table", r#"a monitor ["Demo","m",{"Nope":{}}]"#),
    case(
        "an unknown column",
        r#"a monitor ["Demo","m",{"Root":{"columns":["nope"]}}]"#,
    ),
    case(
        "a column twice",
        r#"a monitor ["Demo","m",{"Root":{"columns":["name","name"]}}]"#,
    ),
    case(
        "a column in two requests",
        r#"a monitor ["Demo","m",{"Root":[{"columns":["name"]},{"columns":["a","name"]}]}]"#,
    ),
    case(
        "all columns twice",
        r#"a monitor ["Demo","m",{"Root":[{},{"columns":["a"]}]}]"#,
    ),
    case("requests that are no object", r#"a monitor ["Demo","m",7]"#),
    case(
        "a request that is a number",
        r#"a monitor ["Demo","m",{"Root":7}]"#,
    ),
    case(
        "a request in an array that is a number",
        r#"a monitor ["Demo","m",{"Root":[7]}]"#,
    ),
    case(
        "columns that are a number",
        r#"a monitor ["Demo","m",{"Root":{"columns":7}}]"#,
    ),
    case(
        "a column that is a number",
        r#"a monitor ["Demo","m",{"Root":{"columns":[7]}}]"#,
    ),
    case(
        "select that is a number",
        r#"a monitor ["Demo","m",{"Root":{"select":7}}]"#,
    ),
    case(
        "an unknown selection",
        r#"a monitor ["Demo","m",{"Root":{"select":{"bogus":true}}}]"#,
    ),
    case(
        "a selection that is a number",
        r#"a monitor ["Demo","m",{"Root":{"select":{"insert":7}}}]"#,
    ),
    case(
        "an unknown member",
        r#"a monitor ["Demo","m",{"Root":{"bogus":1}}]"#,
    ),
    case(
        "a condition in version 1",
        r#"a monitor ["Demo","m",{"Root":{"where":[]}}]"#,
    ),
    case(
        "a failed monitor leaves its id free",
        r#"a monitor ["Demo","m",{"Nope":{}}]
a monitor ["Demo","m",{}]"#,
    ),
    case(
        "rows that garbage collection takes",
        r#"a monitor ["Demo","m",{"Kid":{"columns":["name"]}}]
a: ins Kid {"name":"never"}
a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: del Root []"#,
    ),
];
