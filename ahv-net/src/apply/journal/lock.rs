use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{JournalError, Who};

/// The right to edit a host, which ends with this value or with its process, however that ends.
#[derive(Debug)]
pub(crate) struct HostLock {
    file: File,
    /// That of the journal which the host had under another name.
    pub(super) other: Option<Box<HostLock>>,
}

/// How often a lock is taken anew that was moved away meanwhile. It is moved once in the life of a host.
const LOOKS: u32 = 3;

impl HostLock {
    /// Takes it, without waiting.
    pub(super) fn take(path: &Path) -> Result<Self, JournalError> {
        for _ in 0..LOOKS {
            let lock = Self::take_file(path)?;
            // Whoever locked a file that is not in its place any more has locked nothing.
            if is_in_place(&lock.file, path) {
                return Ok(lock);
            }
        }
        Err(JournalError::BusyUnsaid {
            lock: path.to_owned(),
        })
    }

    fn take_file(path: &Path) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(JournalError::io("open", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(&mut file, path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(JournalError::io("lock", path)(error)),
        }
        say(&mut file).map_err(JournalError::io("write", path))?;
        Ok(Self { file, other: None })
    }

    /// Whether nobody has it. Nothing is left written.
    pub(super) fn is_free(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| file.try_lock().is_ok())
    }
}

impl Drop for HostLock {
    fn drop(&mut self) {
        // Closing it is not enough: a child that this process is about to start has the file too, until it runs its program.
        let _ = self.file.unlock();
    }
}

fn is_in_place(file: &File, path: &Path) -> bool {
    let place = |found: std::fs::Metadata| (found.dev(), found.ino());
    let (held, named) = (file.metadata().map(place), std::fs::metadata(path).map(place));
    matches!((held, named), (Ok(held), Ok(named)) if held == named)
}

/// Leaves a note for those who find it taken.
fn say(file: &mut File) -> std::io::Result<()> {
    let note = serde_json::to_vec(&Who::this())?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&note)
}

fn busy(file: &mut File, lock: PathBuf) -> JournalError {
    let mut note = Vec::new();
    let read = file.take(4096).read_to_end(&mut note);
    match read.map(|_| serde_json::from_slice(&note)) {
        Ok(Ok(by)) => JournalError::Busy { by: Box::new(by) },
        _ => JournalError::BusyUnsaid { lock },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_is_being_started_keeps_no_lock() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock = HostLock::take(&path).unwrap();
        assert!(!HostLock::is_free(&path) && HostLock::take(&path).is_err());
        // What fork gives the child.
        let of_child = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(HostLock::is_free(&path) && HostLock::take(&path).is_ok());
        drop(of_child);
    }
}
