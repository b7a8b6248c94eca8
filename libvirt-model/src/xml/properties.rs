//! What holds for any document and any edit.

use proptest::prelude::*;

use super::{Document, Element, Fragment};

/// Any well-formed element, in any style.
fn element() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["a", "b", "vlan", "tag", "q:x"]);
    let value = || "[ -%'-;=?-~é\u{10348}]{0,6}";
    let space = || prop::sample::select(vec![" ", "  ", "\n", "\r\n\t"]);
    let attributes = move || {
        prop::collection::btree_map(
            prop::sample::select(vec!["id", "type", "q:y"]),
            (value(), space(), any::<bool>()),
            0..3,
        )
        .prop_map(|all| {
            all.into_iter()
                .fold(String::new(), |text, (name, (value, space, double))| {
                    let quote = if double { '"' } else { '\'' };
                    let value = value.replace('\'', "&apos;").replace('"', "&quot;");
                    format!("{text}{space}{name}={quote}{value}{quote}")
                })
        })
    };
    let leaf = (name(), attributes(), prop::sample::select(vec!["/>", " />", ""])).prop_map(
        |(name, attributes, end)| {
            if end.is_empty() {
                format!("<{name}{attributes}></{name} >")
            } else {
                format!("<{name}{attributes}{end}")
            }
        },
    );
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let text = prop::sample::select(vec![
            "",
            "\n  ",
            "\r\n",
            "stray & text",
            "<!-- c -->",
            "<![CDATA[<&]]>",
            "<?p i?>",
            "&#10;",
            "é",
        ]);
        let text = text.prop_map(|text| text.replace("y & t", "y &amp; t"));
        (
            name(),
            attributes(),
            prop::collection::vec((text.clone(), inner), 0..4),
            text,
        )
            .prop_map(|(name, attributes, children, tail)| {
                let children: String = children.into_iter().map(|(text, child)| text + &child).collect();
                format!("<{name}{attributes}>{children}{tail}</{name}>")
            })
    })
}

pub(super) fn document() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["", "\u{feff}", "<?xml version='1.0'?>\r\n", "<!-- x -->\n"]),
        element(),
        prop::sample::select(vec!["", "\n"]),
    )
        .prop_map(|(head, root, tail)| format!("{head}<r xmlns:q='u:q'>{root}</r>{tail}"))
}

fn pick<'d>(document: &'d Document, at: prop::sample::Index) -> Element<'d> {
    let all: Vec<Element<'d>> = document.elements().collect();
    all[at.index(all.len())]
}

/// What stands before and behind the span is the same in both texts.
fn touches_only(before: &str, after: &str, start: usize, end: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(&before[..start], &after[..start]);
    prop_assert!(after.ends_with(&before[end..]));
    Ok(())
}

proptest! {
    #[test]
    fn printing_is_the_identity(text in document()) {
        let document = Document::parse(text.clone()).unwrap();
        prop_assert_eq!(document.as_bytes(), text.as_bytes());
        for element in document.elements() {
            let source = element.as_str();
            prop_assert!(source.starts_with('<') && source.ends_with('>'));
        }
    }

    #[test]
    fn an_attribute_edit_touches_only_the_start_tag(text in document(), at in any::<prop::sample::Index>(), value in "\\PC{0,8}") {
        let document = Document::parse(text.clone()).unwrap();
        let element = pick(&document, at);
        let mut edit = document.edit();
        edit.set_attribute(element, "id", &value);
        let edited = edit.finish().unwrap();
        touches_only(&text, edited.as_str(), element.start_tag().start, element.start_tag().end)?;
        prop_assert_eq!(edited.element(element.id()).unwrap().value("id"), Some(value.as_str()));
    }

    #[test]
    fn an_insert_touches_only_its_parent_and_can_be_undone(text in document(), at in any::<prop::sample::Index>()) {
        let document = Document::parse(text.clone()).unwrap();
        let parent = pick(&document, at);
        let mut edit = document.edit();
        edit.insert(parent, Fragment::new("new").attribute("id", "1").child(Fragment::new("inner")), &[]);
        let edited = edit.finish().unwrap();
        touches_only(&text, edited.as_str(), parent.span().start, parent.span().end)?;
        let new = edited.elements().find(|element| element.name() == "new").unwrap();
        prop_assert_eq!(new.parent().unwrap().qualified_name(), parent.qualified_name());
        let mut edit = edited.edit();
        edit.remove(new);
        let undone = edit.finish().unwrap();
        let visible = |text: &str| text.split_whitespace().collect::<String>();
        if parent.content().is_some() {
            prop_assert_eq!(visible(undone.as_str()), visible(&text));
        }
    }

    #[test]
    fn a_removal_touches_only_its_line(text in document(), at in any::<prop::sample::Index>()) {
        let document = Document::parse(text.clone()).unwrap();
        let element = pick(&document, at);
        prop_assume!(element.parent().is_some());
        let mut edit = document.edit();
        edit.remove(element);
        let edited = edit.finish().unwrap();
        let before = text[..element.span().start].trim_end();
        prop_assert!(edited.as_str().starts_with(before));
        prop_assert!(edited.as_str().ends_with(&text[element.span().end..]));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}", cut in any::<prop::sample::Index>(), good in document()) {
        let _ = Document::parse(text);
        let at = cut.index(good.len());
        if let Some(piece) = good.get(..at) {
            let _ = Document::parse(piece);
        }
        let _ = Document::parse_bytes(&good.as_bytes()[..at]);
    }
}
