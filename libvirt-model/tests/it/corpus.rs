//! Real documents from elsewhere, named by `AHV_XML_CORPUS`: they are not part of this repository.

use std::path::{Path, PathBuf};

use libvirt_model::domain::{Domain, Vlan};
use libvirt_model::vocab::VlanId;
use libvirt_model::xml::Document;
use test_support::{Suite, Unavailable};

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(crate) fn add_to(suite: &mut Suite) {
    let corpus = std::env::var_os("AHV_XML_CORPUS")
        .map(PathBuf::from)
        .ok_or_else(|| Unavailable::Missing("a directory of libvirt XML in AHV_XML_CORPUS".to_owned()));
    suite.case_with(
        "a corpus prints byte for byte, and an edit shows where it was made only",
        corpus,
        |corpus| {
            let mut files = 0;
            check(&corpus, &mut files).map_err(|error| error.to_string())?;
            assert!(files > 0, "the corpus has no XML file");
            Ok(())
        },
    );
}

fn check(directory: &Path, files: &mut usize) -> Result<(), Failure> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            check(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            *files += 1;
            one(&std::fs::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn one(bytes: &[u8]) -> Result<(), Failure> {
    let document = match Document::parse_bytes(bytes) {
        Ok(document) => document,
        Err(error) if error.is_refused() || error.is_malformed() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    assert_eq!(document.as_bytes(), bytes);
    let Ok(domain) = Domain::of(&document) else {
        return Ok(());
    };
    drop(domain.problems());
    let Some(nic) = domain.interfaces().next() else {
        return Ok(());
    };
    let vlan = Vlan::access(VlanId::new(4001)?);
    let mut edit = document.edit();
    nic.edit(&mut edit).vlan(vlan.clone());
    let edited = edit.finish()?;
    let span = nic.element().span();
    let text = document.as_str();
    assert_eq!(text[..span.start], edited.as_str()[..span.start]);
    assert!(edited.as_str().ends_with(&text[span.end..]));
    let nic = Domain::of(&edited)?
        .interfaces()
        .next()
        .expect("it is still there");
    assert_eq!(nic.vlan()?.map(|vlan| vlan.tags), Some(vlan.tags));
    Ok(())
}
