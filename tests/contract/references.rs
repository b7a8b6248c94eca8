//! Referential integrity: RFC 7047 §3.2 and §4.1.3.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "a strong reference keeps a row",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: sel Kid [] ["name"]"#,
    ),
    case(
        "a reference to no row",
        r#"a: ins Root {"kids":["uuid","550e8400-e29b-41d4-a716-446655440000"]}"#,
    ),
    case(
        "a reference to a name of no insert",
        r#"a: ins Root {"kids":["named-uuid","none"]}"#,
    ),
    case(
        "a weak reference to no row is dropped",
        r#"a: ins Root {"weak":["uuid","550e8400-e29b-41d4-a716-446655440000"]}
a: sel Root [] ["weak"]"#,
    ),
    case(
        "a weak reference keeps nothing",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"weak":["named-uuid","k"]}
a: sel Kid [] ["name"] ; sel Root [] ["weak"]"#,
    ),
    case(
        "delete a row that is referred to",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: del Kid []"#,
    ),
    case(
        "delete a row and its reference",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: del Kid [] ; upd Root [] {"kids":["set",[]]}
a: sel Kid []"#,
    ),
    case(
        "delete a row that two refer to",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"],"kidmap":["map",[["x",["named-uuid","k"]],["y",["named-uuid","k"]]]]}
a: del Kid []"#,
    ),
    case(
        "the last reference goes",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"name":"1","a":1,"kids":["named-uuid","k"]} ; ins Root {"name":"2","a":2,"kids":["named-uuid","k"]}
a: del Root [["a","==",1]]
a: sel Kid [] ["name"]
a: del Root []
a: sel Kid [] ["name"]"#,
    ),
    case(
        "a reference in a map keeps a row",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kidmap":["map",[["x",["named-uuid","k"]]]]}
a: sel Kid [] ["name"]
a: mut Root [] [["kidmap","delete","x"]]
a: sel Kid []"#,
    ),
    case(
        "a chain goes as a whole",
        r#"a: ins Kid {"name":"3"} as k3 ; ins Kid {"name":"2","next":["named-uuid","k3"]} as k2 ; ins Kid {"name":"1","next":["named-uuid","k2"]} as k1 ; ins Root {"kids":["named-uuid","k1"]}
a: sel Kid [] ["name"]
a: upd Root [] {"kids":["set",[]]}
a: sel Kid []"#,
    ),
    case(
        "a chain cut in the middle",
        r#"a: ins Kid {"name":"3"} as k3 ; ins Kid {"name":"2","next":["named-uuid","k3"]} as k2 ; ins Kid {"name":"1","next":["named-uuid","k2"]} as k1 ; ins Root {"kids":["named-uuid","k1"]}
a: upd Kid [["name","==","2"]] {"next":["set",[]]}
a: sel Kid [] ["name"]"#,
    ),
    case(
        "a row that refers to itself",
        r#"a: ins Kid {"name":"k","next":["named-uuid","k"]} as k
a: sel Kid []"#,
    ),
    case(
        "two rows that refer to each other stay",
        r#"a: ins Kid {"name":"1","next":["named-uuid","k2"]} as k1 ; ins Kid {"name":"2","next":["named-uuid","k1"]} as k2
a: sel Kid [] ["name"]
a: upd Kid [["name","==","1"]] {"next":["set",[]]}
a: sel Kid [] ["name"]"#,
    ),
    case(
        "move a reference",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"name":"1","a":1,"kids":["named-uuid","k"]} ; ins Root {"name":"2","a":2}
a: upd Root [["a","==",1]] {"kids":["set",[]]} ; upd Root [["a","==",2]] {"kids":["uuid","@0"]}
a: sel Kid [] ["name"]"#,
    ),
    case(
        "mutate references",
        r#"a: ins Kid {"name":"1"} as k1 ; ins Kid {"name":"2"} as k2 ; ins Root {"kids":["set",[["named-uuid","k1"],["named-uuid","k2"]]]}
a: mut Root [] [["kids","delete",["uuid","@0"]]]
a: sel Kid [] ["name"]
a: ins Kid {"name":"3"} as k3 ; mut Root [] [["kids","insert",["named-uuid","k3"]]]
a: sel Kid [] ["name"]"#,
    ),
    case(
        "a weak reference goes with its row",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"name":"1","a":1,"kids":["named-uuid","k"]} ; ins Root {"name":"2","a":2,"weak":["named-uuid","k"]}
a: sel Root [["a","==",2]] ["weak"]
a: del Kid [] ; upd Root [["a","==",1]] {"kids":["set",[]]}
a: sel Root [["a","==",2]] ["weak"]"#,
    ),
    case(
        "a weak reference of the row that gave up the strong one",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"],"weak":["named-uuid","k"]}
a: upd Root [] {"kids":["set",[]]}
a: sel Root [] ["weak"]"#,
    )
    .differs("ovsdb-server 3.1 leaves a dangling weak reference behind when one transaction takes the last strong reference out of the same row"),
    case(
        "a weak reference that must be is missing",
        r#"a: ins Must {}"#,
    ),
    case(
        "a weak reference that must be names no row",
        r#"a: ins Must {"w":["named-uuid","none"]}"#,
    ),
    case(
        "a weak reference that must be names a row that goes",
        r#"a: ins Kid {"name":"k"} as k ; ins Must {"w":["named-uuid","k"]}"#,
    ),
    case(
        "the row of a weak reference that must be cannot go",
        r#"a: ins Kid {"name":"k"} as k ; ins Must {"w":["named-uuid","k"]} ; ins Root {"kids":["named-uuid","k"]}
a: upd Root [] {"kids":["set",[]]}
a: sel Kid [] ["name"]"#,
    ),
    case(
        "one of two weak references goes",
        r#"a: ins Kid {"name":"1"} as k1 ; ins Kid {"name":"2"} as k2 ; ins Must {"w":["set",[["named-uuid","k1"],["named-uuid","k2"]]]} ; ins Root {"kids":["set",[["named-uuid","k1"],["named-uuid","k2"]]]}
a: upd Root [] {"kids":["uuid","@0"]}
a: sel Must [] ["w"]"#,
    ),
    case(
        "a deleted row may refer to nothing",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: upd Root [] {"kids":["uuid","550e8400-e29b-41d4-a716-446655440000"]} ; del Root []
a: sel Kid []"#,
    ),
    case(
        "references are checked at the end",
        r#"a: ins Root {"kids":["named-uuid","k"]} ; ins Kid {"name":"k"} as k
a: sel Kid [] ["name"]"#,
    ),
    case(
        "a row of another table is no target",
        r#"a: ins Root {"name":"r"} ; ins Root {"name":"s","a":1}
a: upd Root [["a","==",1]] {"kids":["uuid","@0"]}"#,
    ),
    case(
        "delete a root row with children",
        r#"a: ins Kid {"name":"k"} as k ; ins Root {"kids":["named-uuid","k"]}
a: del Root []
a: sel Kid []"#,
    ),
];
