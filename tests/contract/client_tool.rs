//! The real ovsdb-client: ovsdb-client(1).

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case("list-dbs", r#"client list-dbs"#),
    case("get-schema", r#"client get-schema Demo"#),
    case("get-schema of Open_vSwitch", r#"client get-schema Open_vSwitch"#),
    case("get-schema of none", r#"client get-schema Nope"#),
    case("get-schema-version", r#"client get-schema-version Demo"#),
    case("get-schema-cksum", r#"client get-schema-cksum Open_vSwitch"#),
    case("list-tables", r#"client list-tables Demo"#),
    case(
        "list-columns",
        r#"client list-columns Demo
client list-columns Demo Root"#,
    ),
    case(
        "dump",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: ins Kid {"name":"k"} as k ; upd Root [] {"kids":["named-uuid","k"]}
client dump Demo"#,
    ),
    case(
        "dump a table",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
client dump Demo Root"#,
    ),
    case(
        "dump columns",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
client dump Demo Root name a"#,
    ),
    case(
        "dump as JSON",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
client dump --format=json Demo Root name ints m"#,
    ),
    case(
        "transact",
        r#"client transact [\"Demo\",{\"op\":\"insert\",\"table\":\"Root\",\"row\":{\"name\":\"x\"}}]
client transact [\"Demo\",{\"op\":\"select\",\"table\":\"Root\",\"where\":[],\"columns\":[\"name\"]}]"#,
    ),
    case(
        "query",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
client query [\"Demo\",{\"op\":\"delete\",\"table\":\"Root\",\"where\":[]}]
a: sel Root [] ["name"]"#,
    ),
    case(
        "a wrong transaction",
        r#"client transact [\"Demo\",{\"op\":\"frob\"}]"#,
    ),
    case("wait for connected", r#"client wait Demo connected"#),
    case(
        "needs-conversion",
        r#"client needs-conversion /usr/share/openvswitch/vswitch.ovsschema"#,
    ),
    case(
        "lock",
        r#"a lock ["l"]
b lock ["l"]"#,
    ),
];
