use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::error::StartError;
use crate::apply::journal::UnixTime;

/// How much of the end of the log is read for what an agent before this one saw waiting.
const TAIL: u64 = 64 << 10;
/// What a line says of an edit that waits, before its id.
const APPLIED: &str = "applied as ";
/// And after it.
const WAITS: &str = ", to be confirmed by ";

/// Who edited what, and what became of it: a line of JSON when an edit begins, and one when it ends.
#[derive(Debug)]
pub(super) struct Audit {
    path: Option<PathBuf>,
    to: Mutex<To>,
}

#[derive(Debug)]
struct To {
    file: Option<File>,
    /// Whether a line broke off.
    is_torn: bool,
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
        let opened = file.map(|path| {
            append(path).map_err(|error| StartError::Audit {
                file: path.to_owned(),
                error,
            })
        });
        Ok(Self {
            path: file.map(Path::to_owned),
            to: Mutex::new(To {
                file: opened.transpose()?,
                is_torn: false,
            }),
        })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written: an edit is not begun then.
    pub(super) fn write(&self, line: &Line<'_>) -> io::Result<()> {
        self.append(line, true)
    }

    /// Writes a line about what was not done, which nobody has to wait for.
    pub(super) fn note(&self, line: &Line<'_>) {
        if let Err(error) = self.append(line, false) {
            tracing::error!(%error, ?line, "the audit log cannot be written");
        }
    }

    fn append(&self, line: &Line<'_>, lasting: bool) -> io::Result<()> {
        let timed = Timed {
            time: UnixTime::now().to_string(),
            line,
        };
        let mut text = serde_json::to_vec(&timed)?;
        text.push(b'\n');
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = &self.path else {
            return io::stderr().lock().write_all(&text);
        };
        to.reopen_where_moved(path)?;
        if to.is_torn {
            text.insert(0, b'\n');
        }
        let Some(file) = to.file.as_mut() else {
            return Err(io::Error::other("it is not open"));
        };
        let written = file.write_all(&text);
        let lasts = match (&written, lasting) {
            (Ok(()), true) => file.sync_data().or_else(|error| match error.kind() {
                // A pipe, or /dev/null: nothing of it lasts.
                io::ErrorKind::InvalidInput => Ok(()),
                _ => Err(error),
            }),
            _ => Ok(()),
        };
        to.is_torn = written.is_err();
        written.and(lasts)
    }

    /// The edit that waited for its confirmation as of the last line about it, by its id in the journal.
    pub(super) fn waiting(&self) -> Option<String> {
        let mut file = File::open(self.path.as_ref()?).ok()?;
        let found = file.metadata().ok().filter(Metadata::is_file)?;
        file.seek(SeekFrom::Start(found.len().saturating_sub(TAIL)))
            .ok()?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let (before, after) = text.rsplit_once(APPLIED)?;
        let (id, rest) = after.split_once(WAITS)?;
        // The last line that tells of an edit that was applied may be of one that did not have to be confirmed.
        let line = before.rsplit('\n').next()?;
        let is_ended = rest.contains(id) || !line.contains("\"does\":\"apply\"");
        (!is_ended).then(|| id.to_owned())
    }
}

/// What is logged of an edit that was applied and waits.
pub(super) fn waits(id: &str, confirm_by: UnixTime) -> String {
    format!("{APPLIED}{id}{WAITS}{confirm_by}")
}

impl To {
    /// Whoever rotates logs moves the file away: then a new one stands in its place.
    fn reopen_where_moved(&mut self, path: &Path) -> io::Result<()> {
        let here = |found: Metadata| (found.dev(), found.ino());
        let open = self.file.as_ref().and_then(|file| file.metadata().ok()).map(here);
        let found = fs::metadata(path).ok().map(here);
        if open.is_none() || open != found {
            self.file = Some(append(path)?);
            self.is_torn = false;
        }
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(outcome: &str) -> Line<'_> {
        Line {
            who: "anna",
            from: "",
            does: "apply",
            plan: "p",
            allowed: &[],
            outcome,
        }
    }

    #[test]
    fn it_goes_on_where_it_was_rotated_or_broke_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let audit = Audit::open(Some(&path)).unwrap();
        audit.write(&line("one")).unwrap();
        fs::rename(&path, directory.path().join("log.1")).unwrap();
        audit.write(&line("two")).unwrap();
        let read = || fs::read_to_string(&path).unwrap();
        assert!(read().contains("two") && !read().contains("one"), "{}", read());

        fs::write(&path, "{\"half").unwrap();
        audit.to.lock().unwrap().is_torn = true;
        audit.write(&line("three")).unwrap();
        audit.note(&line("four"));
        let text = read();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(
            lines
                .iter()
                .skip(1)
                .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
        );
    }

    #[test]
    fn what_does_not_last_is_written_nevertheless() {
        Audit::open(Some(Path::new("/dev/null")))
            .unwrap()
            .write(&line("one"))
            .unwrap();
        assert!(
            Audit::open(Some(Path::new("/dev/full")))
                .unwrap()
                .write(&line("one"))
                .is_err()
        );
    }

    #[test]
    fn the_edit_that_waited_last_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let audit = Audit::open(Some(&directory.path().join("log"))).unwrap();
        assert_eq!(audit.waiting(), None);
        audit
            .write(&line(&waits("abc1", UnixTime::from_millis(5))))
            .unwrap();
        audit.write(&line("refused: busy")).unwrap();
        assert_eq!(audit.waiting().as_deref(), Some("abc1"));
        audit.write(&line("abc1 p: undone")).unwrap();
        assert_eq!(audit.waiting(), None);
        audit
            .write(&line(&waits("abc2", UnixTime::from_millis(5))))
            .unwrap();
        audit.write(&line("applied as abc3")).unwrap();
        assert_eq!(audit.waiting(), None);
    }
}
