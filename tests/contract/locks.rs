//! Locks: RFC 7047 §4.1.8 to §4.1.12.

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case("a free lock", r#"a lock ["l"]"#),
    case(
        "a lock that is held",
        r#"a lock ["l"]
b lock ["l"]"#,
    ),
    case(
        "a lock passes on",
        r#"a lock ["l"]
b lock ["l"]
a unlock ["l"]
b read"#,
    ),
    case(
        "a lock passes on when its holder leaves",
        r#"a lock ["l"]
b lock ["l"]
a close
b read"#,
    ),
    case(
        "locks pass on in turn",
        r#"a lock ["l"]
b lock ["l"]
c lock ["l"]
a unlock ["l"]
b read
b unlock ["l"]
c read"#,
    ),
    case(
        "who waits may leave",
        r#"a lock ["l"]
b lock ["l"]
c lock ["l"]
b unlock ["l"]
a unlock ["l"]
c read"#,
    ),
    case(
        "a lock twice",
        r#"a lock ["l"]
a lock ["l"]"#,
    ),
    case(
        "a lock again after unlock",
        r#"a lock ["l"]
a unlock ["l"]
a lock ["l"]"#,
    ),
    case(
        "two locks",
        r#"a lock ["l"]
a lock ["m"]
a unlock ["l"]
a: {"op":"assert","lock":"m"}"#,
    ),
    case("steal a free lock", r#"a steal ["l"]"#),
    case(
        "steal a lock",
        r#"a lock ["l"]
b steal ["l"]
a sync
b: {"op":"assert","lock":"l"}
a: {"op":"assert","lock":"l"}"#,
    ),
    case(
        "a stolen lock comes back",
        r#"a lock ["l"]
b steal ["l"]
a sync
b unlock ["l"]
a read"#,
    ),
    case(
        "a stolen lock can be given up",
        r#"a lock ["l"]
b steal ["l"]
a sync
a unlock ["l"]
b: {"op":"assert","lock":"l"}"#,
    ),
    case(
        "steal from a thief",
        r#"a lock ["l"]
b steal ["l"]
c steal ["l"]
b sync
a sync
c unlock ["l"]
b sync
a sync"#,
    ),
    case(
        "steal what one holds",
        r#"a lock ["l"]
a steal ["l"]"#,
    ),
    case(
        "steal what one waits for",
        r#"a lock ["l"]
b lock ["l"]
b steal ["l"]"#,
    ),
    case(
        "a thief leaves before those who waited",
        r#"a lock ["l"]
b lock ["l"]
c steal ["l"]
a sync
c unlock ["l"]
a sync
b sync"#,
    ),
    case("unlock without a lock", r#"a unlock ["l"]"#),
    case(
        "unlock another's lock",
        r#"a lock ["l"]
b unlock ["l"]"#,
    ),
    case("a lock that is no name", r#"a lock ["bad name"]"#),
    case("a lock that is a number", r#"a lock [7]"#),
    case("a lock without a name", r#"a lock []"#),
    case("a lock with two names", r#"a lock ["a","b"]"#),
    case("unlock without a name", r#"a unlock []"#),
    case("steal without a name", r#"a steal []"#),
    case("steal what is no name", r#"a steal ["a-b"]"#),
];
