use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// How long after a failed read the next is tried.
const PAUSE: Duration = Duration::from_secs(1);

/// A source that could not be read, and when to try again.
#[derive(Debug, Default)]
pub(super) struct Retry {
    is_failing: bool,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Retry {
    /// Begins a pause; whether this is the first failure in a row.
    pub(super) fn failed(&mut self) -> bool {
        self.pause = Some(Box::pin(sleep(PAUSE)));
        !std::mem::replace(&mut self.is_failing, true)
    }

    /// Takes note of a loss of which the source itself will tell the end; whether it is the first in a row.
    pub(super) fn lost(&mut self) -> bool {
        self.pause = None;
        !std::mem::replace(&mut self.is_failing, true)
    }

    /// Ends the row of failures; whether there was one.
    pub(super) fn succeeded(&mut self) -> bool {
        self.pause = None;
        std::mem::take(&mut self.is_failing)
    }

    /// Whether a pause has begun that nobody has waited for to its end.
    pub(super) fn is_waiting(&self) -> bool {
        self.pause.is_some()
    }

    /// Waits for the end of the pause, if there is one.
    ///
    /// # Cancel safety
    /// The pause goes on.
    pub(super) async fn due(&mut self) {
        if let Some(pause) = &mut self.pause {
            pause.as_mut().await;
            self.pause = None;
        }
    }
}
