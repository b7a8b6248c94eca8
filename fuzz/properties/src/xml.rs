//! XML documents: another parser agrees on what is one, what is read is printed byte for byte, every span of the index is where
//! the element stands, and what an element is written as reads as a document of its own.

use libvirt_model::domain::Domain;
use libvirt_model::network::Network;
use libvirt_model::xml::{Document, Element, oracle};

pub(crate) fn xml(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        oracle::compare(text);
    }
    let Ok(document) = Document::parse_bytes(input) else {
        return;
    };
    assert_eq!(document.as_bytes(), input, "printed otherwise than read");
    for element in document.elements() {
        check(&document, element);
    }
    let counted: usize = 1 + descendants(document.root());
    assert_eq!(document.elements().count(), counted);
    // The typed views read or say what they cannot read.
    if let Ok(domain) = Domain::of(&document) {
        let _ = (domain.name(), domain.uuid(), domain.problems());
    }
    if let Ok(network) = Network::of(&document) {
        let _ = (network.name(), network.uuid(), network.vlan());
    }
}

fn check(document: &Document, element: Element<'_>) {
    let text = document.as_str();
    let source = element.as_str();
    let (span, tag) = (element.span(), element.start_tag());
    assert_eq!(text.get(span.start..span.end), Some(source));
    assert!(source.starts_with('<') && source.ends_with('>'), "{source}");
    assert_eq!(tag.start, span.start);
    assert!(tag.end <= span.end);
    let name = text.get(tag.start + 1..).unwrap_or("");
    assert!(name.starts_with(element.qualified_name()), "{source}");
    for attribute in element.attributes() {
        let (whole, value) = (attribute.span(), attribute.value_span());
        assert!(tag.start < whole.start && whole.end <= tag.end);
        assert!(whole.start < value.start && value.end < whole.end);
        let raw = text
            .get(value.start..value.end)
            .expect("a value is whole characters");
        if !raw.contains(['&', '\n', '\r', '\t']) {
            assert_eq!(raw, attribute.value(), "{source}");
        }
        if attribute.namespace().is_none() {
            assert_eq!(element.value(attribute.name()), Some(attribute.value()));
        }
    }
    match (element.end_tag(), element.content()) {
        (None, None) => assert_eq!(tag.end, span.end),
        (Some(end), Some(content)) => {
            assert_eq!(
                (content.start, content.end, end.end),
                (tag.end, end.start, span.end)
            );
        }
        (end, content) => panic!("an end tag {end:?} and content {content:?}"),
    }
    for child in element.children() {
        assert_eq!(child.parent().map(|parent| parent.id()), Some(element.id()));
        assert!(tag.end <= child.span().start && child.span().end <= span.end);
    }
}

fn descendants(element: Element<'_>) -> usize {
    element.children().map(|child| 1 + descendants(child)).sum()
}
