use std::fs::OpenOptions;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{self, BoxFuture, Either};
use futures_util::{FutureExt, Stream, StreamExt, TryStreamExt};
use nix::sched::{CloneFlags, setns};
use rtnetlink::packet_core::NetlinkMessage;
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::sys::SocketAddr;
use rtnetlink::{Handle, MulticastGroup, RouteMessageBuilder};

use super::{Kernel, KernelError, Notices, message, notice, processes};
use crate::observe::KernelObservation;

/// How long the kernel may take over all of its lists; it needs milliseconds.
const DEADLINE: Duration = Duration::from_secs(10);

/// The network namespace whose kernel objects are read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Namespace {
    /// The one that this process runs in.
    Own,
    /// The one that this file stands for, such as `/run/netns/NAME` or `/proc/PID/ns/net`.
    Path(PathBuf),
}

/// The running kernel, by rtnetlink.
///
/// Every [`observe`](Kernel::observe) opens a socket of its own and closes it.
#[derive(Debug, Clone)]
pub struct Netlink {
    namespace: Namespace,
}

impl Netlink {
    /// Reads the links and routes of `namespace`.
    pub fn new(namespace: Namespace) -> Self {
        Self { namespace }
    }

    async fn open(&self, groups: &'static [MulticastGroup]) -> Result<Opened, KernelError> {
        match &self.namespace {
            Namespace::Own => open(groups).map_err(KernelError::Socket),
            Namespace::Path(path) => open_in(path, groups).await,
        }
    }
}

#[async_trait]
impl Kernel for Netlink {
    fn describe(&self) -> String {
        match &self.namespace {
            Namespace::Own => "local".to_owned(),
            Namespace::Path(path) => format!("netns:{}", path.display()),
        }
    }

    async fn observe(&self) -> Result<KernelObservation, KernelError> {
        let (connection, handle, _unsolicited) = self.open(&[]).await?;
        // The connection is a future that moves messages; it is driven here and needs no task.
        let reading = pin!(tokio::time::timeout(DEADLINE, read(handle)));
        let mut said = match future::select(reading, connection).await {
            Either::Left((Ok(read), _)) => read?,
            Either::Left((Err(_), _)) => return Err(KernelError::Silent(DEADLINE)),
            Either::Right(((), _)) => {
                return Err(KernelError::Socket(io::ErrorKind::ConnectionAborted.into()));
            }
        };
        let namespace = self.namespace.clone();
        // Where /proc is hidden, nothing is known of processes; the links are all the same.
        let found = tokio::task::spawn_blocking(move || processes::qemus(&namespace)).await;
        said.processes = found.ok().and_then(Result::ok);
        Ok(said)
    }

    async fn notices(&self) -> Result<Notices, KernelError> {
        let (connection, _handle, messages) = self.open(&notice::GROUPS).await?;
        Ok(notice::notices(connection, messages))
    }
}

/// A socket's driver, which moves messages while it is polled, the handle that asks, and what nobody asked
/// for.
type Opened = (BoxFuture<'static, ()>, Handle, Unsolicited);

type Unsolicited = Pin<Box<dyn Stream<Item = (NetlinkMessage<RouteNetlinkMessage>, SocketAddr)> + Send>>;

fn open(groups: &[MulticastGroup]) -> io::Result<Opened> {
    let (connection, handle, unsolicited) = rtnetlink::new_multicast_connection(groups)?;
    Ok((connection.boxed(), handle, unsolicited.boxed()))
}

/// Opens a socket in another namespace. A socket stays in the namespace in which it was opened, so a
/// thread that enters it, opens the socket and ends is all that is needed; no other thread is moved.
async fn open_in(path: &Path, groups: &'static [MulticastGroup]) -> Result<Opened, KernelError> {
    let runtime = tokio::runtime::Handle::current();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let entered = path.to_owned();
    std::thread::Builder::new()
        .name("netns".to_owned())
        .spawn(move || {
            let _in_runtime = runtime.enter();
            // The receiver is gone only if the caller was; then nobody wants the socket.
            let _ = sender.send(enter(&entered).and_then(|()| open(groups).map_err(KernelError::Socket)));
        })
        .map_err(KernelError::Socket)?;
    receiver
        .await
        .map_err(|_| KernelError::Socket(io::ErrorKind::Interrupted.into()))?
}

fn enter(path: &Path) -> Result<(), KernelError> {
    let refused = |source: io::Error| {
        let advice = match source.kind() {
            io::ErrorKind::NotFound => "name the file of a living namespace, such as /proc/PID/ns/net",
            io::ErrorKind::PermissionDenied => "entering a namespace needs root (CAP_SYS_ADMIN)",
            _ => "name a network namespace's file, such as /run/netns/NAME or /proc/PID/ns/net",
        };
        KernelError::Namespace {
            path: path.to_owned(),
            source,
            advice,
        }
    };
    // Without O_NONBLOCK, opening a FIFO would wait for its writer.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(nix::libc::O_NONBLOCK)
        .open(path)
        .map_err(refused)?;
    setns(&file, CloneFlags::CLONE_NEWNET).map_err(|errno| refused(io::Error::from(errno)))
}

async fn read(handle: Handle) -> Result<KernelObservation, KernelError> {
    let links = collect("links", handle.link().get().execute()).await?;
    let addresses = collect("addresses", handle.address().get().execute()).await?;
    let ipv4 = RouteMessageBuilder::<Ipv4Addr>::new().build();
    let ipv6 = RouteMessageBuilder::<Ipv6Addr>::new().build();
    let mut routes = collect("IPv4 routes", handle.route().get(ipv4).execute()).await?;
    routes.extend(collect("IPv6 routes", handle.route().get(ipv6).execute()).await?);
    Ok(message::observation(&links, &addresses, &routes))
}

async fn collect<T>(
    what: &'static str,
    messages: impl Stream<Item = Result<T, rtnetlink::Error>>,
) -> Result<Vec<T>, KernelError> {
    messages
        .try_collect()
        .await
        .map_err(|error| KernelError::Refused {
            what,
            reason: error.to_string(),
        })
}
