use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;

/// How a plan is applied.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// How long ovs-vswitchd has to take the change in. `None` does not wait for it, as `ovs-vsctl
    /// --no-wait` does not: then nothing is known of what it makes of it.
    pub take_in: Option<Duration>,
    /// Who hears of each step.
    pub progress: Option<Arc<dyn Progress>>,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            take_in: Some(Duration::from_secs(10)),
            progress: None,
        }
    }
}

impl ApplyOptions {
    /// Waits 10 seconds for ovs-vswitchd.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does not wait for ovs-vswitchd.
    #[must_use]
    pub fn no_wait(mut self) -> Self {
        self.take_in = None;
        self
    }

    /// Tells this of each step.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl std::fmt::Debug for ApplyOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("take_in", &self.take_in)
            .finish_non_exhaustive()
    }
}
