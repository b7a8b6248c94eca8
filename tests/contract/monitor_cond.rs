//! Conditional monitors: ovsdb-server(7) §4.1.12 to §4.1.15.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "monitor_cond: all columns",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a monitor_cond ["Demo","m",{"Root":{}}]"#,
    ),
    case(
        "monitor_cond: defaults are left out",
        r#"a: ins Root {}
a monitor_cond ["Demo","m",{"Root":{}}]"#,
    ),
    case(
        "monitor_cond: some columns",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name","a"]}]}]"#,
    ),
    case(
        "monitor_cond: insert, modify, delete",
        r#"a monitor_cond ["Demo","m",{"Root":[{"columns":["name","a","ints","m","i"]}]}]
a: ins Root {"name":"x","ints":["set",[1,2]],"m":["map",[["a","1"],["b","2"]]]}
a: upd Root [] {"ints":["set",[2,3]],"m":["map",[["b","9"],["c","3"]]],"i":4}
a: upd Root [] {"i":["set",[]],"a":7}
a: del Root []"#,
    ),
    case(
        "monitor_cond: a condition",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[["a",">",5]]}]}]"#,
    ),
    case(
        "monitor_cond: rows come and go by the condition",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name","a"],"where":[["a",">",5]]}]}]
a: upd Root [] {"a":6}
a: upd Root [] {"a":7}
a: upd Root [] {"a":1}
a: upd Root [] {"a":2}
a: upd Root [] {"a":8}
a: del Root []"#,
    ),
    case(
        "monitor_cond: one clause is enough",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9],["name","==","n"]]}]}]"#,
    ),
    case(
        "monitor_cond: false",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"where":[false]}]}]
a: upd Root [] {"a":6}"#,
    ),
    case(
        "monitor_cond: no clause is every row",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[]}]}]"#,
    ),
    case(
        "monitor_cond: conditions of several requests",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9]]},{"columns":["a"],"where":[["a","==",1]]}]}]"#,
    ),
    case(
        "monitor_cond: an unknown column in the condition",
        r#"a monitor_cond ["Demo","m",{"Root":[{"where":[["nope","==",1]]}]}]"#,
    ),
    case(
        "monitor_cond: an unknown function",
        r#"a monitor_cond ["Demo","m",{"Root":[{"where":[["name","~",1]]}]}]"#,
    ),
    case(
        "monitor_cond: a condition that is true itself",
        r#"a monitor_cond ["Demo","m",{"Root":{"where":true}}]"#,
    ),
    case(
        "monitor_cond: a condition that is a number",
        r#"a monitor_cond ["Demo","m",{"Root":{"where":[7]}}]"#,
    ),
    case(
        "monitor_cond: no changes",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"select":{"modify":false}}]}]
a: upd Root [] {"name":"y"}"#,
    ),
    case(
        "monitor_cond: no initial rows",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"select":{"initial":false}}]}]
a: upd Root [] {"name":"y"}"#,
    ),
    case(
        "monitor_cond: change the condition to more",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9]]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[true]}]}]
a: upd Root [["a","==",1]] {"name":"nn"}"#,
    ),
    case(
        "monitor_cond: change the condition to less",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[["a","==",9]]}]}]
a: upd Root [["a","==",1]] {"name":"nn"}"#,
    ),
    case(
        "monitor_cond: change the condition to none and back",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[false]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[]}]}]"#,
    ),
    case(
        "monitor_cond: change the id",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"where":[false]}]}]
a monitor_cond_change ["m","m2",{"Root":[{"where":[true]}]}]
a: upd Root [] {"name":"z"}
a monitor_cancel ["m"]
a monitor_cancel ["m2"]"#,
    ),
    case(
        "monitor_cond: change nothing",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{}]
