use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::agent::AgentError;
use crate::agent::error::StartError;
use crate::agent::tokens::open_private;

/// How an agent is called.
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientOptions {
    /// The token.
    pub(super) token: String,
    /// The authority whose certificates are believed, as a PEM file; else those that the system believes.
    pub authority: Option<PathBuf>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a watch over HTTP asks for the picture.
    pub poll: Duration,
}

/// The token is never printed.
impl std::fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientOptions")
            .field("authority", &self.authority)
            .field("timeout", &self.timeout)
            .field("poll", &self.poll)
            .finish_non_exhaustive()
    }
}

impl ClientOptions {
    /// Calls with this token.
    pub fn token(token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            authority: None,
            timeout: Duration::from_secs(60),
            poll: Duration::from_secs(1),
        }
    }

    /// Calls with the token that stands in this file, alone on a line.
    ///
    /// # Errors
    /// When it cannot be read, others can read it too, or there is no token in it.
    pub fn token_file(file: impl AsRef<Path>) -> Result<Self, AgentError> {
        let path = file.as_ref();
        let (file, _) = open_private(path)?;
        let mut text = String::new();
        file.take(1 << 16)
            .read_to_string(&mut text)
            .map_err(|error| StartError::token_file(path, format!("cannot be read: {error}")))?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        match (lines.next(), lines.next()) {
            (Some(token), None) if !token.contains(char::is_whitespace) => Ok(Self::token(token)),
            _ => Err(StartError::token_file(
                path,
                "holds no token, or more than that: write it alone on a line",
            )
            .into()),
        }
    }

    /// Believes the certificates of this authority, and no others.
    #[must_use]
    pub fn authority(mut self, file: impl Into<PathBuf>) -> Self {
        self.authority = Some(file.into());
        self
    }

    /// Waits so long for an answer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Asks for the picture so often, in a watch over HTTP.
    #[must_use]
    pub fn poll(mut self, pause: Duration) -> Self {
        self.poll = pause;
        self
    }
}
