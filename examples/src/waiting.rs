use std::sync::atomic::{AtomicBool, Ordering};

use ahv_net::apply::Progress;
use async_trait::async_trait;

use crate::command::tell;

/// Says on stderr what a command waits for, once: a pause without a word looks like a hang.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    is_said: AtomicBool,
}

#[async_trait]
impl Progress for Waiting {
    async fn about_to(&self, _step: &str) {}

    async fn waiting(&self, what: &str) {
        if !self.is_said.swap(true, Ordering::Relaxed) {
            tell(&format!("waiting for {what} …"));
        }
    }
}
