use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::JournalError;
use crate::edit::HostIdentity;

/// Where the journals of all hosts are kept unless another place is named. Each user has one of their own: those who
/// edit one host as several users name one directory, or edit as root.
pub(super) fn default_place() -> Result<PathBuf, JournalError> {
    if nix::unistd::Uid::effective().is_root() {
        return Ok(PathBuf::from("/var/lib/ahv-net"));
    }
    let set = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    set("XDG_STATE_HOME")
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .map(|state| state.join("ahv-net"))
        .ok_or(JournalError::NoPlace)
}

/// The directory of one host: its key.
///
/// `ovs-UUID` by the row in table `Open_vSwitch` wherever the database is connected, whatever the edit touches. Only
/// of a host whose libvirtd alone is connected it is `libvirt-NAME`, by the name that libvirtd gives it.
pub(super) fn of_host(identity: &HostIdentity) -> Result<String, JournalError> {
    match (&identity.ovs_uuid, &identity.libvirt_hostname) {
        (Some(uuid), _) => Ok(format!("ovs-{uuid}")),
        (None, Some(name)) => Ok(by_name(name)),
        (None, None) => Err(JournalError::Nothing(
            "neither OVSDB nor libvirtd is connected, so there is no host that is edited: name it with --local, or with --ovsdb \
             and --libvirt"
                .to_owned(),
        )),
    }
}

/// Where the same host is known that is known by its database too.
pub(super) fn alias(identity: &HostIdentity) -> Option<String> {
    identity.ovs_uuid?;
    identity.libvirt_hostname.as_deref().map(by_name)
}

fn by_name(name: &str) -> String {
    // A name is what someone else says: it must not lead out of the directory.
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let plain: String = name
        .chars()
        .map(|letter| if is_plain(&letter) { letter } else { '_' })
        .take(200)
        .collect();
    format!("libvirt-{plain}")
}

/// Makes a directory that nobody else may write to.
pub(super) fn make(directory: &Path) -> Result<(), JournalError> {
    let failed = JournalError::io("make", directory);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(failed)?;
    expect_ours(directory)
}

/// Refuses a directory to which others may write.
///
/// # Errors
/// [`JournalError::Unsafe`], and [`JournalError::Io`] where there is none.
pub(super) fn expect_ours(directory: &Path) -> Result<(), JournalError> {
    let found = fs::metadata(directory).map_err(JournalError::io("look at", directory))?;
    let refuse = |why: String| {
        Err(JournalError::Unsafe {
            directory: directory.to_owned(),
            why,
        })
    };
    if !found.is_dir() {
        return refuse("is no directory".to_owned());
    }
    let us = nix::unistd::Uid::effective().as_raw();
    if found.uid() != us && found.uid() != 0 {
        return refuse(format!("belongs to user {}", found.uid()));
    }
    if found.mode() & 0o022 != 0 {
        return refuse("can be written to by others".to_owned());
    }
    Ok(())
}

/// Whether a file is just not there.
pub(super) fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
