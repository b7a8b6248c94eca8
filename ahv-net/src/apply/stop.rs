use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks an edit that runs to stop after the step that it is at, and to undo what it did. Clones are one.
///
/// Better than dropping the future of [`Host::apply`](crate::Host::apply), which leaves the host as it is at
/// that moment, for [`Host::recover`](crate::Host::recover) to undo.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
