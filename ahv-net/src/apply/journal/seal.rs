//! The form of a journal file: one line that seals it, and the entry as JSON.
//!
//! `ahv-net-journal 1 LENGTH SHA1` and a line feed, then LENGTH bytes. The SHA-1 is of the words before it and of
//! those bytes. It is there to find what a disk or an editor did; whoever may write to the directory may do
//! anything anyhow.

use std::path::Path;

use sha1::{Digest, Sha1};

use super::{Entry, JournalError};

const MAGIC: &str = "ahv-net-journal";
/// The format that this release writes and reads.
const FORMAT: u32 = 1;

/// An entry as it is written.
pub(super) fn sealed(entry: &Entry) -> Result<Vec<u8>, serde_json::Error> {
    let body = serde_json::to_vec_pretty(entry)?;
    let mut file = header(FORMAT, &body).into_bytes();
    file.extend(body);
    Ok(file)
}

/// An entry as it was written.
///
/// # Errors
/// When a single bit of it is another than what was written.
pub(super) fn opened(file: &Path, bytes: &[u8]) -> Result<Entry, JournalError> {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| JournalError::damaged(file, "it has no first line"))?;
    let (first, body) = bytes.split_at(end + 1);
    let first =
        std::str::from_utf8(first).map_err(|_| JournalError::damaged(file, "its first line is no text"))?;
    if first != header(FORMAT, body) {
        return Err(refused(file, first, body));
    }
    serde_json::from_slice(body).map_err(|error| JournalError::damaged(file, error.to_string()))
}

fn header(format: u32, body: &[u8]) -> String {
    let words = format!("{MAGIC} {format} {} ", body.len());
    let sum = Sha1::new().chain_update(&words).chain_update(body).finalize();
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{words}{sum}\n")
}

/// What is wrong with a file whose first line is not the one that its body calls for.
fn refused(file: &Path, first: &str, body: &[u8]) -> JournalError {
    let words: Vec<&str> = first.split_whitespace().collect();
    let damaged = |why: String| JournalError::damaged(file, why);
    let &[MAGIC, format, length, _] = words.as_slice() else {
        return damaged("it does not begin as a journal does".to_owned());
    };
    match format.parse() {
        // A newer format is only believed of a file that is whole.
        Ok(found) if found > FORMAT && first == header(found, body) => JournalError::Newer {
            file: file.to_owned(),
            found,
            known: FORMAT,
        },
        _ if length != body.len().to_string() => {
            damaged(format!("it has {} bytes and not {length}", body.len()))
        }
        _ => damaged("its checksum does not fit".to_owned()),
    }
}
