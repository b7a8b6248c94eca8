use std::path::PathBuf;

use crate::agent::AgentError;

/// Where an agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `http://…` or `https://…`.
    Http(String),
    /// `ws://…` or `wss://…`.
    WebSocket(String),
    /// `unix:PATH`, over which a WebSocket is spoken.
    Unix(PathBuf),
}

impl Place {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`AgentError::Config`] says how to write one. A plain URL beyond this host would show the token to everybody on the
    /// way, and is none.
    pub(super) fn parse(url: &str) -> Result<Self, AgentError> {
        if let Some(path) = url.strip_prefix("unix:") {
            return match path.is_empty() {
                true => Err(AgentError::Config(
                    "unix: is followed by the path of the agent's socket".to_owned(),
                )),
                false => Ok(Self::Unix(PathBuf::from(path))),
            };
        }
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() || !matches!(scheme, "http" | "https" | "ws" | "wss") {
            return Err(AgentError::Config(format!(
                "{url:?} is no URL of an agent: write http://127.0.0.1:PORT, https://HOST:PORT, ws://…, wss://… or unix:PATH"
            )));
        }
        if authority.contains('@') {
            return Err(AgentError::Config(
                "a URL of an agent holds no user and password: name the file of a token with --token-file"
                    .to_owned(),
            ));
        }
        if matches!(scheme, "http" | "ws") && !is_loopback(authority) {
            return Err(AgentError::Config(format!(
                "{url} would send the token in the clear: use {scheme}s://, or a tunnel to a loopback address"
            )));
        }
        Ok(match scheme {
            "http" | "https" => Self::Http(url.to_owned()),
            _ => Self::WebSocket(url.to_owned()),
        })
    }
}

/// Whether `HOST:PORT` is on this host.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_no_network_in_the_clear() {
        for url in [
            "http://127.0.0.1:80",
            "http://localhost:1/",
            "ws://[::1]:9",
            "https://ahv-1.example.com",
            "wss://10.0.0.1:1",
            "unix:/run/ahv-net.sock",
        ] {
            assert!(Place::parse(url).is_ok(), "{url}");
        }
        for (url, says) in [
            ("http://10.0.0.1:80", "https://"),
            ("ws://localhost.example.com", "wss://"),
            ("http://127.0.0.1@evil.example", "user"),
            ("10.0.0.1:80", "write http"),
            ("ftp://127.0.0.1", "write http"),
            ("http://", "write http"),
            ("unix:", "path"),
            ("", "write http"),
        ] {
            let error = Place::parse(url).unwrap_err();
            assert!(error.is_usage());
            assert!(error.to_string().contains(says), "{url}: {error}");
        }
    }
}
