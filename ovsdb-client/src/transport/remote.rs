//! Names of peers: ovsdb(7) "Connection Methods".

use std::{fmt, path::PathBuf, str::FromStr};

/// The port that IANA gave to OVSDB.
pub const DEFAULT_PORT: u16 = 6640;

/// Where a peer is: ovsdb(7) "Connection Methods".
///
/// ```
/// use ovsdb_client::transport::Remote;
///
/// let remotes = Remote::parse_list("unix:/run/openvswitch/db.sock,tcp:[::1]:6640")?;
/// assert_eq!(remotes[1].to_string(), "tcp:[::1]:6640");
/// # Ok::<(), ovsdb_client::transport::RemoteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remote {
    /// `unix:FILE`
    Unix(PathBuf),
    /// `tcp:HOST[:PORT]`
    Tcp {
        /// A name or an address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// `ssl:HOST[:PORT]`
    Ssl {
        /// A name or an address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// `ws:HOST:PORT[/PATH]` or `ws://HOST…`: through a WebSocket, as websockify serves it.
    Ws(String),
    /// `wss:HOST:PORT[/PATH]` or `wss://HOST…`
    Wss(String),
    /// `punix:FILE`: the server dials us.
    PassiveUnix(PathBuf),
    /// `ptcp:[PORT][:HOST]`: the server dials us.
    PassiveTcp {
        /// The port; 0 for any.
        port: u16,
        /// The address to listen on.
        host: String,
    },
    /// `pssl:[PORT][:HOST]`: the server dials us.
    PassiveSsl {
        /// The port; 0 for any.
        port: u16,
        /// The address to listen on.
        host: String,
    },
    /// A peer in this process: see [`memory_pair`](super::memory_pair) and [`MemoryListener`](super::MemoryListener).
    Memory(String),
}

/// A text that names no peer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{remote}\" is no OVSDB remote: {reason}")]
pub struct RemoteError {
    /// The text.
    pub remote: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Remote {
    /// The remotes of a list with commas: the members of a cluster.
    ///
    /// # Errors
    /// If one of them is none, or the list is empty.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, RemoteError> {
        text.split(',').map(|remote| remote.trim().parse()).collect()
    }

    /// Whether the peer is on this host for certain, so that a lost connection shows at once.
    pub fn is_local(&self) -> bool {
        matches!(self, Remote::Unix(_) | Remote::PassiveUnix(_) | Remote::Memory(_))
    }
}

impl FromStr for Remote {
    type Err = RemoteError;

    fn from_str(text: &str) -> Result<Self, RemoteError> {
        let fail = |reason| RemoteError {
            remote: text.to_owned(),
            reason,
        };
        let Some((method, rest)) = text.split_once(':') else {
            return Err(fail(
                "it needs a method, such as unix:/run/openvswitch/db.sock or tcp:127.0.0.1:6640",
            ));
        };
        let path = || match rest {
            "" => Err(fail("it needs a file")),
            file => Ok(PathBuf::from(file)),
        };
        let url = |scheme: &str| match rest.trim_start_matches('/') {
            "" => Err(fail("it needs a host")),
            rest => Ok(format!("{scheme}://{rest}")),
        };
        match method {
            "unix" => Ok(Remote::Unix(path()?)),
            "punix" => Ok(Remote::PassiveUnix(path()?)),
            "tcp" => active(rest)
                .map(|(host, port)| Remote::Tcp { host, port })
                .map_err(fail),
            "ssl" => active(rest)
                .map(|(host, port)| Remote::Ssl { host, port })
                .map_err(fail),
            "ptcp" => passive(rest)
                .map(|(port, host)| Remote::PassiveTcp { port, host })
                .map_err(fail),
            "pssl" => passive(rest)
                .map(|(port, host)| Remote::PassiveSsl { port, host })
                .map_err(fail),
            "ws" => url("ws").map(Remote::Ws),
            "wss" => url("wss").map(Remote::Wss),
            "memory" => Ok(Remote::Memory(rest.to_owned())),
            _ => Err(fail(
                "its method is none of unix, tcp, ssl, ws, wss, punix, ptcp and pssl",
            )),
        }
    }
}

/// Reads `HOST[:PORT]`, an IPv6 address in brackets.
fn active(text: &str) -> Result<(String, u16), &'static str> {
    let (host, port) = split_host(text)?;
    if host.is_empty() {
        return Err("it needs a host");
    }
    match port {
        None => Ok((host, DEFAULT_PORT)),
        Some(port) => Ok((
            host,
            port.parse().map_err(|_| "its port is no number below 65536")?,
        )),
    }
}

