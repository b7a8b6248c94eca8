use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::{BoxStream, Stream, StreamExt};

use super::driver::Driver;
use super::{Event, Settle};
use crate::topology::Topology;
use crate::{Error, Host};

/// The events of a host, in order.
///
/// Also a [`Stream`]. It has no task: it works when it is polled, and dropping it ends all that it began.
/// It ends by itself only when every source has ended for good.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ahv_net::Host;
/// use ahv_net::watch::Event;
///
/// let host = Host::embedded().await?;
/// let mut watch = host.watch().await?;
/// println!("{} bridges", watch.topology().bridges.len());
/// # let no_event = std::time::Duration::from_millis(10);
/// # let _ = tokio::time::timeout(no_event, async {
/// while let Some(event) = watch.next().await {
///     if let Event::Change { difference, topology } = &event {
///         println!("{difference}{} bridges now", topology.bridges.len());
///     }
/// }
/// # }).await;
/// # Ok(())
/// # }
/// ```
#[must_use = "a watch does nothing unless it is polled"]
pub struct Watch {
    events: BoxStream<'static, Event>,
    topology: Arc<Topology>,
}

impl Watch {
    pub(crate) async fn start(host: Host, settle: Settle) -> Result<Self, Error> {
        let driver = Driver::start(host, settle).await?;
        let topology = driver.topology();
        let events = futures_util::stream::unfold(driver, |mut driver| async move {
            let event = driver.next().await?;
            Some((event, driver))
        });
        Ok(Self {
            events: events.boxed(),
            topology,
        })
    }

    /// A watch whose events come from elsewhere.
    #[cfg(feature = "agent")]
    pub(crate) fn of(topology: Arc<Topology>, events: BoxStream<'static, Event>) -> Self {
        Self { events, topology }
    }

    /// The picture as this watch last showed it: at its start, or of the last [`Event::Change`].
    pub fn topology(&self) -> &Arc<Topology> {
        &self.topology
    }

    /// The next event; none when every source has ended for good.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped: work that it began goes on with the next call.
    pub async fn next(&mut self) -> Option<Event> {
        StreamExt::next(self).await
    }
}

impl Stream for Watch {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let polled = self.events.poll_next_unpin(context);
        if let Poll::Ready(Some(Event::Change { topology, .. })) = &polled {
            self.topology = Arc::clone(topology);
        }
        polled
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
