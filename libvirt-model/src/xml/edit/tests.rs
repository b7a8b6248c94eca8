use super::*;

fn edited(text: &str, change: impl for<'d> FnOnce(&mut Edit<'d>, Element<'d>)) -> Result<String, Error> {
    let document = Document::parse(text)?;
    let mut edit = document.edit();
    change(&mut edit, document.root());
    edit.finish().map(|document| document.as_str().to_owned())
}

fn child<'d>(root: Element<'d>, name: &str) -> Element<'d> {
    root.child(name).unwrap()
}

#[test]
fn attributes_keep_their_quotes_and_their_neighbours() {
    let text = "<a><b one = \"1\"   two='2'\n three='3' /></a>";
    let out = edited(text, |edit, root| {
        let b = child(root, "b");
        edit.set_attribute(b, "one", "a\"b'")
            .set_attribute(b, "four", "4")
            .remove_attribute(b, "three");
    });
    assert_eq!(
        out.unwrap(),
        "<a><b one = \"a&quot;b'\"   two='2' four='4' /></a>"
    );
}

#[test]
fn inserts_take_the_style_around_them() {
    let tag = || Fragment::new("vlan").child(Fragment::new("tag").attribute("id", "5"));
    for (text, want) in [
        (
            "<a>\r\n    <b x=\"1\"/>\r\n</a>",
            "<a>\r\n    <b x=\"1\"/>\r\n    <vlan>\r\n        <tag id=\"5\"/>\r\n    </vlan>\r\n</a>",
        ),
        ("<a><b x='1'/></a>", "<a><b x='1'/><vlan><tag id='5'/></vlan></a>"),
        (
            "<a>\n\t<b/>\n\tstray\n</a>",
            "<a>\n\t<b/>\n\t<vlan>\n\t\t<tag id='5'/>\n\t</vlan>\n\tstray\n</a>",
        ),
        ("<a/>", "<a>\n  <vlan>\n    <tag id='5'/>\n  </vlan>\n</a>"),
        ("<a></a>", "<a>\n  <vlan>\n    <tag id='5'/>\n  </vlan>\n</a>"),
        (
            "<r>\n <a>\n </a>\n</r>",
            "<r>\n <a>\n </a>\n <vlan>\n  <tag id='5'/>\n </vlan>\n</r>",
        ),
    ] {
        let out = edited(text, |edit, root| {
            edit.insert(root, tag(), &[]);
        });
        assert_eq!(out.unwrap(), want);
    }
}

#[test]
fn inserts_into_an_empty_element_open_it_once() {
    let out = edited("<r>\n  <a b='1'/>\n</r>", |edit, root| {
        edit.insert(child(root, "a"), Fragment::new("c"), &[]).insert(
            child(root, "a"),
            Fragment::new("d"),
            &[],
        );
    });
    assert_eq!(out.unwrap(), "<r>\n  <a b='1'>\n    <c/>\n    <d/>\n  </a>\n</r>");
    for (empty, filled) in [
        ("<a></a>", "<a>\n  <c/>\n  <d/>\n  <e/>\n</a>"),
        ("<a/>", "<a>\n  <c/>\n  <d/>\n  <e/>\n</a>"),
        ("<a>\n</a>", "<a>\n  <c/>\n  <d/>\n  <e/>\n</a>"),
        ("<r><a></a></r>", "<r><a><c/><d/><e/></a></r>"),
    ] {
        let out = edited(empty, |edit, root| {
            let a = root.child("a").unwrap_or(root);
            for name in ["c", "d", "e"] {
                edit.insert(a, Fragment::new(name), &[]);
            }
        });
        assert_eq!(out.unwrap(), filled, "{empty}");
    }
}