/// Reads `[PORT][:HOST]`.
fn passive(text: &str) -> Result<(u16, String), &'static str> {
    let (port, host) = text.split_once(':').unwrap_or((text, ""));
    let port = match port {
        "" => DEFAULT_PORT,
        port => port.parse().map_err(|_| "its port is no number below 65536")?,
    };
    if host.is_empty() {
        return Ok((port, "0.0.0.0".to_owned()));
    }
    match split_host(host)? {
        (_, Some(_)) => Err("nothing can follow the host that it listens on"),
        (host, None) if host.is_empty() => Err("it needs a host"),
        (host, None) => Ok((port, host)),
    }
}

fn split_host(text: &str) -> Result<(String, Option<&str>), &'static str> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("its bracket is not closed")?;
        if host.contains('[') {
            return Err("a bracket cannot stand in a bracket");
        }
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host.to_owned(), Some(port))),
            None if rest.is_empty() => Ok((host.to_owned(), None)),
            None => Err("only a port can follow the bracket"),
        };
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Err("an IPv6 address needs brackets"),
        Some((host, port)) => Ok((host.to_owned(), Some(port))),
        None => Ok((text.to_owned(), None)),
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remote::Unix(path) => write!(f, "unix:{}", path.display()),
            Remote::PassiveUnix(path) => write!(f, "punix:{}", path.display()),
            Remote::Tcp { host, port } => write!(f, "tcp:{}:{port}", Host(host)),
            Remote::Ssl { host, port } => write!(f, "ssl:{}:{port}", Host(host)),
            Remote::PassiveTcp { port, host } => write!(f, "ptcp:{port}:{}", Host(host)),
            Remote::PassiveSsl { port, host } => write!(f, "pssl:{port}:{}", Host(host)),
            Remote::Ws(url) | Remote::Wss(url) => f.write_str(url),
            Remote::Memory(name) => write!(f, "memory:{name}"),
        }
    }
}

struct Host<'a>(&'a str);

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') {
            write!(f, "[{}]", self.0)
        } else {
            f.write_str(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_reads_and_prints() {
        for (text, printed) in [
            ("unix:/run/db.sock", "unix:/run/db.sock"),
            ("punix:/run/db.sock", "punix:/run/db.sock"),
            ("tcp:127.0.0.1", "tcp:127.0.0.1:6640"),
            ("tcp:[::1]:7", "tcp:[::1]:7"),
            ("ssl:host.example:6641", "ssl:host.example:6641"),
            ("ptcp:", "ptcp:6640:0.0.0.0"),
            ("ptcp:0:127.0.0.1", "ptcp:0:127.0.0.1"),
            ("pssl:6640:[::1]", "pssl:6640:[::1]"),
            ("ws:127.0.0.1:80/db", "ws://127.0.0.1:80/db"),
            ("wss://h/", "wss://h/"),
        ] {
            assert_eq!(
                text.parse::<Remote>().map(|remote| remote.to_string()),
                Ok(printed.to_owned())
            );
        }
    }

    #[test]
    fn what_is_no_remote_says_why() {
        for (text, says) in [
            ("/run/db.sock", "needs a method"),
            ("unix:", "needs a file"),
            ("tcp:", "needs a host"),
            ("tcp:::1:7", "brackets"),
            ("tcp:h:99999", "port"),
            ("tcp:[::1", "not closed"),
            ("ptcp:6640:127.0.0.1:7", "nothing can follow"),
            ("pssl:6640:[]", "needs a host"),
            ("http://h", "method is none of"),
            ("ws:", "needs a host"),
        ] {
            let error = text.parse::<Remote>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert!(Remote::parse_list("tcp:a,,tcp:b").is_err());
        assert_eq!(Remote::parse_list("tcp:a, tcp:b").unwrap().len(), 2);
    }
}
