//! Database files. After an even byte comes a file; after an odd one its records, a line each, which get the heads that
//! belong to them, for no fuzzer guesses a checksum.
//!
//! What loads is printed as a file that loads undamaged and is printed the same, and the reader of captures bears it too.

use ahv_net::observe::offline::read_captures;
use ahv_net::topology::join;
use ovsdb_client::server::DatabaseFile;
use serde_json::Value;
use sha1::{Digest, Sha1};

pub(crate) fn conf_db(input: &[u8]) {
    let Some((how, rest)) = input.split_first() else {
        return;
    };
    let file = if how % 2 == 0 { rest.to_vec() } else { log(rest) };
    let observed = read_captures(&[("conf.db", &file)]);
    assert_eq!(observed.files.len(), 1);
    let _ = join(&observed);
    let Ok(database) = DatabaseFile::parse(&file) else {
        return;
    };
    if let Some(damage) = database.damage() {
        assert!(damage.offset < file.len() && !damage.reason.is_empty());
    }
    let printed = database.print().expect("a database prints");
    let again = DatabaseFile::parse(&printed).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.damage(), None);
    let twice = again.print().expect("a database prints");
    assert_eq!(records(&twice), records(&printed), "printed twice");
}

fn log(lines: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let sum: String = Sha1::digest(line)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        file.extend_from_slice(format!("OVSDB JSON {} {sum}\n", line.len()).as_bytes());
        file.extend_from_slice(line);
    }
    file
}

/// The records of a file of ours, each a line, without the time of writing.
fn records(file: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(file).expect("what we print is UTF-8");
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let mut records: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    for record in &mut records {
        if let Some(members) = record.as_object_mut() {
            members.remove("_date");
        }
    }
    assert_eq!(records.len(), 2);
    records
}
