use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{JournalError, Who};

/// The right to edit a host, which ends with this value or with its process, however that ends.
#[derive(Debug)]
pub(crate) struct HostLock {
    #[expect(dead_code, reason = "it is held, and never asked")]
    file: File,
}

impl HostLock {
    /// Takes it, without waiting.
    pub(super) fn take(path: &Path) -> Result<Self, JournalError> {
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
        Ok(Self { file })
    }

    /// Whether nobody has it. Nothing is left written.
    pub(super) fn is_free(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| file.try_lock().is_ok())
    }
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
