use std::sync::Arc;

use futures_util::StreamExt;

use super::retry::Retry;
use super::{Event, Source};
use crate::observe::kernel::{Kernel, KernelError, Notice, Notices};
use crate::observe::{KernelObservation, Sourced};

/// The kernel, followed.
pub(super) struct KernelFeed {
    kernel: Arc<dyn Kernel>,
    /// None after the socket was lost, until there is a new one.
    notices: Option<Notices>,
    is_dirty: bool,
    retry: Retry,
}

impl KernelFeed {
    /// Follows from now on; nothing is read yet.
    pub(super) async fn start(kernel: &Arc<dyn Kernel>) -> Result<Self, KernelError> {
        Ok(Self {
            notices: Some(kernel.notices().await?),
            kernel: Arc::clone(kernel),
            is_dirty: false,
            retry: Retry::default(),
        })
    }

    pub(super) async fn read(&mut self) -> Result<Sourced<KernelObservation>, KernelError> {
        Ok(Sourced {
            from: self.kernel.describe(),
            said: self.kernel.observe().await?,
        })
    }

    /// Waits until the kernel announces something, or it is time to try again.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(super) async fn signal(&mut self) -> Option<Event> {
        if self.retry.is_waiting() {
            self.retry.due().await;
            return None;
        }
        let Some(notices) = &mut self.notices else {
            // The next refresh opens a new socket.
            return std::future::pending().await;
        };
        let notice = notices.next().await;
        self.is_dirty = true;
        match notice {
            Some(Notice::Overrun) => Some(Event::Resync {
                source: Source::Kernel,
                reason: "it announced more than its socket could hold".to_owned(),
            }),
            Some(_) => None,
            None => {
                self.notices = None;
                None
            }
        }
    }

    /// Reads all of it, if something was announced.
    pub(super) async fn refresh(
        &mut self,
        observed: &mut Option<Sourced<KernelObservation>>,
    ) -> Option<Event> {
        if !self.is_dirty || self.retry.is_waiting() {
            return None;
        }
        match self.follow_and_read().await {
            Ok(said) => {
                self.is_dirty = false;
                *observed = Some(said);
                let was_lost = self.retry.succeeded();
                was_lost.then_some(Event::Regained {
                    source: Source::Kernel,
                })
            }
            Err(error) => {
                let is_news = self.retry.failed();
                is_news.then(|| Event::Lost {
                    source: Source::Kernel,
                    reason: format!("{error}; it is tried again"),
                })
            }
        }
    }

    async fn follow_and_read(&mut self) -> Result<Sourced<KernelObservation>, KernelError> {
        if self.notices.is_none() {
            self.notices = Some(self.kernel.notices().await?);
        }
        self.read().await
    }
}
