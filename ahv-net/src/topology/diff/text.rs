use std::fmt;

use serde_json::{Map, Value};

use super::compare::canonical;
use super::{Change, Difference, MemberChange, ObjectChange, ObjectKind};

/// As a diff is printed: `+` was added, `-` was removed, `~` changed, one line a member. Incidental
/// members are left out; `{:#}` prints them too.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            write!(f, "{}", Lines(change, f.alternate()))?;
        }
        Ok(())
    }
}

/// The lines of one object; whether with incidental members.
struct Lines<'a>(&'a ObjectChange, bool);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(object, with_incidental) = self;
        let what = printable(&match object.name.as_str() {
            "" => object.kind.as_str().to_owned(),
            name => format!("{} {name}", object.kind.as_str()),
        });
        match &object.change {
            Change::Added { after } => writeln!(f, "+ {what}{}", Summary(object.kind, after)),
            Change::Removed { before } => writeln!(f, "- {what}{}", Summary(object.kind, before)),
            Change::Changed { members } => members
                .iter()
                .filter(|member| *with_incidental || !member.incidental)
                .try_for_each(|member| writeln!(f, "~ {what} {}", Member(member))),
        }
    }
}

/// `tag 32 → 33`, and of a list of objects what came (`+`) and what went (`-`).
struct Member<'a>(&'a MemberChange);

impl fmt::Display for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MemberChange {
            path, before, after, ..
        } = self.0;
        write!(f, "{}", printable(&member_name(path)))?;
        let is_list = |value: &Value| {
            value
                .as_array()
                .is_some_and(|list| list.iter().any(Value::is_object))
        };
        if is_list(before) || is_list(after) {
            let items = |value: &Value| -> Vec<Value> {
                let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                list.iter().map(canonical).collect()
            };
            let (old, new) = (items(before), items(after));
            for gone in old.iter().filter(|item| !new.contains(item)) {
                write!(f, " -{}", words(path, gone))?;
            }
            for come in new.iter().filter(|item| !old.contains(item)) {
                write!(f, " +{}", words(path, come))?;
            }
            return Ok(());
        }
        write!(f, " {} → {}", words(path, before), words(path, after))
    }
}

/// The members that tell a reader which object this is: `: guest, tag 32, …`.
struct Summary<'a>(ObjectKind, &'a Value);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(kind, object) = self;
        // A pointer into the object, and what is put before its value.
        let telling: &[(&str, &str)] = match kind {
            ObjectKind::Host => &[("/hostname", "")],
            ObjectKind::Source => &[("/reading", ""), ("/from", "from ")],
            ObjectKind::Bridge => &[("/kind", ""), ("/datapath_type", "datapath ")],
            ObjectKind::Mirror => &[("/output_port", "to "), ("/output_vlan", "to VLAN ")],
            ObjectKind::Port => &[
                ("/role", ""),
                ("/tag", "tag "),
                ("/trunks", "trunks "),
                ("/attachment/domain", ""),
                ("/attachment/mac", ""),
            ],
            ObjectKind::Interface => &[("/type", "type "), ("/mac", ""), ("/link_up", "link ")],
            ObjectKind::Network => &[("/forward", "forward "), ("/bridge", "bridge ")],
            ObjectKind::Portgroup => &[("/vlan", "VLAN ")],
            ObjectKind::Domain => &[("/role", ""), ("/state", "")],
            ObjectKind::Nic | ObjectKind::ConfigNic => &[
                ("/type", ""),
                ("/network", "network "),
                ("/bridge", "bridge "),
                ("/vlan", "VLAN "),
                ("/port", "behind "),
            ],
            ObjectKind::Link => &[
                ("/kind", ""),
                ("/mac", ""),
                ("/master", "in "),
                ("/admin_up", ""),
                ("/addresses", ""),
            ],
            ObjectKind::Route => &[("/gateway", "via "), ("/interface", "dev ")],
            ObjectKind::Ifcfg => &[("/type", ""), ("/file", "in ")],
            ObjectKind::Unmatched => &[("/reason", "")],
        };
        let mut mark = ": ";
        for (pointer, label) in telling {
            let value = object.pointer(pointer).unwrap_or(&Value::Null);
            let is_said = match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                _ => true,
            };
            if is_said {
                let path: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
                write!(f, "{mark}{label}{}", words(&path, value))?;
                mark = ", ";
            }
        }
        Ok(())
    }
}

/// `tag`, `bond.mode`, and `other_config:bond-primary` as ovs-vsctl(8) names a key of a column.
fn member_name(path: &[String]) -> String {
    match path {
        [column, key @ ..]
            if matches!(column.as_str(), "external_ids" | "other_config" | "options") && !key.is_empty() =>
        {
            format!("{column}:{}", key.join("."))
        }
        _ => path.join("."),
    }
}

/// A value for a reader; the member that holds it tells what a truth value means.
fn words(path: &[String], value: &Value) -> String {
    let is_state = path.last().is_some_and(|member| member.ends_with("_up"));
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) if is_state => "up".to_owned(),
        Value::Bool(false) if is_state => "down".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => printable(text),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| words(path, item)).collect();
            items.join(",")
        }
        Value::Object(members) => object_words(path, members),
    }
}

/// Addresses, VLANs, NICs and evidence have a shape of their own; other objects print as JSON does.
fn object_words(path: &[String], members: &Map<String, Value>) -> String {
    let word = |name: &str| members.get(name).map(|member| words(path, member));
    if let (Some(ip), Some(prefix)) = (word("ip"), word("prefix_len")) {
        return format!("{ip}/{prefix}");
    }
    if let (Some(domain), Some(mac)) = (word("domain"), word("mac")) {
        return format!("{domain}/{mac}");
    }
    if let (Some(kind), Some(value), 2) = (word("kind"), word("value"), members.len()) {
        return format!("{kind}={value}");
    }
    if let (Some(trunk), Some(tags)) = (members.get("trunk"), word("tags")) {
        let trunk = if *trunk == Value::Bool(true) { "trunk " } else { "" };
        let native = members
            .get("native")
            .filter(|native| !native.is_null())
            .and_then(|native| native.get(0));
        let native = native.map_or_else(String::new, |native| format!(" native {native}"));
        return format!("{trunk}{tags}{native}");
    }
    printable(&Value::Object(members.clone()).to_string())
}

/// One line whatever a name holds: a source's text may not write to a reader's terminal.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|letter| {
            let escaped = letter.is_control().then(|| letter.escape_default());
            let plain = escaped.is_none().then_some(letter);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}
