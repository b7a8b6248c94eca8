use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::error::StartError;
use crate::apply::journal::UnixTime;

/// Who edited what, and what became of it: a line of JSON when an edit begins, and one when it ends.
#[derive(Debug)]
pub(super) struct Audit {
    to: Mutex<Option<File>>,
}

/// What a line says.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line<'l> {
    /// The name of the token; `agent` where the agent did it by itself.
    pub(super) who: &'l str,
    /// The address that it came from.
    pub(super) from: &'l str,
    /// The method.
    pub(super) does: &'l str,
    /// The edit: what was asked for, or which entry of the journal.
    pub(super) plan: &'l str,
    /// The guards that were overridden.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) allowed: &'l [String],
    /// What became of it.
    pub(super) outcome: &'l str,
}

#[derive(Serialize)]
struct Timed<'l> {
    time: String,
    #[serde(flatten)]
    line: &'l Line<'l>,
}

impl Audit {
    /// Logs to this file, or to stderr.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn open(file: Option<&Path>) -> Result<Self, StartError> {
        let open = |path: &Path| {
            let opened = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path);
            opened.map_err(|error| StartError::Audit {
                file: path.to_owned(),
                error,
            })
        };
        Ok(Self {
            to: Mutex::new(file.map(open).transpose()?),
        })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written: an edit is not begun then.
    pub(super) fn write(&self, line: &Line<'_>) -> io::Result<()> {
        let timed = Timed {
            time: UnixTime::now().to_string(),
            line,
        };
        let mut text = serde_json::to_vec(&timed)?;
        text.push(b'\n');
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        match to.as_mut() {
            Some(file) => file.write_all(&text).and_then(|()| file.sync_data()),
            None => io::stderr().lock().write_all(&text),
        }
    }
}
