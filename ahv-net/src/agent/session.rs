use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::line::Line;
use super::scope::Scope;

/// What a connection brings along with each of its calls.
#[derive(Clone)]
pub(super) struct Session {
    /// The token, which is looked up again at each call.
    pub(super) secret: String,
    /// Where it comes from.
    pub(super) from: String,
    /// The address of this host by which it came; none by a unix socket or a loopback address.
    pub(super) reached_by: Option<IpAddr>,
    /// The connection itself.
    pub(super) line: Arc<Line>,
}

/// The secret is never printed.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// Who calls, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    /// The name of the token.
    pub(super) name: String,
    pub(super) scope: Scope,
    /// Where the call comes from.
    pub(super) from: String,
    /// The address of this host by which it came; none by a unix socket or a loopback address.
    pub(super) reached_by: Option<IpAddr>,
}
