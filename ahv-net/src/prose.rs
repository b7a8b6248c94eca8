//! The descriptions of a schema, for readers of any language: they come from the documentation of Rust types.

use serde_json::Value;

/// Leaves out of every description of a schema what only a reader of Rust needs: the examples, and where links lead.
pub(crate) fn plain(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = described(text),
                    _ => plain(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// What stands before the examples, without links.
fn described(text: &str) -> String {
    let (text, _examples) = text.split_once("\n\n# Examples").unwrap_or((text, ""));
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, link)) = rest.split_once("[`") {
        plain.push_str(before);
        let Some((name, after)) = link.split_once("`]") else {
            plain.push_str("[`");
            rest = link;
            continue;
        };
        plain.extend(["`", name, "`"]);
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_has_no_words_for_rust_alone() {
        let text = "Adds `a[0]`; [`Set`](super::Set) and [`Del::Now`] (not [`this) change it.\n\nMore.\n\n# Examples\n```\nlet a;\n```";
        let mut schema = json!({
            "description": text,
            "properties": {"description": {"type": "string", "description": "[`A`]"}},
            "oneOf": [{"description": "plain"}, true],
        });
        plain(&mut schema);
        let expected = json!({
            "description": "Adds `a[0]`; `Set` and `Del::Now` (not [`this) change it.\n\nMore.",
            "properties": {"description": {"type": "string", "description": "`A`"}},
            "oneOf": [{"description": "plain"}, true],
        });
        assert_eq!(schema, expected);
    }
}
