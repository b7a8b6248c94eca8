//! The qemus that run, by their command lines in /proc.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Namespace;
use crate::observe::qemu;
use crate::topology::QemuProcess;

/// The most bytes of a command line.
const COMMAND_BYTES: u64 = 1 << 20;

/// Every qemu whose network is in `namespace`, by process id. Blocks while it reads.
///
/// A process that ends meanwhile is left out, and so is one of which it cannot be told in which namespace it is; of
/// this process's own namespace that is taken for granted, as only root may look.
///
/// # Errors
/// When /proc, or the namespace's file, cannot be read.
pub(super) fn qemus(namespace: &Namespace) -> io::Result<Vec<QemuProcess>> {
    let (path, unless_told) = match namespace {
        Namespace::Own => (Path::new("/proc/self/ns/net"), true),
        Namespace::Path(path) => (path.as_path(), false),
    };
    let here = identity(path)?;
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Some(process) = command(&entry.path()).and_then(|command| read(pid, &command)) else {
            continue;
        };
        let is_here =
            identity(&entry.path().join("ns/net")).map_or(unless_told, |namespace| namespace == here);
        if is_here {
            found.push(process);
        }
    }
    found.sort_by_key(|process| process.pid);
    Ok(found)
}

/// What tells one namespace from another: where its file lies.
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

fn command(process: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(process.join("cmdline")).ok()?;
    file.take(COMMAND_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The words of a command line end with a zero byte each.
fn read(pid: u32, command: &[u8]) -> Option<QemuProcess> {
    let text = String::from_utf8_lossy(command);
    let words: Vec<&str> = text.split_terminator('\0').collect();
    qemu::is_qemu(words.first()?)
        .then(|| qemu::process(Some(pid), &words))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_of_proc_is_read_and_another_program_s_is_not() {
        let line = b"/usr/bin/qemu-system-x86_64\0-name\0guest=vm 1,debug-threads=on\0-device\0e1000,mac=52:54:00:00:00:01\0";
        let process = read(7, line).unwrap();
        assert_eq!((process.pid, process.name.as_deref()), (Some(7), Some("vm 1")));
        assert_eq!(process.nics.len(), 1);
        assert_eq!(
            read(7, b"/bin/sh\0-c\0/usr/bin/qemu-system-x86_64 -name vm\0"),
            None
        );
        assert_eq!(read(7, b""), None);
    }

    #[test]
    fn proc_itself_can_be_read() {
        qemus(&Namespace::Own).unwrap();
        assert!(qemus(&Namespace::Path("/nonexistent".into())).is_err());
    }
}
