//! Doors for the fuzz targets, and no part of the API.

use std::path::Path;

use super::{Entry, JournalError, seal};

/// An entry as a journal file holds it.
pub fn seal_entry(entry: &Entry) -> Result<Vec<u8>, serde_json::Error> {
    seal::sealed(entry)
}

/// The entry of a journal file.
pub fn open_entry(bytes: &[u8]) -> Result<Entry, JournalError> {
    seal::opened(Path::new("a journal"), bytes)
}