#[test]
fn an_order_finds_the_place() {
    let order = ["mac", "source", "vlan", "model"];
    let place = |text: &str| {
        edited(text, |edit, root| {
            edit.insert(root, Fragment::new("vlan"), &order);
        })
        .unwrap()
    };
    assert_eq!(
        place("<i><mac/><source/><x/><model/></i>"),
        "<i><mac/><source/><vlan/><x/><model/></i>"
    );
    assert_eq!(place("<i><model/></i>"), "<i><vlan/><model/></i>");
}

#[test]
fn a_removed_element_takes_its_line_along() {
    let remove = |text: &str| {
        edited(text, |edit, root| {
            edit.remove(child(root, "b"));
        })
        .unwrap()
    };
    assert_eq!(remove("<a>\n  <b/>\n  <c/>\n</a>"), "<a>\n  <c/>\n</a>");
    assert_eq!(remove("<a>\r\n  <b>\r\n  </b>\r\n</a>"), "<a>\r\n</a>");
    assert_eq!(remove("<a><b/> <c/></a>"), "<a> <c/></a>");
    assert_eq!(remove("<a>\n\n  <b/>\n  <c/></a>"), "<a>\n\n  <c/></a>");
}

#[test]
fn the_only_element_leaves_what_stands_beside_it() {
    for (text, want) in [
        ("<a>\n  <!-- why -->\n  <b/>\n</a>", "<a>\n  <!-- why -->\n</a>"),
        ("<a>\n  <b/>\n  <!-- why -->\n</a>", "<a>\n  <!-- why -->\n</a>"),
        ("<a><?p i?><b/></a>", "<a><?p i?></a>"),
        ("<a>\n  stray\n  <b/>\n  text\n</a>", "<a>\n  stray\n  text\n</a>"),
        (
            "<r><a>\n  <!-- why -->\n  <b/>\n</a><c>  x  </c></r>",
            "<r><a>\n  <!-- why -->\n</a><c>  x  </c></r>",
        ),
    ] {
        let out = edited(text, |edit, root| {
            let b = root
                .child("b")
                .or_else(|| root.child("a").and_then(|a| a.child("b")));
            edit.remove(b.unwrap());
        });
        assert_eq!(out.unwrap(), want);
    }
}

#[test]
fn an_update_leaves_what_it_does_not_know() {
    let before = Fragment::new("v")
        .attribute("trunk", "yes")
        .child(Fragment::new("tag").attribute("id", "1"));
    let after = Fragment::new("v")
        .child(Fragment::new("tag").attribute("id", "2"))
        .child(Fragment::new("tag").attribute("id", "3"));
    let text = "<r><v trunk='yes' odd='1'><!-- why --><tag id='1' x='y'/><new/></v  ></r>";
    let out = edited(text, |edit, root| edit.update(child(root, "v"), &before, &after));
    assert_eq!(
        out.unwrap(),
        "<r><v odd='1'><!-- why --><tag id='2' x='y'/><tag id='3'/><new/></v  ></r>"
    );
}

#[test]
fn two_steps_at_one_place_are_refused() {
    let error = edited("<a><b c='1'/></a>", |edit, root| {
        edit.set_attribute(child(root, "b"), "c", "2")
            .remove(child(root, "b"));
    })
    .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Edit(_)), "{error}");
}

#[test]
fn text_is_escaped_and_checked() {
    let out = edited("<a><b/></a>", |edit, root| {
        edit.set_text(child(root, "b"), "x < y & z");
    });
    assert_eq!(out.unwrap(), "<a><b>x &lt; y &amp; z</b></a>");
    let error = edited("<a><b/></a>", |edit, root| {
        edit.insert(root, Fragment::new("c d='1'"), &[]);
    });
    assert!(
        error.is_err(),
        "a name that is no name does not come out as asked for"
    );
}

#[test]
fn the_root_can_be_replaced_too() {
    let out = edited("<?p i?><a b='1'><c/></a><!-- end -->", |edit, root| {
        edit.replace(root, Fragment::new("new").text("x"));
    });
    assert_eq!(out.unwrap(), "<?p i?><new>x</new><!-- end -->");
}
