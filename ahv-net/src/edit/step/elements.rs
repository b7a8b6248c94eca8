use std::collections::BTreeMap;

use libvirt_model::xml::{Document, Element};

use crate::edit::plan::Difference;

/// What differs between two elements, value by value: `<vlan> tag id`, `source bridge`.
pub(crate) fn differences(before: Option<&str>, after: Option<&str>) -> Vec<Difference> {
    let (before, after) = (values(before), values(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Difference {
            what: name.clone(),
            before: before.get(name).map(|values| values.join(", ")),
            after: after.get(name).map(|values| values.join(", ")),
        })
        .collect()
}

/// Every value of an element by where it stands. Children that come several times have several.
fn values(text: Option<&str>) -> BTreeMap<String, Vec<String>> {
    let mut values = BTreeMap::new();
    if let Some(document) = text.and_then(|text| Document::parse(text).ok()) {
        gather(document.root(), "", &mut values);
    }
    values
}

fn gather(element: Element<'_>, path: &str, values: &mut BTreeMap<String, Vec<String>>) {
    let mut add = |name: String, value: &str| values.entry(name).or_default().push(value.to_owned());
    let within = |name: &str| match path.is_empty() {
        true => name.to_owned(),
        false => format!("{path} {name}"),
    };
    let mut is_bare = true;
    for attribute in element.attributes() {
        add(within(attribute.qualified_name()), attribute.value());
        is_bare = false;
    }
    let mut children = element.children().peekable();
    if children.peek().is_none() {
        let text = element.text();
        match (text.trim(), path.is_empty()) {
            ("", true) => {}
            ("", false) if is_bare => add(path.to_owned(), "yes"),
            ("", false) => {}
            (text, _) => add(path.to_owned(), text),
        }
    }
    for child in children {
        let name = match path.is_empty() {
            // The part of the element, as a reader looks for it.
            true => format!("<{}>", child.qualified_name()),
            false => within(child.qualified_name()),
        };
        gather(child, &name, values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: Option<&str>, after: Option<&str>) -> Vec<String> {
        differences(before, after)
            .into_iter()
            .map(|difference| {
                let of = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
                format!(
                    "{}: {} → {}",
                    difference.what,
                    of(difference.before),
                    of(difference.after)
                )
            })
            .collect()
    }

    #[test]
    fn only_what_differs_is_said() {
        let before = "<interface type='bridge'><source bridge='br0'/><vlan><tag id='32'/></vlan><link state='up'/></interface>";
        let after = "<interface type='bridge'><source bridge='br1'/><vlan trunk='yes'><tag id='5'/><tag id='6'/></vlan>\
                     <link state='up'/></interface>";
        assert_eq!(
            said(Some(before), Some(after)),
            [
                "<source> bridge: br0 → br1",
                "<vlan> tag id: 32 → 5, 6",
                "<vlan> trunk: - → yes"
            ]
        );
        assert!(said(Some(before), Some(before)).is_empty());
    }

    #[test]
    fn an_element_that_comes_is_said_whole() {
        assert_eq!(
            said(None, Some("<a b='1'><c/><d>text</d></a>")),
            ["<c>: - → yes", "<d>: - → text", "b: - → 1"]
        );
    }
}
