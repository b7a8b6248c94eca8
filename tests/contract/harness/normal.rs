use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Gives every UUID of a transcript a name, in the order of appearance, so that two transcripts compare.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, usize>);

const NIL: &str = "00000000-0000-0000-0000-000000000000";
const UUID_LENGTH: usize = 36;

impl Names {
    /// The value with names for UUIDs, and in an order that does not depend on them.
    pub(super) fn value(&mut self, value: &Value) -> Value {
        let masked = self.sorted(value);
        self.named(&masked)
    }

    /// Names the rows of several selections by what they hold, before the rows that refer to them are looked at.
    pub(super) fn rows(&mut self, selections: &Value) {
        for selection in selections.as_array().into_iter().flatten() {
            let mut rows: Vec<&Value> = selection["rows"].as_array().into_iter().flatten().collect();
            rows.sort_by_cached_key(|row| self.masked(&self.sorted(row).to_string()));
            for row in rows {
                if let Some(uuid) = row["_uuid"][1].as_str() {
                    self.name(uuid);
                }
            }
        }
    }

    /// The text with names for UUIDs.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = find_uuid(rest) {
            let (before, after) = rest.split_at(at);
            let (uuid, after) = after.split_at(UUID_LENGTH);
            out.push_str(before);
            out.push_str(&self.name(uuid));
            rest = after;
        }
        out.push_str(rest);
        steady(&out)
    }

    /// Lines, or with `by_block` paragraphs, in an order that does not depend on UUIDs, with names for them.
    pub(super) fn listing(&mut self, text: &str, by_block: bool) -> String {
        let separator = if by_block { "\n\n" } else { "\n" };
        let mut parts: Vec<&str> = text.trim_end().split(separator).collect();
        parts.sort_by_cached_key(|part| self.masked(part));
        let named = self.text(&parts.join(separator));
        sorted_sets(&named)
    }

    fn name(&mut self, uuid: &str) -> String {
        if uuid == NIL {
            return uuid.to_owned();
        }
        let next = self.0.len();
        let number = *self.0.entry(uuid.to_owned()).or_insert(next);
        format!("<{number}>")
    }

    /// The text with the names that are known already, and one mark for all other UUIDs.
    fn masked(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = find_uuid(rest) {
            let (before, after) = rest.split_at(at);
            let (uuid, after) = after.split_at(UUID_LENGTH);
            out.push_str(before);
            match self.0.get(uuid) {
                Some(number) => out.push_str(&format!("<{number}>")),
                None => out.push_str("<?>"),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// The elements of sets and of lists of rows sorted, without regard to UUIDs that have no name yet.
    fn sorted(&self, value: &Value) -> Value {
        match value {
            Value::Array(elements) => {
                let mut elements: Vec<Value> = elements.iter().map(|element| self.sorted(element)).collect();
                if let [Value::String(tag), Value::Array(members)] = elements.as_mut_slice()
                    && (tag == "set" || tag == "map")
                {
                    members.sort_by_cached_key(|member| self.masked(&member.to_string()));
                }
                Value::Array(elements)
            }
            Value::Object(members) => {
                let sorted = members.iter().map(|(name, value)| {
                    let mut value = self.sorted(value);
                    if let (true, Value::Array(rows)) = (name == "rows" || name == "result", &mut value)
                        && rows.iter().all(|row| row.is_object() || row.is_string())
                        && (name == "rows" || rows.iter().all(Value::is_string))
                    {
                        rows.sort_by_cached_key(|row| self.masked(&row.to_string()));
                    }
                    (name.clone(), value)
                });
                Value::Object(sorted.collect())
            }
            other => other.clone(),
        }
    }

    fn named(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(elements) => {
                Value::Array(elements.iter().map(|element| self.named(element)).collect())
            }
            Value::Object(members) => {
                // Members that are UUIDs come in an order that the content of the rows decides.
                let mut order: Vec<(&String, &Value)> = members.iter().collect();
                order
                    .sort_by_cached_key(|(name, value)| (self.masked(name), self.masked(&value.to_string())));
                let mut named = Map::new();
                for (name, value) in order {
                    let name = self.text(name);
                    named.insert(name, self.named(value));
                }
                Value::Object(named)
            }
            other => other.clone(),
        }
    }
}

/// The text with the names in each `[<1>, <2>]` sorted.
fn sorted_sets(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, after)) = after.split_once(']') else {
            break;
        };
        let mut members: Vec<&str> = inside.split(", ").collect();
        if members
            .iter()
            .all(|member| member.starts_with('<') && member.ends_with('>'))
        {
            members.sort_unstable();
        }
        out.push_str(&format!("{before}[{}]", members.join(", ")));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where a UUID begins.
fn find_uuid(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..=bytes.len().checked_sub(UUID_LENGTH)?).find(|start| {
        bytes
            .iter()
            .skip(*start)
            .take(UUID_LENGTH)
            .enumerate()
            .all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    })
}

/// What depends on time or on the order of a hash table, taken out of details.
fn steady(text: &str) -> String {
    if let Some((before, _)) = text.split_once("  First row, with UUID") {
        return format!("{before}  (which rows)");
    }
    if let Some((before, after)) = text.split_once("timed out after ")
        && after.ends_with(" ms")
    {
        return format!("{before}timed out after N ms");
    }
    text.to_owned()
}
