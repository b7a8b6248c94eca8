use super::*;
use crate::xml::Node;

fn assert_spans(document: &Document) {
    for element in document.elements() {
        let text = element.as_str();
        assert!(text.starts_with('<') && text.ends_with('>'), "{text}");
        let start_tag = &document.as_str()[element.start_tag().range()];
        assert!(start_tag.starts_with(&format!("<{}", element.qualified_name())) && start_tag.ends_with('>'));
        match element.end_tag() {
            Some(end) => assert!(
                document.as_str()[end.range()].starts_with(&format!("</{}", element.qualified_name()))
            ),
            None => assert!(start_tag.ends_with("/>") && text == start_tag),
        }
    }
}

#[test]
fn keeps_every_byte_and_finds_every_tag() {
    let text = "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- > --><d:domain xmlns:d=\"u:r\" a='>' \r\n b = \"&lt;'\">stray\r\n\
                <x/><vlan  ><tag id='1'/></vlan  ><![CDATA[</vlan>]]>more&#10;<?pi x?></d:domain  >\r\n";
    let document = Document::parse(text).unwrap();
    assert_eq!(document.as_str(), text);
    assert_spans(&document);
    let root = document.root();
    assert_eq!(
        (root.name(), root.qualified_name(), root.namespace()),
        ("domain", "d:domain", Some("u:r"))
    );
    assert_eq!(root.value("b"), Some("<'"));
    assert_eq!(&text[root.attribute("b").unwrap().value_span().range()], "&lt;'");
    assert_eq!(root.text(), "stray\n</vlan>more\n");
    let cdata = root.spanned_nodes().nth(3).unwrap();
    assert!(matches!(cdata.0, Node::Text("</vlan>more\n")));
    assert_eq!(&text[cdata.1.range()], "<![CDATA[</vlan>]]>more&#10;");
    assert_eq!(
        root.child("vlan")
            .unwrap()
            .child("tag")
            .unwrap()
            .parent()
            .unwrap()
            .name(),
        "vlan"
    );
}

#[test]
fn says_where_and_shows_a_caret() {
    let error = Document::parse("<a>\n  <b c='1' c='2'/>\n</a>").unwrap_err();
    assert!(error.is_malformed());
    assert_eq!(error.position().map(|at| at.line), Some(2));
    assert!(
        format!("{error:#}").contains("|   <b c='1' c='2'/>\n"),
        "{error:#}"
    );
    let error = Document::parse("<a>\n<b>").unwrap_err();
    assert_eq!(
        error.position().map(|at| (at.line, at.column)),
        Some((2, 4)),
        "{error}"
    );
}

#[test]
fn refuses_what_is_out_of_bounds_in_bounded_time() {
    let deep = "<a>".repeat(1_000_000);
    let wide = format!(
        "<a {}/>",
        (0..100_000).map(|n| format!("a{n}='1' ")).collect::<String>()
    );
    let nested: String = (0..20_000).map(|n| format!("<a xmlns:n{n}='u{n}'>")).collect();
    let declared: String = format!(
        "<a>{}</a>",
        (0..60_000)
            .map(|n| format!("<b xmlns:n{n}='u{n}'/>"))
            .collect::<String>()
    );
    let huge = format!("<a b='{}'/>", "x".repeat(50 << 20));
    for (name, text) in [
        ("deep", deep),
        ("wide", wide),
        ("nested", nested),
        ("declared", declared),
        ("huge", huge),
    ] {
        let error = Document::parse(text).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::OverBound { .. }),
            "{name}: {error}"
        );
        assert!(error.is_refused());
        assert!(format!("{error:#}").len() < 500, "{name}");
    }
}

#[test]
fn refuses_a_dtd_and_so_every_entity() {
    let bomb = "<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;'>]><a>&c;</a>";
    assert_eq!(Document::parse(bomb).unwrap_err().kind(), &ErrorKind::Dtd);
    assert!(Document::parse("<a>&b;</a>").unwrap_err().is_malformed());
}

#[test]
fn refuses_a_name_that_begins_with_a_colon() {
    for (text, column) in [("<a><tag :id='32'/></a>", 9), ("<a><:b/></a>", 5)] {
        let error = Document::parse(text).unwrap_err();
        assert!(error.is_malformed(), "{error}");
        assert_eq!(error.position().map(|at| at.column), Some(column), "{error}");
    }
}

#[test]
fn refuses_an_encoding_that_it_does_not_read() {
    let declared = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
    assert!(matches!(
        Document::parse(declared).unwrap_err().kind(),
        ErrorKind::Encoding(_)
    ));
    assert!(Document::parse("<?xml version='1.0' encoding='utf-8'?><a/>").is_ok());
    assert!(Document::parse("<?xml version='1.0' encoding='us-ascii'?><a/>").is_ok());
    let latin = b"<a>\n\xe9</a>";
    let error = Document::parse_bytes(latin).unwrap_err();
    assert_eq!(error.position().map(|at| at.line), Some(2));
    assert!(matches!(
        Document::parse_bytes(b"\xff\xfe<\0a\0").unwrap_err().kind(),
        ErrorKind::Encoding(_)
    ));
}
