//! What another strict parser, roxmltree, makes of a text: this one must agree.

use super::{Document, Element, Error, Node};

/// Holds the parser to roxmltree: both accept `text` and read the same in it, or both refuse it.
///
/// # Panics
/// Where they do not agree, but for what `is_stricter` tells of.
pub fn compare(text: &str) {
    match (Document::parse(text), roxmltree::Document::parse(text)) {
        (Ok(ours), Ok(theirs)) => {
            if !text.contains(":xmlns") {
                same(ours.root(), theirs.root_element());
            }
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => assert!(
            text.contains(":xmlns"),
            "roxmltree refuses what was accepted: {error}\n{text:?}"
        ),
        (Err(error), Ok(_)) => assert!(
            error.is_refused() || is_stricter(text, &error),
            "roxmltree accepts what was refused: {error}\n{text:?}"
        ),
    }
}

/// Whether `error` is one that roxmltree does not make, though XML 1.0 and Namespaces in XML ask for it: names that begin with
/// a colon, the default namespace declared twice, references to surrogates; XML declarations and processing instructions
/// that are named or placed wrongly.
fn is_stricter(text: &str, error: &Error) -> bool {
    let message = error.to_string();
    let about = |part: &str| message.contains(part);
    about("has an empty prefix")
        || about("declares this namespace twice")
        || about("cannot be declared anew")
        // `</:a>` closes `<a>` for it.
        || (text.contains("</:") && about("expected </"))
        || (text.contains("&#") && about("refers to no character"))
        || text.contains("<?")
}

fn same(root: Element<'_>, other: roxmltree::Node<'_, '_>) {
    // No recursion: roxmltree may have read what is nested deeply.
    let mut open = vec![(root, other)];
    while let Some((ours, theirs)) = open.pop() {
        assert_eq!(ours.name(), theirs.tag_name().name());
        // An empty default namespace is none; to roxmltree it is one without a name.
        let namespace = theirs.tag_name().namespace();
        assert_eq!(
            ours.namespace().unwrap_or(""),
            namespace.unwrap_or(""),
            "{ours:?}"
        );
        assert_eq!(ours.span().range(), theirs.range(), "{ours:?}");
        let mut attributes = theirs.attributes();
        for attribute in ours.attributes() {
            let other = attributes.next().expect("as many attributes");
            assert_eq!(
                (attribute.name(), attribute.namespace(), attribute.value()),
                (other.name(), other.namespace(), other.value()),
            );
            assert_eq!(attribute.span().range(), other.range(), "{attribute:?}");
        }
        assert_eq!(attributes.count(), 0, "{ours:?}");
        let mut children = theirs.children();
        for (node, span) in ours.spanned_nodes() {
            let other = children.next().expect("as many children");
            match node {
                Node::Element(element) => open.push((element, other)),
                Node::Text(text) => {
                    let source = ours.document().as_str().get(span.range()).unwrap_or("");
                    // Beside a reference, roxmltree leaves a carriage return as it is.
                    if !(source.contains('\r') && source.contains('&')) {
                        assert_eq!(Some(text), other.text(), "{source:?}");
                    }
                    assert!(other.is_text());
                }
                Node::Comment(source) => {
                    assert!(
                        other.is_comment() && source.len() == other.range().len(),
                        "{source:?}"
                    );
                }
                Node::Instruction(source) => {
                    assert!(other.is_pi() && source.len() == other.range().len(), "{source:?}");
                }
            }
        }
        assert_eq!(children.count(), 0, "{ours:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::properties::document;
    use super::*;

    /// What stands at the borders of what is well-formed.
    const PIECES: &[&str] = &[
        "<a/>",
        "<a>",
        "</a>",
        "</:a>",
        "<",
        ">",
        "/",
        "/>",
        "=",
        "'",
        "\"",
        " ",
        ":",
        "a:",
        ":a",
        "é",
        "\u{b7}",
        "-",
        ".",
        "1",
        "\r",
        "\n",
        "\t",
        "\u{1}",
        "\u{fffe}",
        "\u{feff}",
        "&",
        ";",
        "&amp;",
        "&#10;",
        "&#x41;",
        "&#xD800;",
        "&#0;",
        "&x;",
        "]]>",
        "]]",
        "<![CDATA[",
        "<![CDATA[x]]>",
        "<!--",
        "-->",
        "--",
        "<!---->",
        "<?p",
        "?>",
        "<?xml ?>",
        "<?p q?>",
        "<!DOCTYPE a>",
        "<!x",
        " xmlns='u'",
        " xmlns=''",
        " xmlns:p='u:q'",
        " xmlns:xml='v'",
        " p:b=''",
        " q:b=''",
        " b='1'",
        " b=\"<\"",
        " xml:lang='en'",
        "<q:a/>",
        "<xmlns:a/>",
        "<?xml version='1.0'?>",
    ];

    #[test]
    fn agrees_at_the_borders() {
        for head in PIECES {
            compare(head);
            for tail in PIECES {
                compare(&format!("{head}{tail}"));
                compare(&format!("<r xmlns:q='u:q'>{head}{tail}</r>"));
                compare(&format!("<r xmlns:q='u:q' q:b='1'{head}{tail}/>"));
                compare(&format!("<r b='{head}{tail}'/>"));
                compare(&format!("<r/>{head}{tail}"));
                compare(&format!("{head}<r></r{tail}>"));
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_on_documents(text in document()) {
            compare(&text);
        }

        #[test]
        fn agrees_on_what_is_almost_a_document(
            text in document(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::sample::select(PIECES.to_vec())), 1..4),
        ) {
            let mut characters: Vec<char> = text.chars().collect();
            for (at, removed, piece) in changes {
                let at = at.index(characters.len() + 1);
                let end = (at + removed).min(characters.len());
                characters.splice(at..end, piece.chars());
            }
            compare(&characters.into_iter().collect::<String>());
        }
    }
}
