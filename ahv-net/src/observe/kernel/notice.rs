use std::pin::Pin;
use std::task::Poll;

use futures_util::future::{BoxFuture, FusedFuture};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use rtnetlink::MulticastGroup;
use rtnetlink::packet_core::{NetlinkMessage, NetlinkPayload};

/// Announcements of the kernel, several folded into one. It ends when the socket is lost.
pub type Notices = Pin<Box<dyn Stream<Item = Notice> + Send>>;

/// That a link, an address or a route changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Notice {
    /// Something changed: read again.
    Changed,
    /// The kernel announced more than its socket could hold, so announcements were lost: read again.
    Overrun,
}

/// What is announced of all that a picture holds: links with their bridges and bonds, addresses, routes.
pub(super) const GROUPS: [MulticastGroup; 5] = [
    MulticastGroup::Link,
    MulticastGroup::Ipv4Ifaddr,
    MulticastGroup::Ipv6Ifaddr,
    MulticastGroup::Ipv4Route,
    MulticastGroup::Ipv6Route,
];

/// The notices of a socket that is in the [`GROUPS`].
///
/// The socket's driver is polled with the stream, so nothing is read while nobody waits: what the kernel
/// announces meanwhile stays in the socket, which is bounded, and then becomes [`Notice::Overrun`].
pub(super) fn notices<M, A, S>(driver: BoxFuture<'static, ()>, messages: S) -> Notices
where
    S: Stream<Item = (NetlinkMessage<M>, A)> + Send + Unpin + 'static,
{
    let mut driver = driver.fuse();
    let mut messages = messages.fuse();
    stream::poll_fn(move |context| {
        let has_ended = driver.poll_unpin(context).is_ready() || driver.is_terminated();
        let mut noticed = None;
        while let Poll::Ready(Some((message, _))) = messages.poll_next_unpin(context) {
            noticed = noticed.max(Some(notice(&message)));
        }
        match noticed {
            Some(notice) => Poll::Ready(Some(notice)),
            None if has_ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    })
    .boxed()
}

fn notice<M>(message: &NetlinkMessage<M>) -> Notice {
    match message.payload {
        NetlinkPayload::Overrun(_) => Notice::Overrun,
        _ => Notice::Changed,
    }
}