a monitor_cond_change ["m","m",{"Root":[]}]"#,
    ),
    case(
        "monitor_cond: columns cannot be changed",
        r#"a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Root":[{"columns":["a"],"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond: change a table that is not monitored",
        r#"a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Kid":[{"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond: change an unknown table",
        r#"a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Nope":[{"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond: change without an array",
        r#"a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Root":{"where":[true]}}]"#,
    ),
    case(
        "monitor_cond: change to a wrong condition",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[["nope","==",1]]}]}]
a: upd Root [] {"name":"z"}"#,
    ),
    case(
        "monitor_cond: a change waits for no one",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name","a"]}]}]
b: upd Root [] {"a":2}
a read
b: upd Root [] {"a":3}
a read"#,
    ),
    case(
        "monitor_cond_since: all columns",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a monitor_cond_since ["Demo","m",{"Root":{}},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: defaults are left out",
        r#"a: ins Root {}
a monitor_cond_since ["Demo","m",{"Root":{}},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: some columns",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name","a"]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: insert, modify, delete",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name","a","ints","m","i"]}]},"00000000-0000-0000-0000-000000000000"]
a: ins Root {"name":"x","ints":["set",[1,2]],"m":["map",[["a","1"],["b","2"]]]}
a: upd Root [] {"ints":["set",[2,3]],"m":["map",[["b","9"],["c","3"]]],"i":4}
a: upd Root [] {"i":["set",[]],"a":7}
a: del Root []"#,
    ),
    case(
        "monitor_cond_since: a condition",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[["a",">",5]]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: rows come and go by the condition",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name","a"],"where":[["a",">",5]]}]},"00000000-0000-0000-0000-000000000000"]
a: upd Root [] {"a":6}
a: upd Root [] {"a":7}
a: upd Root [] {"a":1}
a: upd Root [] {"a":2}
a: upd Root [] {"a":8}
a: del Root []"#,
    ),
    case(
        "monitor_cond_since: one clause is enough",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9],["name","==","n"]]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: false",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"where":[false]}]},"00000000-0000-0000-0000-000000000000"]
a: upd Root [] {"a":6}"#,
    ),
    case(
        "monitor_cond_since: no clause is every row",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: conditions of several requests",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9]]},{"columns":["a"],"where":[["a","==",1]]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: an unknown column in the condition",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"where":[["nope","==",1]]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: an unknown function",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"where":[["name","~",1]]}]},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: a condition that is true itself",
        r#"a monitor_cond_since ["Demo","m",{"Root":{"where":true}},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: a condition that is a number",
        r#"a monitor_cond_since ["Demo","m",{"Root":{"where":[7]}},"00000000-0000-0000-0000-000000000000"]"#,
    ),
    case(
        "monitor_cond_since: no changes",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"select":{"modify":false}}]},"00000000-0000-0000-0000-000000000000"]
a: upd Root [] {"name":"y"}"#,
    ),
    case(
        "monitor_cond_since: no initial rows",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"select":{"initial":false}}]},"00000000-0000-0000-0000-000000000000"]
a: upd Root [] {"name":"y"}"#,
    ),
    case(
        "monitor_cond_since: change the condition to more",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[["a","==",9]]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":[{"where":[true]}]}]
a: upd Root [["a","==",1]] {"name":"nn"}"#,
    ),
    case(
        "monitor_cond_since: change the condition to less",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"o","a":9}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":[{"where":[["a","==",9]]}]}]
a: upd Root [["a","==",1]] {"name":"nn"}"#,
    ),
    case(
        "monitor_cond_since: change the condition to none and back",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":[{"where":[false]}]}]
a monitor_cond_change ["m","m",{"Root":[{"where":[]}]}]"#,
    ),
    case(
        "monitor_cond_since: change the id",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"],"where":[false]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m2",{"Root":[{"where":[true]}]}]
a: upd Root [] {"name":"z"}
a monitor_cancel ["m"]
a monitor_cancel ["m2"]"#,
    ),
    case(
        "monitor_cond_since: change nothing",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{}]
