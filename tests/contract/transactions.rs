//! Transactions as a whole: RFC 7047 §4.1.3 and §5.2.7 to §5.2.10.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case("no operation", r#"a transact ["Demo"]"#),
    case(
        "results stand in order",
        r#"a: ins Root {"name":"x"} ; sel Root [] ["name"] ; upd Root [] {"a":1} ; mut Root [] [["a","+=",1]] ; del Root []"#,
    ),
    case(
        "after an error come nulls",
        r#"a: ins Root {"name":"x"} ; ins Nope {} ; ins Root {"name":"y"} ; {"op":"abort"}
a: sel Root []"#,
    ),
    case(
        "the number of the wrong operation is told",
        r#"a: ins Root {"name":"x"} ; {"op":"frob"} ; {"op":"abort"}"#,
    ),
    case(
        "an error at the commit stands after all results",
        r#"a: ins Root {"name":"x","a":1} ; ins Root {"name":"x","a":2} ; {"op":"comment","comment":"c"}
a: sel Root []"#,
    ),
    case(
        "commit",
        r#"a: {"op":"commit","durable":false} ; {"op":"commit","durable":true}"#,
    ),
    case("commit without durable", r#"a: {"op":"commit"}"#),
    case("commit with a wrong durable", r#"a: {"op":"commit","durable":7}"#),
    case(
        "comment",
        r#"a: {"op":"comment","comment":"why"} ; {"op":"comment","comment":""}"#,
    ),
    case("comment without text", r#"a: {"op":"comment"}"#),
    case("comment with a number", r#"a: {"op":"comment","comment":7}"#),
    case(
        "abort",
        r#"a: ins Root {"name":"x"} ; {"op":"abort"} ; ins Root {"name":"y"}
a: sel Root []"#,
    ),
    case("abort with a member", r#"a: {"op":"abort","x":1}"#),
    case(
        "assert without the lock",
        r#"a: {"op":"assert","lock":"l"} ; ins Root {"name":"x"}"#,
    ),
    case(
        "assert with the lock",
        r#"a lock ["l"]
a: {"op":"assert","lock":"l"} ; ins Root {"name":"x"}"#,
    ),
    case(
        "assert another's lock",
        r#"b lock ["l"]
a: {"op":"assert","lock":"l"}"#,
    ),
    case(
        "assert a lock that one waits for",
        r#"b lock ["l"]
a lock ["l"]
a: {"op":"assert","lock":"l"}"#,
    ),
    case("assert a number", r#"a: {"op":"assert","lock":7}"#),
    case("assert what is no name", r#"a: {"op":"assert","lock":"1 x"}"#),
    case("assert nothing", r#"a: {"op":"assert"}"#),
    case("an unknown operation", r#"a: {"op":"frob"}"#),
    case("no op", r#"a: {}"#),
    case("an op that is a number", r#"a: {"op":7}"#),
    case("an operation that is a number", r#"a: 7"#),
    case("an operation that is an array", r#"a: []"#),
    case(
        "a transaction that changes nothing",
        r#"a: ins Root {"name":"x"} ; del Root []
a: sel Root []"#,
    ),
    case("an unknown database", r#"a transact ["Nope"]"#),
    case("no database", r#"a transact []"#),
    case("a database that is a number", r#"a transact [7]"#),
    case(
        "pipelined transactions answer in order",
        r#"a send: ins Root {"name":"1","a":1}
a send: sel Root [] ["name"]
a send: upd Root [] {"name":"2"}
a send: sel Root [] ["name"]
a read
a read
a read
a read"#,
    ),
    case(
        "another database is apart",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Open_vSwitch","row":{"system_type":"x"}}]
a transact ["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["system_type"]}]
a: sel Root []"#,
    ),
    case(
        "the only row of a table",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Open_vSwitch","row":{}},{"op":"insert","table":"Open_vSwitch","row":{}}]"#,
    ),
    case(
        "an interface needs its port, a port its bridge",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Interface","row":{"name":"i"},"uuid-name":"i"},{"op":"insert","table":"Port","row":{"name":"p","interfaces":["named-uuid","i"]}}]
a transact ["Open_vSwitch",{"op":"select","table":"Port","where":[]},{"op":"select","table":"Interface","where":[]}]"#,
    ),
    case(
        "a port without interfaces",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Port","row":{"name":"p"}}]"#,
    ),
    case(
        "a VLAN beyond its bounds",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Port","row":{"name":"p","tag":4096}}]"#,
    ),
    case(
        "a port with no interface in its set",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Port","row":{"name":"p","interfaces":["set",[]]}}]"#,
    ),
    case(
        "a backoff below its least",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Manager","row":{"target":"tcp:1.2.3.4","max_backoff":5}}]"#,
    ),
    case(
        "a bond mode with a quote",
        r#"a transact ["Open_vSwitch",{"op":"insert","table":"Port","row":{"bond_mode":"x\"y"}}]"#,
    ),
    case(
        "a mutator for a set of one or more",
        r#"a transact ["Open_vSwitch",{"op":"mutate","table":"Port","where":[],"mutations":[["interfaces","+=",1]]}]"#,
    ),
];
