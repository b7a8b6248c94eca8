use std::io;
use std::path::{Path, PathBuf};

use super::{Entry, Phase, Who};

/// Why the journal stops an edit. Nothing of that edit was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another edit runs. Wait for it.
    #[error("another edit of this host is running, by {by}: wait until it is done")]
    Busy {
        /// Whose it is, as far as it said.
        by: Box<Who>,
    },
    /// Another edit runs, and did not say whose it is.
    #[error("another edit of this host is running: wait until it is done ({} is locked)", .lock.display())]
    BusyUnsaid {
        /// The file that is locked.
        lock: PathBuf,
    },
    /// An edit was begun and is not finished.
    #[error("the edit {} of {} ({}) is {}: {}", .0.id, .0.begun, .0.plan.intent, .0.phase, what_to_do(.0))]
    Unfinished(Box<Entry>),
    /// There is no edit for what was asked.
    #[error("{0}")]
    Nothing(String),
    /// An edit was to be confirmed after its time.
    #[error("the edit {} was to be confirmed by {}, which has passed: it is being undone; run recover to see to it", .0.id, deadline(.0))]
    TooLate(Box<Entry>),
    /// A file of the journal is not as it was written.
    #[error(
        "the journal {} is damaged ({why}), so what was begun is not known: compare the host with what it should be \
         (show, check), and remove the file when it is right",
        .file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file of the journal is of a newer release.
    #[error("the journal {} is of format {found}, and this release reads format {known}: use the newer release", .file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: u32,
        /// What this release reads.
        known: u32,
    },
    /// Others may write to the journal, and could have anything undone.
    #[error("{} {why}: make it yours alone (chown, chmod 0700), or name another with --state", .directory.display())]
    Unsafe {
        /// The directory.
        directory: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// There is no place for the journal.
    #[error(
        "neither XDG_STATE_HOME nor HOME is set, so there is no place for the journal: name one with --state"
    )]
    NoPlace,
    /// A file cannot be read or written.
    #[error("cannot {what} {}: {error}", .file.display())]
    Io {
        /// What was tried: `write`, `lock`.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl JournalError {
    pub(crate) fn io(what: &'static str, file: &Path) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |error| Self::Io { what, file, error }
    }

    pub(crate) fn damaged(file: &Path, why: impl Into<String>) -> Self {
        Self::Damaged {
            file: file.to_owned(),
            why: why.into(),
        }
    }

    /// Whether another edit runs at this moment: try again later.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::BusyUnsaid { .. })
    }

    /// The edit that is not finished, where that is the reason.
    pub fn unfinished(&self) -> Option<&Entry> {
        match self {
            Self::Unfinished(entry) => Some(entry),
            _ => None,
        }
    }
}

fn what_to_do(entry: &Entry) -> String {
    match entry.phase {
        Phase::Unconfirmed => "confirm or revert it first".to_owned(),
        Phase::Unsettled => format!(
            "run recover first; where that cannot undo it, recover --leave {} leaves it as it is",
            entry.id
        ),
        _ => "run recover first".to_owned(),
    }
}

fn deadline(entry: &Entry) -> String {
    entry
        .confirm_by
        .map_or_else(String::new, |confirm_by| confirm_by.to_string())
}
