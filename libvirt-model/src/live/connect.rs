//! From a URI to a backend.

use std::path::PathBuf;
use std::time::Duration;

use super::rpc::{Rpc, SessionOptions};
use super::{Directory, Error, Hypervisor};

/// How to connect.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Whether to use the read-only socket, over which nothing can be changed.
    pub read_only: bool,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long one call may take.
    pub call_timeout: Duration,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        let session = SessionOptions::new("");
        Self {
            read_only: false,
            connect_timeout: session.connect_timeout,
            call_timeout: session.call_timeout,
        }
    }
}

/// Connects to the libvirt that `uri` names.
///
/// | URI | backend |
/// |---|---|
/// | `qemu:///system` | native, the system daemon's socket |
/// | `qemu:///session` | native, the user's own daemon |
/// | `qemu+unix:///system?socket=PATH` | native, that socket |
/// | `/etc/libvirt/qemu`, any path of a directory | [`Directory`], read-only |
///
/// With the feature `virt`, every other URI goes to the C library: `test:///default`, `qemu+ssh://HOST/system`, ….
///
/// # Errors
/// [`Error::Config`] for a URI that no backend reaches; else when connecting fails.
///
/// # Cancel safety
/// Dropping the future gives the attempt up.
pub async fn connect(uri: &str) -> Result<Box<dyn Hypervisor>, Error> {
    connect_with(uri, ConnectOptions::default()).await
}

/// As [`connect`], with options.
///
/// # Errors
/// As [`connect`].
///
/// # Cancel safety
/// Dropping the future gives the attempt up.
pub async fn connect_with(uri: &str, options: ConnectOptions) -> Result<Box<dyn Hypervisor>, Error> {
    match Endpoint::of(uri, options.read_only) {
        Ok(Endpoint::Directory(path)) => {
            let reading = path.clone();
            let read = tokio::task::spawn_blocking(move || Directory::open(reading)).await;
            Ok(Box::new(read.map_err(|error| Error::Unreachable {
                endpoint: path.display().to_string(),
                reason: error.to_string(),
            })??))
        }
        Ok(Endpoint::Socket { path, open }) => {
            let session = SessionOptions {
                read_only: options.read_only,
                connect_timeout: options.connect_timeout,
                call_timeout: options.call_timeout,
                ..SessionOptions::new(open)
            };
            Ok(Box::new(Rpc::connect(&path, session).await?))
        }
        #[cfg(feature = "virt")]
        Err(Error::Config(_)) if uri.contains("://") => {
            Ok(Box::new(super::Virt::open(uri, options.read_only).await?))
        }
        Err(error) => Err(error),
    }
}

/// What a URI stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Endpoint {
    /// A daemon's unix socket, and the URI that the daemon is asked to open.
    Socket { path: PathBuf, open: String },
    /// Files.
    Directory(PathBuf),
}

impl Endpoint {
    fn of(uri: &str, read_only: bool) -> Result<Self, Error> {
        if uri.starts_with(['/', '.']) {
            return Ok(Self::Directory(PathBuf::from(uri)));
        }
        let (scheme, rest) = uri.split_once("://").ok_or_else(|| unknown(uri))?;
        let (driver, transport) = scheme
            .split_once('+')
            .map_or((scheme, None), |(driver, t)| (driver, Some(t)));
        let (place, query) = rest
            .split_once('?')
            .map_or((rest, ""), |(place, query)| (place, query));
        let (host, path) = place.split_once('/').ok_or_else(|| unknown(uri))?;
        if driver.is_empty() || !host.is_empty() || !matches!(transport, None | Some("unix")) {
            return Err(unknown(uri));
        }
        if transport.is_none() && driver != "qemu" {
            return Err(unknown(uri));
        }
        let mut socket = None;
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("socket", path)) => socket = Some(PathBuf::from(decode_percent(path))),
                _ => {
                    return Err(Error::Config(format!(
                        "`{uri}` has the parameter `{parameter}`; only socket=PATH is known"
                    )));
                }
            }
        }
        let path_of_socket = match (socket, path) {
            (Some(socket), _) => socket,
            (None, "session") => first_that_exists(&session_directory(uri)?, driver, read_only),
            (None, _) => first_that_exists(&PathBuf::from("/run/libvirt"), driver, read_only),
        };
        Ok(Self::Socket {
            path: path_of_socket,
            open: format!("{driver}:///{path}"),
        })
    }
}

/// The socket of the monolithic daemon, or else that of the driver's own daemon; when neither exists the first, so that the
/// error names the usual one.
fn first_that_exists(directory: &std::path::Path, driver: &str, read_only: bool) -> PathBuf {
    let suffix = if read_only { "-ro" } else { "" };
    let monolithic = directory.join(format!("libvirt-sock{suffix}"));
    let modular = directory.join(format!("virt{driver}d-sock{suffix}"));
    if !monolithic.exists() && modular.exists() {
        modular
    } else {
        monolithic
    }
}

fn session_directory(uri: &str) -> Result<PathBuf, Error> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").ok_or_else(|| {
        Error::Config(format!(
            "`{uri}` needs XDG_RUNTIME_DIR, which is not set; name the socket with ?socket=PATH"
        ))
    })?;
    Ok(PathBuf::from(runtime).join("libvirt"))
}

fn unknown(uri: &str) -> Error {
    Error::Config(format!(
        "`{uri}` is not a libvirt URI that can be used: give qemu:///system, qemu:///session, qemu+unix:///system?socket=PATH, or the path of a directory of XML"
    ))
}

fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or(b"");
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(uri: &str) -> Result<(String, String), String> {
        match Endpoint::of(uri, false) {
            Ok(Endpoint::Socket { path, open }) => Ok((path.display().to_string(), open)),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn reads_uris() {
        assert_eq!(
            socket("qemu+unix:///system?socket=/tmp/a%20b"),
            Ok(("/tmp/a b".to_owned(), "qemu:///system".to_owned()))
        );
        assert_eq!(
            socket("test+unix:///default?socket=/s"),
            Ok(("/s".to_owned(), "test:///default".to_owned()))
        );
        assert!(socket("qemu:///system").unwrap().0.starts_with("/run/libvirt/"));
    }

    #[test]
    fn an_unknown_uri_gets_one_sentence() {
        for uri in [
            "",
            "qemu",
            "qemu+ssh://host/system",
            "qemu://host/system",
            "xen:///",
            "qemu:///system?x=1",
        ] {
            let sentence = socket(uri).unwrap_err();
            assert!(sentence.contains(uri) && !sentence.contains('\n'), "{sentence}");
        }
    }
}
