//! Mutate: RFC 7047 §5.2.4.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "add",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",41]]
a: sel Root []"#,
    ),
    case(
        "subtract",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","-=",2]]
a: sel Root []"#,
    ),
    case(
        "multiply",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","*=",-3]]
a: sel Root []"#,
    ),
    case(
        "divide",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["b","/=",2]]
a: sel Root []"#,
    ),
    case(
        "divide towards zero",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","*=",-7],["a","/=",2]]
a: sel Root []"#,
    ),
    case(
        "modulo",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","%=",3]]
a: sel Root []"#,
    ),
    case(
        "modulo of a negative",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","*=",-7],["a","%=",3]]
a: sel Root []"#,
    ),
    case(
        "divide by zero",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","/=",0]]
a: sel Root []"#,
    ),
    case(
        "modulo zero",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","%=",0]]
a: sel Root []"#,
    ),
    case(
        "add beyond the range",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",9223372036854775807]]
a: sel Root []"#,
    ),
    case(
        "subtract beyond the range",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","-=",9223372036854775807],["a","-=",9]]
a: sel Root []"#,
    ),
    case(
        "multiply beyond the range",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",1],["a","*=",9223372036854775807]]
a: sel Root []"#,
    ),
    case(
        "beyond the column's bounds",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","+=",100]]
a: sel Root []"#,
    ),
    case(
        "add to every element",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","+=",1]]
a: sel Root []"#,
    ),
    case(
        "equal elements result",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","*=",0]]
a: sel Root []"#,
    ),
    case(
        "add to reals",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["reals","+=",0.5]]
a: sel Root []"#,
    ),
    case(
        "divide reals by zero",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["r","/=",0]]
a: sel Root []"#,
    ),
    case(
        "multiply reals beyond the range",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["r","*=",1e300],["r","*=",1e300]]
a: sel Root []"#,
    ),
    case(
        "modulo of reals",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["r","%=",1]]
a: sel Root []"#,
    ),
    case(
        "a set of one as operand",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",["set",[1]]]]
a: sel Root []"#,
    ),
    case(
        "an empty set as operand",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",["set",[]]]]
a: sel Root []"#,
    ),
    case(
        "a set of two as operand",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",["set",[1,2]]]]
a: sel Root []"#,
    ),
    case(
        "add to a string",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["name","+=",1]]
a: sel Root []"#,
    ),
    case(
        "add to a map",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","+=",1]]
a: sel Root []"#,
    ),
    case(
        "add a boolean",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",true]]
a: sel Root []"#,
    ),
    case(
        "add a fraction to integers",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","+=",0.5]]
a: sel Root []"#,
    ),
    case(
        "add an integer with a fraction of zero",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","+=",1.0]]
a: sel Root []"#,
    ),
    case(
        "add a string",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=","x"]]
a: sel Root []"#,
    ),
    case(
        "insert into a set",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","insert",7]]
a: sel Root []"#,
    ),
    case(
        "insert what is there",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","insert",["set",[1,9]]]]
a: sel Root []"#,
    ),
    case(
        "insert nothing",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","insert",["set",[]]]]
a: sel Root []"#,
    ),
    case(
        "insert too many",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","insert",["set",[5,6]]]]
a: sel Root []"#,
    ),
    case(
        "insert more than there can be",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","insert",["set",[1,2,3,4]]]]
a: sel Root []"#,
    ),
    case(
        "insert into a full optional",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","insert",6]]
a: sel Root []"#,
    ),
    case(
        "insert what an optional holds",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","insert",5]]
a: sel Root []"#,
    ),
    case(
        "insert into an optional after deleting",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","delete",5],["i","insert",6]]
a: sel Root []"#,
    ),
    case(
        "insert into a scalar",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","insert",1]]
a: sel Root []"#,
    ),
    case(
        "insert into a boolean",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["flag","insert",true]]
a: sel Root []"#,
    ),
    case(
        "insert a value beyond its bounds",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["i","insert",400]]
a: sel Root []"#,
    ),
    case(
        "insert what is not in the enum",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["mode","insert","bad"]]
a: sel Root []"#,
    ),
    case(
        "insert into an unset enum",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["mode","insert","y"]]
