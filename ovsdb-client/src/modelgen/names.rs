//! Rust names for the names of a schema.

/// `Open_vSwitch` → `OpenVSwitch`, `native-tagged` → `NativeTagged`.
pub(super) fn type_name(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            camel.push(first.to_ascii_uppercase());
            camel.extend(letters);
        }
    }
    if camel.starts_with(|c: char| c.is_ascii_digit()) || camel.is_empty() {
        camel.insert(0, 'V');
    }
    if camel == "Self" {
        "Self_".to_owned()
    } else {
        camel
    }
}

/// `Open_vSwitch` → `open_vswitch`, `type` → `type_`.
pub(super) fn snake_name(name: &str) -> String {
    let mut snake: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if snake.starts_with(|c: char| c.is_ascii_digit()) {
        snake.insert(0, '_');
    }
    if KEYWORDS.contains(&snake.as_str()) {
        snake.push('_');
    }
    snake
}

/// `tag` → `TAG`
pub(super) fn constant_name(name: &str) -> String {
    snake_name(name).trim_end_matches('_').to_ascii_uppercase()
}

/// Keywords, and the methods of every row.
const KEYWORDS: [&str; 54] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "from_row", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "row",
    "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized",
    "use", "uuid", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rust_names() {
        for (name, type_) in [
            ("Open_vSwitch", "OpenVSwitch"),
            ("sFlow", "SFlow"),
            ("native-tagged", "NativeTagged"),
            ("802.1Q", "V8021Q"),
        ] {
            assert_eq!(type_name(name), type_);
        }
        for (name, snake) in [
            ("Open_vSwitch", "open_vswitch"),
            ("type", "type_"),
            ("QoS", "qos"),
        ] {
            assert_eq!(snake_name(name), snake);
        }
        assert_eq!(constant_name("type"), "TYPE");
    }
}
