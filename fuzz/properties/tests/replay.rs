//! Runs each property over its corpus: the seeds, and every input that fuzzing found.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says which file it stopped at, and panics"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fuzz_properties::{PROPERTIES, property};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn names(directory: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(fuzz().join(directory)).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_property_has_a_target_and_a_corpus() {
    let known: BTreeSet<_> = PROPERTIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("corpus"), known);
}

/// One test a property, so that a failure names it; the panic names the file.
macro_rules! replay {
    ($($name:ident)+) => {$(
        #[test]
        fn $name() {
            replay_all(stringify!($name));
        }
    )+

        #[test]
        fn every_property_is_replayed() {
            let replayed = BTreeSet::from([$(stringify!($name)),+]);
            assert_eq!(replayed, PROPERTIES.iter().map(|(name, _)| *name).collect());
        }
    };
}

replay!(agent body captures codec conf_db datum frame message nic_edit plan replica schema update words xml xml_edit);

fn replay_all(name: &str) {
    let property = property(name).unwrap();
    let mut inputs: Vec<_> = fs::read_dir(fuzz().join("corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.sort();
    assert!(inputs.len() > 1, "a corpus of {} inputs", inputs.len());
    for path in inputs {
        let input = fs::read(&path).unwrap();
        println!("{}", path.display());
        property(&input);
    }
}
