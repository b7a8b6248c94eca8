use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;
use super::stop::Stop;
use super::watchdog::Watchdog;

/// How a plan is applied, and where it is written down.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// How long ovs-vswitchd has to take the change in. `None` does not wait for it, as `ovs-vsctl
    /// --no-wait` does not: then nothing is known of what it makes of it.
    pub take_in: Option<Duration>,
    /// Who hears of each step, and what is waited for.
    pub progress: Option<Arc<dyn Progress>>,
    /// Where the journal is kept; `None` is `/var/lib/ahv-net` for root, else `ahv-net` in `$XDG_STATE_HOME`.
    /// The embedded host, which ends with its process, keeps one only where it is named.
    pub state: Option<PathBuf>,
    /// In what time after it is applied it must be confirmed, or else is undone.
    pub confirm_within: Option<Duration>,
    /// Who undoes it then.
    pub watchdog: Watchdog,
    /// Who may ask it to stop.
    pub stop: Stop,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            take_in: Some(Duration::from_secs(10)),
            progress: None,
            state: None,
            confirm_within: None,
            watchdog: Watchdog::default(),
            stop: Stop::new(),
        }
    }
}

impl ApplyOptions {
    /// Waits 10 seconds for ovs-vswitchd, and asks for no confirmation.
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

    /// Keeps the journal below this directory.
    #[must_use]
    pub fn state(mut self, directory: impl Into<PathBuf>) -> Self {
        self.state = Some(directory.into());
        self
    }

    /// Undoes the change unless [`Host::confirm`](crate::Host::confirm) comes within this time after it.
    ///
    /// See [`Watchdog`] for who does that.
    #[must_use]
    pub fn confirm_within(mut self, limit: Duration) -> Self {
        self.confirm_within = Some(limit);
        self
    }

    /// Lets someone else undo what is not confirmed.
    #[must_use]
    pub fn watchdog(mut self, watchdog: Watchdog) -> Self {
        self.watchdog = watchdog;
        self
    }

    /// Lets this ask the edit to stop.
    #[must_use]
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }
}

impl std::fmt::Debug for ApplyOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("take_in", &self.take_in)
            .field("state", &self.state)
            .field("confirm_within", &self.confirm_within)
            .field("watchdog", &self.watchdog)
            .finish_non_exhaustive()
    }
}