a monitor_cond_change ["m","m",{"Root":[]}]"#,
    ),
    case(
        "monitor_cond_since: columns cannot be changed",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":[{"columns":["a"],"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond_since: change a table that is not monitored",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Kid":[{"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond_since: change an unknown table",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Nope":[{"where":[true]}]}]"#,
    ),
    case(
        "monitor_cond_since: change without an array",
        r#"a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":{"where":[true]}}]"#,
    ),
    case(
        "monitor_cond_since: change to a wrong condition",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name"]}]},"00000000-0000-0000-0000-000000000000"]
a monitor_cond_change ["m","m",{"Root":[{"where":[["nope","==",1]]}]}]
a: upd Root [] {"name":"z"}"#,
    ),
    case(
        "monitor_cond_since: a change waits for no one",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":[{"columns":["name","a"]}]},"00000000-0000-0000-0000-000000000000"]
b: upd Root [] {"a":2}
a read
b: upd Root [] {"a":3}
a read"#,
    ),
    case(
        "last-txn-id is missing",
        r#"a monitor_cond_since ["Demo","m",{}]"#,
    ),
    case(
        "last-txn-id is no UUID",
        r#"a monitor_cond_since ["Demo","m",{},"x"]"#,
    ),
    case(
        "last-txn-id is a number",
        r#"a monitor_cond_since ["Demo","m",{},7]"#,
    ),
    case(
        "last-txn-id is null",
        r#"a monitor_cond_since ["Demo","m",{},null]"#,
    ),
    case(
        "last-txn-id is unknown",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond_since ["Demo","m",{"Root":{"columns":["name"]}},"550e8400-e29b-41d4-a716-446655440000"]"#,
    ),
    case(
        "change an unknown monitor",
        r#"a monitor_cond_change ["z","z",{}]"#,
    ),
    case("change without parameters", r#"a monitor_cond_change []"#),
    case("change with two parameters", r#"a monitor_cond_change ["m","m"]"#),
    case(
        "change to a number",
        r#"a monitor_cond ["Demo","m",{}]
a monitor_cond_change ["m","m",7]"#,
    ),
    case(
        "change to an id that is taken",
        r#"a monitor_cond ["Demo","m",{}]
a monitor_cond ["Demo","n",{}]
a monitor_cond_change ["m","n",{}]"#,
    ),
    case(
        "change a monitor of version 1",
        r#"a: ins Root {"name":"n","a":1}
a monitor ["Demo","m",{"Root":{"columns":["name"]}}]
a monitor_cond_change ["m","m",{"Root":[{"where":[false]}]}]
a: upd Root [] {"name":"z"}"#,
    ),
    case(
        "change with an unknown member",
        r#"a monitor_cond ["Demo","m",{"Root":{}}]
a monitor_cond_change ["m","m",{"Root":[{"wher":7}]}]"#,
    ),
    case(
        "change with a condition that is a number",
        r#"a monitor_cond ["Demo","m",{"Root":{}}]
a monitor_cond_change ["m","m",{"Root":[{"where":7}]}]"#,
    ),
    case(
        "change with a request that is a number",
        r#"a monitor_cond ["Demo","m",{"Root":{}}]
a monitor_cond_change ["m","m",{"Root":[7]}]"#,
    ),
    case(
        "a condition in the second request only",
        r#"a: ins Root {"name":"n","a":1} ; ins Root {"name":"o","a":9}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"]},{"columns":["a"],"where":[["a","==",1]]}]}]"#,
    ),
    case(
        "columns with selections of their own",
        r#"a: ins Root {"name":"n","a":1}
a monitor_cond ["Demo","m",{"Root":[{"columns":["name"],"select":{"initial":false}},{"columns":["a"],"select":{"modify":false}}]}]
a: upd Root [] {"a":2}
a: upd Root [] {"name":"x","a":3}
a: upd Root [] {"b":3}
a: del Root []"#,
    ),
];
