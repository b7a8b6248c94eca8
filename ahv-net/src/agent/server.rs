use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jsonrpsee::Methods;
use jsonrpsee::server::middleware::rpc::RpcServiceBuilder;
use jsonrpsee::server::{
    BatchRequestConfig, PingConfig, Server as JsonRpc, ServerConfig, ServerHandle, StopHandle, stop_channel,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::audit::Audit;
use super::door::Door;
use super::edits::Edits;
use super::error::StartError;
use super::gate::{Gate, Gated};
use super::line::{Line, Patient};
use super::listener;
use super::listener::{Accepted, Listener, Stream};
use super::options::{AgentOptions, Limits};
use super::rpc::AgentServer;
use super::service::Service;
use super::tokens::Tokens;
use crate::Host;
use crate::apply::ApplyOptions;

/// How long the start waits for what an agent before it left unfinished; it is finished later else.
const FIRST_LOOK: Duration = Duration::from_secs(15);
/// How long a listener rests that cannot accept, for want of file descriptors.
const REST: Duration = Duration::from_millis(100);
/// How long answers that are on their way may take when the agent ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// Bytes of the headers of a request, and how many there may be.
const HEADER_BYTES: usize = 16 << 10;
const HEADERS: usize = 64;

/// An agent that runs. Dropping it ends it at once; [`shut_down`](Self::shut_down) ends it well.
#[must_use = "it ends when it is dropped"]
pub struct Agent {
    urls: Vec<String>,
    edits: Arc<Edits>,
    stop: ServerHandle,
    grace: Duration,
    accepting: JoinSet<()>,
    keeper: JoinHandle<()>,
}

/// What every connection needs.
struct Shared {
    gate: Arc<Gate>,
    methods: Methods,
    config: ServerConfig,
    stop: StopHandle,
    origins: Arc<BTreeSet<String>>,
    limits: Limits,
}

impl Agent {
    /// Serves a host.
    ///
    /// What an agent before this one left half done is undone first, and so is what was not confirmed in time; what still
    /// has time gets it.
    ///
    /// # Errors
    /// [`StartError`] names the file or the address that cannot be used.
    ///
    /// # Cancel safety
    /// What was started ends.
    #[expect(
        clippy::disallowed_methods,
        reason = "the service owns the task that keeps its deadlines"
    )]
    pub async fn start(host: Host, options: AgentOptions) -> Result<Self, StartError> {
        let limits = options.limits.clone();
        let audit = Arc::new(Audit::open(options.audit.as_deref())?);
        let tokens = Tokens::open(&options.tokens)?;
        let gate = Arc::new(Gate::new(
            tokens,
            options.allow_edits,
            Arc::clone(&audit),
            &limits,
        ));
        let tls = match &options.tls {
            Some((certificate, key)) => Some(listener::tls(certificate, key)?),
            None => None,
        };
        let mut listeners = Vec::new();
        for listen in &options.listen {
            listeners.push(Listener::open(listen, tls.as_ref()).await?);
        }
        let mut apply = ApplyOptions::new().watchdog(options.watchdog.clone());
        apply.state.clone_from(&options.state);
        let edits = Arc::new(Edits::new(host.clone(), apply, audit));
        let (looked, has_looked) = oneshot::channel();
        let keeper = tokio::spawn(Arc::clone(&edits).keep(looked));
        // Later is better than never: who asks meanwhile is told that an edit is unfinished.
        let _ = tokio::time::timeout(FIRST_LOOK, has_looked).await;

        let service = Service {
            host,
            edits: Arc::clone(&edits),
            gate: Arc::clone(&gate),
        };
        let (stop_handle, stop) = stop_channel();
        let shared = Arc::new(Shared {
            gate,
            methods: service.into_rpc().into(),
            config: config(&limits),
            stop: stop_handle,
            origins: Arc::new(options.origins),
            limits,
        });
        let urls = listeners.iter().map(Listener::url).collect();
        let mut accepting = JoinSet::new();
        let places = || Arc::new(Semaphore::new(shared.limits.connections));
        let of_tcp = places();
        for listener in listeners {
            // Who fills the places of the network leaves those who are on the host theirs.
            let places = match listener {
                Listener::Tcp(..) => Arc::clone(&of_tcp),
                Listener::Unix(..) => places(),
            };
            accepting.spawn(accept(listener, places, Arc::clone(&shared)));
        }
        Ok(Self {
            urls,
            edits,
            stop,
            grace: shared.limits.grace,
            accepting,
            keeper,
        })
    }

    /// By what URLs it is reached: `http://127.0.0.1:PORT`, `https://…`, `unix:PATH`. Where the first two are, WebSocket is
    /// by `ws` and `wss`.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Ends it: takes no more connections, lets the edit that runs end or be undone, undoes an unconfirmed one that nobody
    /// else would undo, and sends the answers that are due.
    ///
    /// # Cancel safety
    /// It ends at once; what is unfinished is finished at the next start.
    pub async fn shut_down(mut self) {
        self.accepting.abort_all();
        let nobody_edits = self.edits.end(self.grace).await;
        self.keeper.abort();
        drop(nobody_edits);
        // A stop that was asked for twice is no failure.
        let _ = self.stop.stop();
        let stop = self.stop.clone();
        let _ = tokio::time::timeout(LAST_ANSWERS, stop.stopped()).await;
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.keeper.abort();
        let _ = self.stop.stop();
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

fn config(limits: &Limits) -> ServerConfig {
    let connections = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    ServerConfig::builder()
        .max_request_body_size(limits.request_bytes)
        .max_response_body_size(limits.answer_bytes)
        .max_connections(connections)
        .max_subscriptions_per_connection(limits.subscriptions)
        .set_batch_request_config(BatchRequestConfig::Limit(limits.batch))
        // What waits for a slow reader; beyond it the subscription waits too.
        .set_message_buffer_capacity(16)
        .enable_ws_ping(PingConfig::new())
        .build()
}

/// Takes connections, until the agent ends.
#[expect(clippy::disallowed_methods, reason = "every connection has a task of its own")]
async fn accept(listener: Listener, places: Arc<Semaphore>, shared: Arc<Shared>) {
    loop {
        // Who finds no place waits before the door, in the kernel's queue.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok(accepted) => {
                tokio::spawn(connection(accepted, Arc::clone(&shared), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

async fn connection(accepted: Accepted, shared: Arc<Shared>, place: OwnedSemaphorePermit) {
    let Accepted {
        stream,
        tls,
        from,
        reached_by,
    } = accepted;
    let line = Line::new();
    let stream: Box<dyn Stream> = Box::new(Patient::new(stream, Arc::clone(&line), shared.limits.patience));
    let stream = match tls {
        None => stream,
        Some(tls) => match tokio::time::timeout(shared.limits.patience, tls.accept(stream)).await {
            Ok(Ok(stream)) => Box::new(stream) as Box<dyn Stream>,
            Ok(Err(error)) => {
                tracing::debug!(from, %error, "no TLS");
                return;
            }
            Err(_) => {
                tracing::debug!(from, "the TLS handshake took too long");
                return;
            }
        },
    };
    let door = Door {
        gate: Arc::clone(&shared.gate),
        origins: Arc::clone(&shared.origins),
        request_bytes: usize::try_from(shared.limits.request_bytes).unwrap_or(usize::MAX),
        patience: shared.limits.patience,
        from,
        reached_by,
        line: Arc::clone(&line),
        place: Arc::new(place),
    };
    let gate = Arc::clone(&shared.gate);
    let methods = JsonRpc::builder()
        .set_config(shared.config.clone())
        .set_rpc_middleware(RpcServiceBuilder::new().layer_fn(move |service| Gated {
            gate: Arc::clone(&gate),
            line: Arc::clone(&line),
            service,
        }))
        .to_service_builder()
        .build(shared.methods.clone(), shared.stop.clone());
    let service = service_fn(move |request| door.clone().answer(request, methods.clone()));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.patience)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = shared.stop.clone().shutdown() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
