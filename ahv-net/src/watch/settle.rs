use std::time::Duration;

/// When a change is reported after its first sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle {
    /// As soon as every source has been silent for so long.
    pub quiet: Duration,
    /// And after so long in any case.
    pub at_most: Duration,
}

/// 100 ms of silence, at most 1 s: a person still sees it happen, and what one command does to several
/// sources is one change.
impl Default for Settle {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(100),
            at_most: Duration::from_secs(1),
        }
    }
}
