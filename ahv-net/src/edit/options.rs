use std::collections::BTreeSet;
use std::net::IpAddr;

/// How an edit is planned.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PlanOptions {
    /// The guards that are overridden, by name; see [`guards`](super::guards).
    pub allow: BTreeSet<String>,
    /// Who wants the edit.
    pub caller: Caller,
}

/// Who wants an edit, as far as a guard has to know.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Caller {
    /// The address of this host by which the caller is logged in: the third word of `SSH_CONNECTION`.
    pub reached_by: Option<IpAddr>,
}

impl PlanOptions {
    /// Nothing overridden, and nothing known of the caller.
    pub fn new() -> Self {
        Self::default()
    }

    /// Overrides a guard.
    #[must_use]
    pub fn allow(mut self, guard: impl Into<String>) -> Self {
        self.allow.insert(guard.into());
        self
    }

    /// Says by which of the host's addresses the caller is logged in.
    #[must_use]
    pub fn reached_by(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.caller.reached_by = address.into();
        self
    }
}
