//! Wait and cancel: RFC 7047 §5.2.6 and §4.1.4.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "what is so already",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{"name":"n"}]"#,
    ),
    case(
        "what is so already, with timeout 0",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{"name":"n"}] 0"#,
    ),
    case(
        "what is not so, with timeout 0",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [] 0"#,
    ),
    case(
        "what is not so in time",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [] 100"#,
    ),
    case(
        "unequal",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "!=" [] 0"#,
    ),
    case(
        "unequal that is equal",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "!=" [{"name":"n"}] 0"#,
    ),
    case(
        "another session makes it so",
        r#"a send: wait Root [["name","==","x"]] ["name"] "==" [{"name":"x"}]
b: ins Root {"name":"x"}
a read"#,
    ),
    case(
        "another session makes it unequal",
        r#"a: ins Root {"name":"n","a":1}
a send: wait Root [["name","==","n"]] ["a"] "!=" [{"a":1}] 5000
b: upd Root [] {"a":2}
a read"#,
    ),
    case(
        "the operations around it happen at the end only",
        r#"a: ins Root {"name":"n","a":1}
a send: ins Root {"name":"first","a":5} ; wait Root [["name","==","go"]] ["name"] "==" [{"name":"go"}] ; ins Root {"name":"last","a":6}
b: sel Root [] ["name"]
b: ins Root {"name":"go","a":9}
a read
b: sel Root [] ["name"]"#,
    ),
    case(
        "one after the other",
        r#"a send: wait Root [["name","==","x"]] ["name"] "==" [{"name":"x"}] ; ins Root {"name":"y","a":1}
b send: wait Root [["name","==","y"]] ["name"] "==" [{"name":"y"}]
c: ins Root {"name":"x"}
a read
b read"#,
    ),
    case(
        "a session may go on while it waits",
        r#"a send: wait Root [] ["name"] "!=" []
a echo [1]
a: ins Root {"name":"z"}
a sync"#,
    ),
    case(
        "cancelled it gives no reply",
        r#"a send: wait Root [] ["name"] "!=" []
a raw {"id":null,"method":"cancel","params":[1]}
a echo []
b: ins Root {"name":"z"}"#,
    ),
    case(
        "cancelled it says so to who knows of it",
        r#"a set_db_change_aware [true]
a send: wait Root [] ["name"] "!=" []
a raw {"id":null,"method":"cancel","params":[2]}
a read
b: ins Root {"name":"z"}"#,
    ),
    case(
        "cancel of nothing",
        r#"a raw {"id":null,"method":"cancel","params":[77]}
a echo []"#,
    ),
    case("cancel with a request's id", r#"a cancel [7]"#),
    case(
        "its session ends",
        r#"a send: wait Root [] ["name"] "!=" [] ; ins Root {"name":"y","a":1}
a close
b echo []
b: ins Root {"name":"z"}
b: sel Root [] ["name"]"#,
    ),
    case(
        "of two sets of rows the order does not count",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"m","a":2}
a: wait Root [] ["name"] "==" [{"name":"m"},{"name":"n"}] 0"#,
    ),
    case(
        "a row twice",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{"name":"n"},{"name":"n"}] 0"#,
    ),
    case(
        "columns that are not compared",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{"name":"n","a":77}] 0"#,
    ),
    case(
        "columns that the row lacks are default",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["a","b"] "==" [{"a":1}] 0"#,
    ),
    case(
        "a row of nothing",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{}] 0"#,
    ),
    case(
        "no columns",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] [] "==" [{}] 0"#,
    ),
    case(
        "all columns, no row",
        r#"a: ins Root {"name":"n","a":1}
a: {"op":"wait","table":"Root","where":[["name","==","zz"]],"until":"==","rows":[],"timeout":0}"#,
    ),
    case(
        "all columns, with _uuid and _version",
        r#"a: ins Root {"name":"n","a":1}
a: {"op":"wait","table":"Root","where":[],"until":"==","rows":[{"name":"n","a":1}],"timeout":0}"#,
    ),
    case(
        "by _uuid",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["_uuid"] "==" [{"_uuid":["uuid","@0"]}] 0"#,
    ),
    case(
        "what the transaction did counts",
        r#"a: ins Root {"name":"x"} ; wait Root [] ["name"] "==" [{"name":"x"}] 0"#,
    ),
    case(
        "until is something else",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "~" [] 0"#,
    ),
    case(
        "timeout is text",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [] "x""#,
    ),
    case(
        "timeout is negative",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [] -1"#,
    ),
    case(
        "timeout is a fraction",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [] 1.5"#,
    ),
    case(
        "rows are no array",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" 7"#,
    ),
    case(
        "a row is no object",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [7] 0"#,
    ),
    case(
        "an unknown column in a row",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["name"] "==" [{"nope":1}] 0"#,
    ),
    case(
        "an unknown column",
        r#"a: ins Root {"name":"n","a":1}
a: wait Root [] ["nope"] "==" [] 0"#,
    ),
    case(
        "the condition is told first",
        r#"a: wait Root [["nope","==",1]] ["bad"] "~" [{"nope":1}] -1"#,
    ),
    case(
        "the columns are told before the timeout",
        r#"a: wait Root [] ["bad"] "==" [{"nope":1}] -1"#,
    ),
    case(
        "the timeout is told before the rows",
        r#"a: wait Root [] ["name"] "==" [7] -1"#,
    ),
    case(
        "rows are missing",
        r#"a: {"op":"wait","table":"Root","where":[],"columns":["name"],"until":"=="}"#,
    ),
];
