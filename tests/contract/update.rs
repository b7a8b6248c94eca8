//! Update and delete: RFC 7047 §5.2.3 and §5.2.5.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "one column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"name":"new"}
a: sel Root []"#,
    ),
    case(
        "several columns",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"a":7,"ints":["set",[9]],"m":["map",[]]}
a: sel Root []"#,
    ),
    case(
        "nothing",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {}
a: sel Root []"#,
    ),
    case(
        "unset an optional",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"i":["set",[]]}
a: sel Root []"#,
    ),
    case(
        "replace a map",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"m":["map",[["z","y"]]]}
a: sel Root []"#,
    ),
    case(
        "an immutable column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"fixed":"x"}
a: sel Root []"#,
    ),
    case(
        "an immutable column by what it is",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"fixed":""}
a: sel Root []"#,
    ),
    case(
        "_uuid",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"_uuid":["uuid","550e8400-e29b-41d4-a716-446655440000"]}
a: sel Root []"#,
    ),
    case(
        "_version",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"_version":["uuid","550e8400-e29b-41d4-a716-446655440000"]}
a: sel Root []"#,
    ),
    case(
        "an unknown column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"nope":1}
a: sel Root []"#,
    ),
    case(
        "a wrong type",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"a":"x"}
a: sel Root []"#,
    ),
    case(
        "a missing element",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"a":["set",[]]}
a: sel Root []"#,
    ),
    case(
        "beyond bounds",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"i":101}
a: sel Root []"#,
    ),
    case(
        "the value that is there",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"name":"n"}
a: sel Root []"#,
    ),
    case(
        "an ephemeral column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"eph":3}
a: sel Root []"#,
    ),
    case(
        "no row",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [["name","==","none"]] {"a":1}"#,
    ),
    case(
        "rows by condition",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: ins Root {"name":"o","a":9}
a: upd Root [["a",">",5]] {"b":100}
a: sel Root [] ["name","b"]"#,
    ),
    case(
        "the row is told before the condition",
        r#"a: upd Root [["nope","==",1]] {"nope":1}"#,
    ),
    case(
        "row is missing",
        r#"a: {"op":"update","table":"Root","where":[]}"#,
    ),
    case(
        "delete by condition",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: ins Root {"name":"o","a":9}
a: del Root [["a","==",9]]
a: sel Root [] ["name"]"#,
    ),
    case("delete no row", r#"a: del Root []"#),
    case(
        "delete with columns",
        r#"a: {"op":"delete","table":"Root","where":[],"columns":[]}"#,
    ),
    case("delete of an unknown table", r#"a: del Nope []"#),
    case(
        "delete with a wrong condition",
        r#"a: del Root [["nope","==",1]]"#,
    ),
    case(
        "update, then delete, then insert in one transaction",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: upd Root [] {"a":5} ; del Root [] ; ins Root {"name":"n","a":5}
a: sel Root [] ["name","a"]"#,
    ),
    case(
        "update of a row of the same transaction",
        r#"a: ins Root {"name":"x"} as r ; upd Root [["_uuid","==",["named-uuid","r"]]] {"name":"y"} ; mut Root [] [["a","+=",4]]
a: sel Root [] ["name","a"]"#,
    ),
    case(
        "an immutable column cannot change even in the row's own transaction",
        r#"a: ins Root {"name":"x"} ; upd Root [] {"fixed":"y"}"#,
    ),
    case(
        "a version changes with its row only",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: ins Root {"name":"o","a":9}
a: sel Root [] ["name","_version"]
a: upd Root [["name","==","o"]] {"b":3}
a: sel Root [] ["name","_version"]
a: upd Root [["name","==","o"]] {"b":3}
a: sel Root [] ["name","_version"]"#,
    ),
];
