//! Edits of any document: the first bytes say what is done to which element of the document that follows.
//!
//! One edit succeeds, shows nowhere outside the element that it is of, and can be read back.

use libvirt_model::xml::{Document, Edit, Element, Error, ErrorKind, Fragment};

/// What attributes and texts are set to.
const VALUES: [&str; 6] = ["v", "", "<&>\"'", " a\tb\n", "\u{e9}\u{10348}", "]]>--"];

pub(crate) fn xml_edit(input: &[u8]) {
    let Some((&[what, which, how], text)) = input.split_first_chunk::<3>() else {
        return;
    };
    let Ok(document) = Document::parse_bytes(text) else {
        return;
    };
    let elements: Vec<Element<'_>> = document.elements().collect();
    let element = elements[usize::from(which) % elements.len()];
    let value = VALUES[usize::from(how) % VALUES.len()];
    let mut edit = document.edit();
    match what % 7 {
        0 => {
            edit.set_attribute(element, "new", value);
            let Some(edited) = finish(edit) else { return };
            only_within(
                &document,
                &edited,
                element.start_tag().start,
                element.start_tag().end,
            );
            assert_eq!(same(&edited, element).value("new"), Some(value));
        }
        1 => {
            let attribute = element
                .attributes()
                .find(|attribute| attribute.namespace().is_none());
            let Some(attribute) = attribute else { return };
            edit.set_attribute(element, attribute.name(), value);
            let Some(edited) = finish(edit) else { return };
            let place = attribute.value_span();
            only_within(&document, &edited, place.start - 1, place.end + 1);
            assert_eq!(same(&edited, element).value(attribute.name()), Some(value));
        }
        2 => {
            let attribute = element
                .attributes()
                .find(|attribute| attribute.namespace().is_none());
            let Some(attribute) = attribute else { return };
            edit.remove_attribute(element, attribute.name());
            let Some(edited) = finish(edit) else { return };
            only_within(
                &document,
                &edited,
                element.start_tag().start,
                element.start_tag().end,
            );
            assert_eq!(same(&edited, element).value(attribute.name()), None);
        }
        3 => {
            edit.set_text(element, value);
            let Some(edited) = finish(edit) else { return };
            only_within(&document, &edited, element.span().start, element.span().end);
            assert_eq!(same(&edited, element).text(), value);
        }
        4 => {
            let fragment = Fragment::new("new")
                .attribute("id", value)
                .child(Fragment::new("inner"));
            edit.insert(element, fragment, &["first", "new", "last"]);
            let Some(edited) = finish(edit) else { return };
            only_within(&document, &edited, element.span().start, element.span().end);
            let inserted = same(&edited, element)
                .children()
                .filter(|child| child.qualified_name() == "new");
            assert!(inserted.into_iter().any(|new| new.value("id") == Some(value)));
        }
        5 => {
            if element.parent().is_none() {
                return;
            }
            edit.remove(element);
            let Some(edited) = finish(edit) else { return };
            let text = document.as_str();
            let before = text.get(..element.span().start).unwrap_or("").trim_end();
            let after = text.get(element.span().end..).unwrap_or("");
            assert!(edited.as_str().starts_with(before), "{edited}");
            assert!(edited.as_str().ends_with(after.trim_start()), "{edited}");
            assert_eq!(edited.elements().count(), elements.len() - element_count(element));
        }
        _ => {
            edit.replace(element, Fragment::new("new").text(value));
            let Some(edited) = finish(edit) else { return };
            only_within(&document, &edited, element.span().start, element.span().end);
            assert_eq!(
                edited.elements().count(),
                elements.len() - element_count(element) + 1
            );
        }
    }
}

/// What an edit gives; none if the result would be beyond a bound.
fn finish(edit: Edit<'_>) -> Option<Document> {
    let source = edit.document().clone();
    match edit.finish() {
        Ok(edited) => {
            let again = Document::parse(edited.as_str()).expect("what an edit gives reads");
            assert_eq!(again, edited);
            Some(edited)
        }
        Err(error) => {
            assert!(is_bound(&error), "{error:#}\n{source}");
            None
        }
    }
}

fn is_bound(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::OverBound { .. })
}

fn only_within(before: &Document, after: &Document, start: usize, end: usize) {
    let (before, after) = (before.as_bytes(), after.as_bytes());
    assert!(after.starts_with(&before[..start]), "changed before {start}");
    assert!(after.ends_with(&before[end..]), "changed behind {end}");
    assert!(after.len() >= before.len() - (end - start));
}

/// The element of the same number, which an edit within it or behind its tag leaves.
fn same<'d>(edited: &'d Document, element: Element<'_>) -> Element<'d> {
    let same = edited.element(element.id()).expect("it is still there");
    assert_eq!(same.qualified_name(), element.qualified_name());
    same
}

fn element_count(element: Element<'_>) -> usize {
    1 + element.children().map(element_count).sum::<usize>()
}
