//! Insert: RFC 7047 §5.2.1, and the values of §5.1.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "defaults fill what is not given",
        r#"a: ins Root {}
a: sel Root []"#,
    ),
    case(
        "every kind of column",
        r#"a: ins Root {"name":"n","a":1,"b":-2,"i":7,"r":1.5,"flag":true,"u":["uuid","550e8400-e29b-41d4-a716-446655440000"],"ints":["set",[3,1,2]],"few":["set",[1,2]],"reals":["set",[0.5,1]],"mode":"x","m":["map",[["k","v"],["a","b"]]],"mi":["map",[["x",1]]]}
a: sel Root []"#,
    ),
    case(
        "a set of one is a bare element",
        r#"a: ins Root {"ints":["set",[5]],"i":["set",[6]],"name":["set",["n"]]}
a: sel Root [] ["ints","i","name"]"#,
    ),
    case(
        "a bare element is a set of one",
        r#"a: ins Root {"ints":5,"reals":2}
a: sel Root [] ["ints","reals"]"#,
    ),
    case(
        "an integer may be written with a fraction of zero",
        r#"a: ins Root {"a":5.0,"ints":["set",[1.0,2]]}
a: sel Root [] ["a","ints"]"#,
    ),
    case(
        "a real may be written as an integer",
        r#"a: ins Root {"r":3}
a: sel Root [] ["r"]"#,
    ),
    case(
        "reals keep fifteen digits",
        r#"a: ins Root {"reals":["set",[0.1,1e300,-2.5e-7,123456789.123456789]]}
a: sel Root [] ["reals"]"#,
    ),
    case(
        "integers keep all their digits",
        r#"a: ins Root {"ints":["set",[9223372036854775807,-9223372036854775808,9007199254740993]]}
a: sel Root [] ["ints"]"#,
    ),
    case(
        "strings of any script",
        r#"a: ins Root {"name":"häßlich \u65e5\u672c \ud83d\ude00 \"q\" \\ \n\t/"}
a: sel Root [] ["name"]"#,
    ),
    case("an unknown table", r#"a: ins Nope {}"#),
    case(
        "a table that is no name",
        r#"a: {"op":"insert","table":"1 x","row":{}}"#,
    ),
    case("an unknown column", r#"a: ins Root {"nope":1}"#),
    case(
        "an unknown member",
        r#"a: {"op":"insert","table":"Root","row":{},"bogus":1}"#,
    ),
    case("a missing row", r#"a: {"op":"insert","table":"Root"}"#),
    case("a missing table", r#"a: {"op":"insert","row":{}}"#),
    case(
        "a row that is no object",
        r#"a: {"op":"insert","table":"Root","row":7}"#,
    ),
    case(
        "the unknown member is told before the unknown column",
        r#"a: {"op":"insert","table":"Root","row":{"nope":1},"bogus":1}"#,
    ),
    case(
        "the unknown table is told before the unknown member",
        r#"a: {"op":"insert","table":"Nope","row":{},"x":1}"#,
    ),
    case(
        "_uuid in a row is read over",
        r#"a: ins Root {"_uuid":["uuid","550e8400-e29b-41d4-a716-446655440000"]}"#,
    ),
    case(
        "_version in a row is read over",
        r#"a: ins Root {"_version":["uuid","550e8400-e29b-41d4-a716-446655440000"]}"#,
    ),
    case("a string where an integer is needed", r#"a: ins Root {"a":"1"}"#),
    case(
        "a fraction where an integer is needed",
        r#"a: ins Root {"a":1.5}"#,
    ),
    case("an integer where a string is needed", r#"a: ins Root {"name":7}"#),
    case(
        "an integer where a boolean is needed",
        r#"a: ins Root {"flag":1}"#,
    ),
    case("a string where a real is needed", r#"a: ins Root {"r":"x"}"#),
    case("null is no value", r#"a: ins Root {"name":null}"#),
    case("an object is no value", r#"a: ins Root {"ints":{}}"#),
    case("an empty array is no value", r#"a: ins Root {"ints":[]}"#),
    case(
        "a map where a set is needed",
        r#"a: ins Root {"ints":["map",[]]}"#,
    ),
    case("a set where a map is needed", r#"a: ins Root {"m":["set",[]]}"#),
    case(
        "an object where a map is needed",
        r#"a: ins Root {"m":{"a":"b"}}"#,
    ),
    case(
        "a map of something else than pairs",
        r#"a: ins Root {"m":["map",[7]]}"#,
    ),
    case("a map of half pairs", r#"a: ins Root {"m":["map",[["a"]]]}"#),
    case(
        "a map with a wrong value",
        r#"a: ins Root {"m":["map",[["a",1]]]}"#,
    ),
    case("a map with a wrong key", r#"a: ins Root {"m":["map",[[1,"a"]]]}"#),
    case("a map with too many parts", r#"a: ins Root {"m":["map",[],1]}"#),
    case(
        "a map with a key twice",
        r#"a: ins Root {"m":["map",[["a","b"],["a","c"]]]}"#,
    ),
    case(
        "a map with too many pairs",
        r#"a: ins Root {"mi":["map",[["a",1],["b",2],["c",3]]]}"#,
    ),
    case(
        "a set with an element twice",
        r#"a: ins Root {"few":["set",[1,1]]}"#,
    ),
    case(
        "a set with an element twice in two notations",
        r#"a: ins Root {"reals":["set",[1,1.0]]}"#,
    ),
    case("a set that is too small", r#"a: ins Root {"few":["set",[]]}"#),
    case(
        "a set that is too large",
        r#"a: ins Root {"few":["set",[1,2,3,4]]}"#,
    ),
    case(
        "two elements where one is optional",
        r#"a: ins Root {"i":["set",[1,2]]}"#,
    ),
    case(
        "two elements where one is needed",
        r#"a: ins Root {"name":["set",["x","y"]]}"#,
    ),
    case(
        "no element where one is needed",
        r#"a: ins Root {"name":["set",[]]}"#,
    ),
    case("a set that holds no array", r#"a: ins Root {"ints":["set",7]}"#),
    case("a set without its array", r#"a: ins Root {"ints":["set"]}"#),
    case(
        "a set with too many parts",
        r#"a: ins Root {"ints":["set",[1],2]}"#,
    ),
    case(
        "a set with a wrong element",
        r#"a: ins Root {"ints":["set",[1,"x"]]}"#,
    ),
    case("an integer below its least", r#"a: ins Root {"i":-1}"#),
    case("an integer above its greatest", r#"a: ins Root {"i":101}"#),
    case(
        "the bounds themselves are fine",
        r#"a: ins Root {"i":100,"name":"1","a":1} ; ins Root {"i":0,"name":"2","a":2}"#,
    ),
    case("a string that is not in the enum", r#"a: ins Root {"mode":"q"}"#),
    case("a UUID that is none", r#"a: ins Root {"u":["uuid","x"]}"#),
    case(
        "a UUID without its array",
        r#"a: ins Root {"u":"550e8400-e29b-41d4-a716-446655440000"}"#,
    ),
    case("a UUID that is a number", r#"a: ins Root {"u":["uuid",7]}"#),
    case(
        "a UUID with too many parts",
        r#"a: ins Root {"u":["uuid","550e8400-e29b-41d4-a716-446655440000","x"]}"#,
    ),
    case("a UUID under another tag", r#"a: ins Root {"u":["foo","x"]}"#),
    case(
        "a UUID in capitals",
        r#"a: ins Root {"u":["uuid","550E8400-E29B-41D4-A716-446655440000"]}
a: sel Root [] ["u"]"#,
    ),
    case(
        "a named-uuid that is no name",
        r#"a: ins Root {"u":["named-uuid","1 x"]}"#,
    ),
    case(
        "a named-uuid of no insert gets a UUID",
        r#"a: ins Root {"u":["named-uuid","other"]}"#,
    ),
    case(
        "a uuid-name names the row in later operations",
        r#"a: ins Root {"name":"n"} as r ; upd Root [["_uuid","==",["named-uuid","r"]]] {"u":["named-uuid","r"]}
a: sel Root [] ["_uuid","u"]"#,
    ),
    case(
        "a uuid-name names the row in earlier operations",
        r#"a: ins Root {"name":"a","a":1,"u":["named-uuid","later"]} ; ins Root {"name":"b"} as later
a: sel Root [] ["name","u","_uuid"]"#,
    ),
    case(
        "a uuid-name twice",
        r#"a: ins Root {"name":"z","a":9} as A ; ins Root {"name":"y","a":8} as A"#,
    ),
    case(
        "a uuid-name that is no name",
        r#"a: {"op":"insert","table":"Root","row":{},"uuid-name":"1 bad"}"#,
    ),
    case(
        "a uuid-name that is a number",
        r#"a: {"op":"insert","table":"Root","row":{},"uuid-name":7}"#,
    ),
    case(
        "a name does not outlive its transaction",
        r#"a: ins Root {"name":"n"} as r
a: sel Root [["_uuid","==",["named-uuid","r"]]] ["name"]"#,
    ),
    case(
        "a uuid of one's own",
        r#"a: ins Root {"name":"w"} uuid 550e8400-e29b-41d4-a716-446655440000
a: sel Root [] ["_uuid","name"]"#,
    ),
    case(
        "a uuid that is taken",
        r#"a: ins Root {"name":"w"} uuid 550e8400-e29b-41d4-a716-446655440000
a: ins Root {"name":"x","a":1} uuid 550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case(
        "a uuid twice in one transaction",
        r#"a: ins Root {"name":"w"} uuid 550e8400-e29b-41d4-a716-446655440000 ; ins Root {"name":"x","a":1} uuid 550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case(
        "a uuid that was deleted in the same transaction",
        r#"a: ins Root {"name":"w"} uuid 550e8400-e29b-41d4-a716-446655440000
a: del Root [] ; ins Root {"name":"x","a":1} uuid 550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case(
        "a uuid that was deleted before",
        r#"a: ins Root {"name":"w"} uuid 550e8400-e29b-41d4-a716-446655440000
a: del Root []
a: ins Root {"name":"x","a":1} uuid 550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case("a uuid that is none", r#"a: ins Root {"name":"w"} uuid x"#),
    case(
        "a uuid that is a number",
        r#"a: {"op":"insert","table":"Root","row":{},"uuid":7}"#,
    ),
    case(
        "a uuid and a uuid-name",
        r#"a: ins Root {"name":"a","a":1,"u":["named-uuid","r"]} ; {"op":"insert","table":"Root","row":{"name":"w"},"uuid":"550e8400-e29b-41d4-a716-446655440000","uuid-name":"r"} ; upd Root [["name","==","w"]] {"u":["named-uuid","r"]}
a: sel Root [] ["name","u"]"#,
    ),
    case(
        "an immutable column can be set by an insert",
        r#"a: ins Root {"fixed":"f"}
a: sel Root [] ["fixed"]"#,
    ),
    case(
        "of equal members the last counts",
        r#"a raw {"id":9,"method":"transact","params":["Demo",{"op":"insert","table":"Root","row":{"name":"x","name":"y"}}]}
a read
a: sel Root [] ["name"]"#,
    ),
    case(
        "a unique column",
        r#"a: ins Root {"name":"n","a":1}
a: ins Root {"name":"n","a":2}"#,
    ),
    case(
        "a unique column twice in one transaction",
        r#"a: ins Root {"name":"n","a":1} ; ins Root {"name":"n","a":2}"#,
    ),
    case(
        "a unique pair of columns",
        r#"a: ins Root {"name":"1","a":1,"b":1}
a: ins Root {"name":"2","a":1,"b":1}"#,
    ),
    case(
        "half of a unique pair may be equal",
        r#"a: ins Root {"name":"1","a":1,"b":1} ; ins Root {"name":"2","a":1,"b":2} ; ins Root {"name":"3","a":2,"b":1}"#,
    ),
    case(
        "a unique value may move within a transaction",
        r#"a: ins Root {"name":"n","a":1}
a: upd Root [["name","==","n"]] {"name":"m"} ; ins Root {"name":"n","a":2}"#,
    ),
    case(
        "a unique value may be swapped",
        r#"a: ins Root {"name":"1","a":1} ; ins Root {"name":"2","a":2}
a: upd Root [["a","==",1]] {"name":"2"} ; upd Root [["a","==",2]] {"name":"1"}"#,
    ),
    case(
        "a clash within the transaction that is gone at its end",
        r#"a: ins Root {"name":"1","a":1} ; ins Root {"name":"1","a":2} ; del Root [["a","==",2]]"#,
    ),
    case(
        "more rows than the table may have",
        r#"a: ins Root {"name":"1","a":1} ; ins Root {"name":"2","a":2} ; ins Root {"name":"3","a":3} ; ins Root {"name":"4","a":4} ; ins Root {"name":"5","a":5} ; ins Root {"name":"6","a":6}
a: ins Root {"name":"7","a":7}"#,
    ),
    case(
        "the table may be too full within the transaction",
        r#"a: ins Root {"name":"1","a":1} ; ins Root {"name":"2","a":2} ; ins Root {"name":"3","a":3} ; ins Root {"name":"4","a":4} ; ins Root {"name":"5","a":5} ; ins Root {"name":"6","a":6}
a: ins Root {"name":"7","a":7} ; del Root [["a","==",1]]"#,
    ),
    case(
        "a row of a table that is not root vanishes",
        r#"a: ins Kid {"name":"k"}
a: sel Kid []"#,
    ),
];
