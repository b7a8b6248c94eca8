//! `unix:`

use std::{
    io,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

use tokio::net::UnixStream;

use super::{dial::io_error, remote::Remote};
use crate::error::{Error, UnreachableReason};

/// Opens a unix socket.
pub(super) async fn dial(remote: &Remote, path: &Path) -> Result<UnixStream, Error> {
    UnixStream::connect(path)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => {
                Error::unreachable(remote, UnreachableReason::PermissionDenied(who_may(path)))
            }
            _ => match other_than_socket(path) {
                Some(kind) => Error::unreachable(remote, UnreachableReason::NoSocket(kind)),
                None => io_error(remote, error),
            },
        })
}

/// What is there instead of a socket: the system only says that nothing listens.
fn other_than_socket(path: &Path) -> Option<&'static str> {
    let kind = std::fs::metadata(path).ok()?.file_type();
    match kind {
        kind if kind.is_socket() => None,
        kind if kind.is_dir() => Some("a directory"),
        kind if kind.is_file() => Some("a regular file"),
        _ => Some("no socket"),
    }
}

/// Who may open the socket, from its owner, group and mode.
fn who_may(path: &Path) -> String {
    let Ok(metadata) = std::fs::metadata(path) else {
        return format!(
            "a directory of {} may not be entered by this user; run as root or as the user of Open vSwitch",
            path.display()
        );
    };
    let user = name("/etc/passwd", metadata.uid());
    let group = name("/etc/group", metadata.gid());
    // A socket is opened by who may write to it.
    let group_may = metadata.mode() & 0o020 != 0;
    let join = if group_may {
        format!(", or join group {group}")
    } else {
        String::new()
    };
    let who = match user.as_str() {
        "root" => user.clone(),
        other => format!("{other} or root"),
    };
    format!(
        "{} belongs to user {user} and group {group} (mode {:03o}): run as {who}{join}",
        path.display(),
        metadata.mode() & 0o777
    )
}

/// The name of a user or group, from the local file alone: enough for a message.
fn name(file: &str, id: u32) -> String {
    let entries = std::fs::read_to_string(file).unwrap_or_default();
    let found = entries.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(id)).then(|| name.to_owned())
    });
    found.unwrap_or_else(|| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_socket_is_called_what_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("conf.db");
        std::fs::write(&file, "OVSDB JSON 5 00").unwrap();
        for (path, kind) in [
            (file.as_path(), "a regular file"),
            (directory.path(), "a directory"),
        ] {
            let remote = Remote::Unix(path.to_owned());
            let error = dial(&remote, path).await.unwrap_err();
            assert!(error.is_unreachable(), "{error:?}");
            let said = error.to_string();
            assert!(
                said.contains(kind) && said.contains(&path.display().to_string()),
                "{said}"
            );
        }
    }

    #[test]
    fn a_refusal_names_the_socket_its_owner_and_group() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db.sock");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let says = who_may(&path);
        assert!(
            says.contains("db.sock belongs to user ") && says.contains(" group "),
            "{says}"
        );
        assert!(who_may(Path::new("/nowhere/db.sock")).contains("may not be entered"));
        assert_eq!(name("/etc/passwd", 0), "root");
    }
}
