//! `xml_roundtrip` on documents of every kind, and on a corpus of real ones, which is not part of this repository.

use std::fs;

use test_support::{Outcome, Suite, Tool, Unavailable};

use crate::command::Example;

/// The independent parser.
const XMLLINT: Tool = Tool {
    name: "xmllint",
    package: "libxml2-utils",
};

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "xml_roundtrip edits every domain and network once, and counts what it cannot edit",
        Example::available("xml_roundtrip"),
        |example| every_kind(&example),
    );
    let corpus = std::env::var("AHV_XML_CORPUS")
        .map_err(|_| Unavailable::Missing("a directory of libvirt XML in AHV_XML_CORPUS".to_owned()));
    let needs = Example::available("xml_roundtrip")
        .and_then(|example| XMLLINT.find().map(|_| example))
        .and_then(|example| corpus.map(|corpus| (example, corpus)));
    suite.case_with(
        "a corpus prints byte for byte, and its edits agree with xmllint",
        needs,
        |(example, corpus)| whole_corpus(&example, &corpus),
    );
}

fn every_kind(example: &Example) -> Outcome {
    let directory = tempfile::tempdir()?;
    let files = [
        (
            "nic.xml",
            "<domain><name>a</name><devices><interface type='user'/></devices></domain>",
        ),
        (
            "no-nic.xml",
            "<domain><name>a</name><devices><!-- none --></devices></domain>",
        ),
        ("bare.xml", "<domain><name>a</name></domain>"),
        ("network.xml", "<network><name>n</name></network>"),
        ("pool.xml", "<pool><name>p</name></pool>"),
        ("dtd.xml", "<!DOCTYPE domain><domain><name>a</name></domain>"),
    ];
    for (name, text) in files {
        fs::write(directory.path().join(name), text)?;
    }
    let ran = example.run(&["--edit", &directory.path().display().to_string()])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for words in [
        "6 files",
        "0 changed, 1 refused",
        "4 edited, each within its element but 0",
        "1 other documents not editable",
    ] {
        assert!(ran.stdout.contains(words), "{words:?} is not in {ran:?}");
    }
    Ok(())
}

fn whole_corpus(example: &Example, corpus: &str) -> Outcome {
    let ran = example.run(&["--edit", "--xmllint", corpus])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // The number before these words, in what is printed.
    let number = |words: &str| -> usize {
        let before = ran.stdout.split(words).next().unwrap_or("");
        let digits = before.rsplit(|letter: char| !letter.is_ascii_digit()).next();
        digits
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_else(|| panic!("no number before {words:?}: {ran:?}"))
    };
    let edited = number(" edited, each within its element but 0");
    assert_eq!(
        edited + number(" other documents not editable") + number(" refused\n"),
        number(" files, "),
        "{ran:?}"
    );
    assert!(edited > 0, "{ran:?}");
    assert_eq!(
        number(" agree in canonical form") + number(" have none"),
        edited,
        "{ran:?}"
    );
    Ok(())
}
