//! The scripts of cases: one step a line.
//!
//! ```text
//! a: ins Root {"name":"x"} as r ; sel Root [] ["name"]    transact on the database Demo, through session a
//! a METHOD PARAMS          a request, and everything that comes until its reply
//! a send METHOD PARAMS     a request whose reply is not waited for
//! a send: …                the same for a transaction
//! a raw TEXT               bytes as they stand; \uXXXX is not touched, \xNN is one byte
//! a read                   one message
//! a sync                   everything that has come so far
//! a closed                 everything until the server closes
//! a close                  the client closes
//! vsctl ARGS               ovs-vsctl --no-wait; what it prints and how it ends
//! client VERB ARGS         ovsdb-client VERB REMOTE ARGS
//! ```
//!
//! Operations: `ins TABLE ROW [as NAME] [uuid UUID]`, `sel TABLE WHERE [COLUMNS]`, `upd TABLE WHERE ROW`,
//! `mut TABLE WHERE MUTATIONS`, `del TABLE WHERE`, `wait TABLE WHERE COLUMNS UNTIL ROWS [TIMEOUT]`, or any JSON.
//! `@0` stands for the UUID of the first row that the script inserted, `@1` for the second.

use serde_json::{Value, json};

/// One step of a script.
#[derive(Debug)]
pub(super) enum Step {
    Session(char, Act),
    Vsctl(Vec<String>),
    Client(Vec<String>),
}

/// What a session does.
#[derive(Debug)]
pub(super) enum Act {
    Request {
        method: String,
        params: Value,
        waits: bool,
    },
    Raw(Vec<u8>),
    Read,
    Sync,
    Closed,
    Close,
}

/// Reads a line; `uuids` are those of the rows that were inserted.
pub(super) fn parse(line: &str, uuids: &[String]) -> Result<Step, String> {
    let mut line = line.to_owned();
    for (index, uuid) in uuids.iter().enumerate().rev() {
        line = line.replace(&format!("@{index}"), uuid);
    }
    let (head, rest) = line.split_once(' ').ok_or_else(|| format!("no step: {line}"))?;
    let rest = rest.trim();
    let session = |name: &str| name.chars().next().unwrap_or('a');
    Ok(match head {
        "vsctl" => Step::Vsctl(words(rest)),
        "client" => Step::Client(words(rest)),
        _ if head.ends_with(':') => Step::Session(session(head), transact(rest, true)?),
        _ => {
            let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let act = match verb {
                "raw" => Act::Raw(bytes(rest)),
                "read" => Act::Read,
                "sync" => Act::Sync,
                "closed" => Act::Closed,
                "close" => Act::Close,
                "send:" => transact(rest, false)?,
                "send" => {
                    let (method, params) =
                        rest.split_once(' ').ok_or("send needs a method and parameters")?;
                    request(method, params, false)?
                }
                method => request(method, rest, true)?,
            };
            Step::Session(session(head), act)
        }
    })
}

fn request(method: &str, params: &str, waits: bool) -> Result<Act, String> {
    let params = serde_json::from_str(params).map_err(|error| format!("{params}: {error}"))?;
    Ok(Act::Request {
        method: method.to_owned(),
        params,
        waits,
    })
}

fn transact(text: &str, waits: bool) -> Result<Act, String> {
    let operations = text.split(" ; ").map(operation).collect::<Result<Vec<_>, _>>()?;
    let params = std::iter::once(json!("Demo")).chain(operations).collect();
    Ok(Act::Request {
        method: "transact".to_owned(),
        params,
        waits,
    })
}

fn operation(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let bad = |error: &dyn std::fmt::Display| format!("{text}: {error}");
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !["ins", "sel", "upd", "mut", "del", "wait"].contains(&verb) {
        return serde_json::from_str(text).map_err(|error| bad(&error));
    }
    let (table, rest) = rest.split_once(' ').ok_or_else(|| bad(&"no table"))?;
    let (rest, uuid) = rest
        .split_once(" uuid ")
        .map_or((rest, None), |(rest, uuid)| (rest, Some(uuid)));
    let (rest, name) = rest
        .split_once(" as ")
        .map_or((rest, None), |(rest, name)| (rest, Some(name)));
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let mut next = || values.next().transpose().map_err(|error| bad(&error));
    let mut operation = json!({ "table": table });
    let members: &[&str] = match verb {
        "ins" => &["row"],
        "sel" => &["where", "columns"],
        "upd" => &["where", "row"],
        "mut" => &["where", "mutations"],
        "del" => &["where"],
        _ => &["where", "columns", "until", "rows", "timeout"],
    };
    for member in members {
        if let Some(value) = next()? {
            operation[member] = value;
        }
    }
    if next()?.is_some() {
        return Err(bad(&"too many values"));
    }
    operation["op"] = match verb {
        "ins" => "insert",
        "sel" => "select",
        "upd" => "update",
        "mut" => "mutate",
        "del" => "delete",
        other => other,
    }
    .into();
    if let Some(name) = name {
        operation["uuid-name"] = name.into();
    }
    if let Some(uuid) = uuid {
        operation["uuid"] = uuid.into();
    }
    Ok(operation)
}

/// Splits as a shell does: quotes hold together and vanish, a backslash keeps what follows.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x") {
        out.extend_from_slice(before.as_bytes());
        let (digits, after) = after.split_at(2);
        out.extend(u8::from_str_radix(digits, 16));
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