a: sel Root []"#,
    ),
    case(
        "insert pairs, of which known keys stay",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","insert",["map",[["k","zz"],["n","nn"]]]]]
a: sel Root []"#,
    ),
    case(
        "insert keys alone",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","insert",["set",["k"]]]]
a: sel Root []"#,
    ),
    case(
        "insert too many pairs",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["mi","insert",["map",[["a",1],["b",2]]]]]
a: sel Root []"#,
    ),
    case(
        "insert more pairs than there can be",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["mi","insert",["map",[["a",1],["b",2],["c",3]]]]]
a: sel Root []"#,
    ),
    case(
        "delete from a set",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","delete",["set",[1,3]]]]
a: sel Root []"#,
    ),
    case(
        "delete what is not there",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["ints","delete",9]]
a: sel Root []"#,
    ),
    case(
        "delete too many",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","delete",["set",[1,2,3,4,5]]]]
a: sel Root []"#,
    ),
    case(
        "delete nothing",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["few","delete",["set",[]]]]
a: sel Root []"#,
    ),
    case(
        "delete pairs",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",["map",[["k","v"]]]]]
a: sel Root []"#,
    ),
    case(
        "delete pairs with another value",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",["map",[["k","zz"]]]]]
a: sel Root []"#,
    ),
    case(
        "delete by key",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",["set",["k","k9"]]]]
a: sel Root []"#,
    ),
    case(
        "delete by one key",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete","k2"]]
a: sel Root []"#,
    ),
    case(
        "delete a key of another type",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",7]]
a: sel Root []"#,
    ),
    case(
        "delete what the enum lacks",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["mode","delete","bad"]]
a: sel Root []"#,
    ),
    case(
        "delete from a scalar",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["name","delete","n"]]
a: sel Root []"#,
    ),
    case(
        "delete all pairs",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",["set",["k","k2"]]]]
a: sel Root []"#,
    ),
    case(
        "an empty map is no set of keys",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["m","delete",["map",[]]]]
a: sel Root []"#,
    ),
    case(
        "several mutations in turn",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+=",1],["a","*=",10],["ints","insert",4],["ints","delete",1]]
a: sel Root []"#,
    ),
    case(
        "no mutation",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] []
a: sel Root []"#,
    ),
    case(
        "an immutable column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["fixed","+=",1]]
a: sel Root []"#,
    ),
    case(
        "_uuid",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["_uuid","+=",1]]
a: sel Root []"#,
    ),
    case(
        "_version",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["_version","insert",1]]
a: sel Root []"#,
    ),
    case(
        "an unknown column",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["nope","+=",1]]
a: sel Root []"#,
    ),
    case(
        "an unknown mutator",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","^=",1]]
a: sel Root []"#,
    ),
    case(
        "the immutable column is told before the unknown mutator",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["fixed","^=",1]]
a: sel Root []"#,
    ),
    case(
        "two parts",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a","+="]]
a: sel Root []"#,
    ),
    case(
        "a number",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [7]
a: sel Root []"#,
    ),
    case(
        "a column that is a number",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [[7,"+=",1]]
a: sel Root []"#,
    ),
    case(
        "a mutator that is a number",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [] [["a",7,1]]
a: sel Root []"#,
    ),
    case("mutations are no array", r#"a: mut Root [] 7"#),
    case(
        "mutations are missing",
        r#"a: {"op":"mutate","table":"Root","where":[]}"#,
    ),
    case(
        "rows are counted, also unchanged ones",
        r#"a: ins Root {"name":"n","a":1,"b":1,"i":5,"ints":["set",[1,2,3]],"few":["set",[1,2]],"m":["map",[["k","v"],["k2","v2"]]],"mi":["map",[["x",1]]],"reals":["set",[1,2.5]],"r":1}
a: mut Root [["name","==","none"]] [["a","+=",1]] ; mut Root [] [["a","+=",0]]"#,
    ),
    case(
        "mutations are told before the condition",
        r#"a: mut Root [["nope","==",1]] [["nope","+=",1]]"#,
    ),
    case(
        "a long set",
        r#"a: ins Root {"name":"l"} ; mut Root [] [["ints","insert",["set",[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99]]]]
a: mut Root [] [["ints","insert",["set",[5,500,250,-1]]]]
a: mut Root [] [["ints","delete",["set",[0,99,7]]]]
a: sel Root [] ["ints"]"#,
    ),
];
