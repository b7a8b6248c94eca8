//! A watch, read to its end without a task.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ovsdb_client::replica::{Event, Snapshot, Watch};

/// The next event, if there is one already.
pub(crate) fn next(watch: &mut Watch) -> Option<Event> {
    match pin!(watch.next()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(event) => event,
        Poll::Pending => None,
    }
}

/// The events go on generation by generation until the snapshot that is current.
pub(crate) fn follow(watch: &mut Watch, current: &Snapshot) {
    let mut generation = watch.snapshot().generation();
    while let Some(event) = next(watch) {
        assert!(event.snapshot().generation() > generation);
        generation = event.snapshot().generation();
    }
    assert_eq!(generation, current.generation());
}
