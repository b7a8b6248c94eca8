//! What an element says beyond what its typed reading understands.

use crate::xml::{Content, Fragment};

/// `raw` without what is in `known`, the writing of what was understood of it: attributes by name, children in turn. `None` when
/// everything was understood.
pub(super) fn remainder(raw: &Fragment, known: &Fragment) -> Option<Fragment> {
    let mut rest = Fragment::new(raw.name());
    for (name, value) in raw.attributes() {
        if known.attributes().all(|(understood, _)| understood != name) {
            rest = rest.attribute(name, value);
        }
    }
    let mut understood: Vec<&Fragment> = known.children().collect();
    let has_text = known
        .content()
        .iter()
        .any(|content| matches!(content, Content::Text(_)));
    for content in raw.content() {
        match content {
            Content::Element(child) => {
                let at = understood.iter().position(|known| known.name() == child.name());
                let left = match at.map(|at| understood.remove(at)) {
                    Some(known) => remainder(child, known),
                    None => Some(child.clone()),
                };
                if let Some(left) = left {
                    rest = rest.child(left);
                }
            }
            Content::Text(text) if has_text || text.trim().is_empty() => {}
            Content::Text(text) => rest = rest.text(text.trim()),
        }
    }
    (!rest.is_bare()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    #[test]
    fn keeps_what_was_not_understood_only() {
        let of = |text: &str| Fragment::of(Document::parse(text).unwrap().root());
        let known = of("<v trunk='yes'><tag id='1'/><tag id='2'/></v>");
        assert_eq!(remainder(&known, &known), None);
        let raw = of("<v trunk='yes' odd='1'><tag id='01'/>stray<tag id='2' x='y'/><new/></v>");
        assert_eq!(
            remainder(&raw, &known),
            Some(of("<v odd='1'>stray<tag x='y'/><new/></v>"))
        );
    }
}
