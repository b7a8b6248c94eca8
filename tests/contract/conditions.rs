//! Select, and the conditions of every operation: RFC 7047 §5.2.2 and §5.1.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "equal strings",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","==","n1"]] ["name"]"#,
    ),
    case(
        "unequal strings",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","!=","n1"]] ["name"]"#,
    ),
    case(
        "no clause is every row",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [] ["name"]"#,
    ),
    case(
        "true",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [true] ["name"]"#,
    ),
    case(
        "false",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [false] ["name"]"#,
    ),
    case(
        "true and a test",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [true,["a","==",1]] ["name"]"#,
    ),
    case(
        "all clauses must hold",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["a",">=",1],["b","<=",1]] ["name"]"#,
    ),
    case(
        "less",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["a","<",2]] ["name"]"#,
    ),
    case(
        "less or equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["a","<=",2]] ["name"]"#,
    ),
    case(
        "greater",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["a",">",1]] ["name"]"#,
    ),
    case(
        "greater or equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["a",">=",1]] ["name"]"#,
    ),
    case(
        "reals are ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["r","<",1]] ["name"]"#,
    ),
    case(
        "an optional integer that is set",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","<",6]] ["name"]"#,
    ),
    case(
        "an optional integer that is not set",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i",">=",0]] ["name"]"#,
    ),
    case(
        "an optional integer equal to nothing",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","==",["set",[]]]] ["name"]"#,
    ),
    case(
        "an optional integer unequal to nothing",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","!=",["set",[]]]] ["name"]"#,
    ),
    case(
        "an optional integer equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","==",5]] ["name"]"#,
    ),
    case(
        "an optional integer unequal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","!=",5]] ["name"]"#,
    ),
    case(
        "an optional integer against nothing in order",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","<",["set",[]]]] ["name"]"#,
    ),
    case(
        "nothing is included in all",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","includes",["set",[]]]] ["name"]"#,
    ),
    case(
        "nothing is excluded from all",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i","excludes",["set",[]]]] ["name"]"#,
    ),
    case(
        "a set equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","==",["set",[3,2,1]]]] ["name"]"#,
    ),
    case(
        "a set unequal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","!=",["set",[3,2,1]]]] ["name"]"#,
    ),
    case(
        "a set includes one",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","includes",2]] ["name"]"#,
    ),
    case(
        "a set includes two",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","includes",["set",[1,3]]]] ["name"]"#,
    ),
    case(
        "a set does not include all",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","includes",["set",[1,4]]]] ["name"]"#,
    ),
    case(
        "a set excludes one",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","excludes",2]] ["name"]"#,
    ),
    case(
        "a set excludes some",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","excludes",["set",[7,8]]]] ["name"]"#,
    ),
    case(
        "a map includes a pair",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","includes",["map",[["k","v"]]]]] ["name"]"#,
    ),
    case(
        "a map does not include a key with another value",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","includes",["map",[["k","w"]]]]] ["name"]"#,
    ),
    case(
        "a map excludes a pair",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","excludes",["map",[["k","v"]]]]] ["name"]"#,
    ),
    case(
        "a map excludes a key with another value",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","excludes",["map",[["k","w"]]]]] ["name"]"#,
    ),
    case(
        "a map equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","==",["map",[["k2","v2"],["k","v"]]]]] ["name"]"#,
    ),
    case(
        "a map does not include by key alone",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","includes",["set",["k"]]]] ["name"]"#,
    ),
    case(
        "more elements included than there can be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["few","includes",["set",[1,2,3,4]]]] ["name"]"#,
    ),
    case(
        "more elements excluded than there can be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["few","excludes",["set",[1,2,3,4]]]] ["name"]"#,
    ),
    case(
        "fewer elements equal than there can be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["few","==",["set",[]]]] ["name"]"#,
    ),
    case(
        "fewer elements included than there can be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["few","includes",["set",[]]]] ["name"]"#,
    ),
    case(
        "a scalar includes",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","includes","n1"]] ["name"]"#,
    ),
    case(
        "a scalar excludes",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","excludes","n1"]] ["name"]"#,
    ),
    case(
        "a scalar does not include nothing",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","includes",["set",[]]]] ["name"]"#,
    ),
    case(
        "strings are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","<","n1"]] ["name"]"#,
    ),
    case(
        "booleans are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["flag","<",true]] ["name"]"#,
    ),
    case(
        "UUIDs are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["u",">",["uuid","550e8400-e29b-41d4-a716-446655440000"]]] ["name"]"#,
    ),
    case(
        "sets are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["ints","<",1]] ["name"]"#,
    ),
    case(
        "sets with a least size are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["few","<=",1]] ["name"]"#,
    ),
    case(
        "maps are not ordered",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["m","<",["map",[]]]] ["name"]"#,
    ),
    case(
        "a boolean equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["flag","==",true]] ["name"]"#,
    ),
    case(
        "an enum equal",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["mode","==","x"]] ["name"]"#,
    ),
    case(
        "an enum compared with what it cannot be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["mode","==","bad"]] ["name"]"#,
    ),
    case(
        "an integer compared with what it cannot be",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["i",">=",200]] ["name"]"#,
    ),
    case(
        "a named-uuid of no row",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["_uuid","==",["named-uuid","foo"]]] ["name"]"#,
    ),
    case(
        "the row of a UUID",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["_uuid","==",["uuid","@0"]]] ["name"]"#,
    ),
    case(
        "the rows of other UUIDs",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["_uuid","!=",["uuid","@0"]]] ["name"]"#,
    ),
    case(
        "_uuid includes",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["_uuid","includes",["uuid","@1"]]] ["name"]"#,
    ),
    case(
        "a UUID of no row",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["_uuid","==",["uuid","550e8400-e29b-41d4-a716-446655440000"]]] ["name"]"#,
    ),
    case(
        "an unknown column",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["nope","==",1]] ["name"]"#,
    ),
    case(
        "an unknown function",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","~",1]] ["name"]"#,
    ),
    case(
        "the unknown column is told before the unknown function",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["nope","~",1]] ["name"]"#,
    ),
    case(
        "two parts",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","=="]] ["name"]"#,
    ),
    case(
        "four parts",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","==","x","y"]] ["name"]"#,
    ),
    case(
        "a number",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [7] ["name"]"#,
    ),
    case(
        "a column that is a number",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [[7,"==",1]] ["name"]"#,
    ),
    case(
        "a function that is a number",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name",7,1]] ["name"]"#,
    ),
    case(
        "a value of another type",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","==",7]] ["name"]"#,
    ),
    case(
        "the first wrong clause is told",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","==",7],["nope","==",1]] ["name"]"#,
    ),
    case("where is true itself", r#"a: sel Root true"#),
    case("where is a number", r#"a: sel Root 7"#),
    case("where is missing", r#"a: {"op":"select","table":"Root"}"#),
    case(
        "select without columns gives all",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [["name","==","n1"]]"#,
    ),
    case(
        "select with no columns",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [] []"#,
    ),
    case(
        "select an unknown column",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [] ["nope"]"#,
    ),
    case(
        "select a column twice",
        r#"a: ins Root {"name":"n1","a":1,"b":1,"i":5,"r":0.5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"flag":true,"mode":"x"} ; ins Root {"name":"n2","a":2,"b":2,"r":2.5,"few":3}
a: sel Root [] ["a","a"]"#,
    ),
    case("select a number", r#"a: sel Root [] [7]"#),
    case("columns are no array", r#"a: sel Root [] "a""#),
    case(
        "the condition is told before the columns",
        r#"a: sel Root [["nope","==",1]] ["bad"]"#,
    ),
    case(
        "select with a member that it does not have",
        r#"a: {"op":"select","table":"Root","where":[],"bogus":1}"#,
    ),
    case(
        "select with sort",
        r#"a: {"op":"select","table":"Root","where":[],"columns":["name"],"sort":[]}"#,
    )
    .differs("`sort` of `select` is read over by ovsdb-server, though no document has it"),
    case(
        "select sees what the transaction did",
        r#"a: ins Root {"name":"x"} ; sel Root [] ["name"] ; upd Root [] {"name":"y"} ; sel Root [] ["name"] ; del Root [] ; sel Root [] ["name"]"#,
    ),
    case(
        "equal rows come once",
        r#"a: ins Root {"name":"1","a":1} ; ins Root {"name":"2","a":2}
a: sel Root [] ["b","r"]
a: sel Root [] ["b","_uuid"]"#,
    ),
];
