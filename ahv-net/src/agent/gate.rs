use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonrpsee::server::MethodResponse;
use jsonrpsee::server::middleware::rpc::{Batch, BatchEntry, BatchEntryErr, Notification, RpcServiceT};
use jsonrpsee::types::{ErrorObjectOwned, Request};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::fault::Fault;
use super::options::Limits;
use super::scope::Scope;
use super::session::{Caller, Session};
use super::tokens::Tokens;

/// What every call has to pass, whatever it came by: its token, its scope, its share.
#[derive(Debug)]
pub(super) struct Gate {
    tokens: Tokens,
    allow_edits: bool,
    calls: Arc<Semaphore>,
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// How many calls a token still has, and as of when.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Gate {
    pub(super) fn new(tokens: Tokens, allow_edits: bool, limits: &Limits) -> Self {
        Self {
            tokens,
            allow_edits,
            calls: Arc::new(Semaphore::new(limits.calls)),
            per_second: f64::from(limits.calls_per_second.max(1)),
            burst: f64::from(limits.burst.max(1)),
            buckets: Mutex::default(),
        }
    }

    /// Who has this token, if it is valid now.
    pub(super) fn caller(&self, session: &Session) -> Option<Caller> {
        let (name, scope) = self.tokens.owner(&session.secret)?;
        Some(Caller {
            name,
            scope,
            from: session.from.clone(),
            reached_by: session.reached_by,
        })
    }

    /// Whether a method may be called; the permit is held while it runs.
    fn admit(
        &self,
        method: &str,
        session: Option<&Session>,
    ) -> Result<(Caller, OwnedSemaphorePermit), ErrorObjectOwned> {
        let caller = session
            .and_then(|session| self.caller(session))
            .ok_or_else(|| Fault::Unauthorized.saying("this token is not valid any more: ask for another"))?;
        self.take_from_bucket(&caller.name)?;
        // An unknown method is told from a forbidden one by the server behind this gate.
        if Scope::of_method(method) == Some(Scope::Edit) {
            if !self.allow_edits {
                let said = "this agent only reads: start it with --allow-edits where it may edit";
                return Err(Fault::Forbidden.saying(said));
            }
            if caller.scope < Scope::Edit {
                let said = format!(
                    "the token of {} is for reading, and {method} needs one for editing",
                    caller.name
                );
                return Err(Fault::Forbidden.saying(said));
            }
        }
        let permit = Arc::clone(&self.calls).try_acquire_owned().map_err(|_| {
            Fault::TooMany { retry_after_ms: 1000 }
                .saying("the agent has too much to do: try again in a second")
        })?;
        Ok((caller, permit))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how fast calls come is a matter of the clock"
    )]
    fn take_from_bucket(&self, name: &str) -> Result<(), ErrorObjectOwned> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        // As many as there are tokens, and those that are gone.
        if buckets.len() > 1024 {
            buckets.retain(|_, bucket| now.duration_since(bucket.at) < Duration::from_secs(60));
        }
        let bucket = buckets.entry(name.to_owned()).or_insert(Bucket {
            left: self.burst,
            at: now,
        });
        let gained = now.duration_since(bucket.at).as_secs_f64() * self.per_second;
        bucket.left = (bucket.left + gained).min(self.burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            let wait = Duration::from_secs_f64((1.0 - bucket.left) / self.per_second);
            let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
            let said = format!("too many calls: {name} may try again in {retry_after_ms} ms");
            return Err(Fault::TooMany { retry_after_ms }.saying(said));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// The gate, before the methods.
#[derive(Debug, Clone)]
pub(super) struct Gated<S> {
    pub(super) gate: Arc<Gate>,
    pub(super) service: S,
}

impl<S> RpcServiceT for Gated<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, mut request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let admitted = self.gate.admit(request.method_name(), request.extensions().get());
        let service = self.service.clone();
        async move {
            match admitted {
                Ok((caller, _permit)) => {
                    request.extensions_mut().insert(caller);
                    service.call(request).await
                }
                Err(error) => MethodResponse::error(request.id, error),
            }
        }
    }

    /// One after the other, each as if it came alone; what is not admitted is answered in its place.
    fn batch<'a>(&self, mut batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let mut permits = Vec::new();
        for entry in batch.iter_mut() {
            let Ok(BatchEntry::Call(request)) = entry else {
                continue;
            };
            match self.gate.admit(request.method_name(), request.extensions().get()) {
                Ok((caller, permit)) => {
                    request.extensions_mut().insert(caller);
                    // They run one after the other: one permit is enough.
                    permits.truncate(0);
                    permits.push(permit);
                }
                Err(error) => {
                    let id = request.id.clone();
                    *entry = Err(BatchEntryErr::new(id, error));
                }
            }
        }
        let service = self.service.clone();
        async move {
            let _permits = permits;
            service.batch(batch).await
        }
    }

    /// There are no methods that one calls without wanting an answer; the server drops them.
    fn notification<'a>(
        &self,
        notification: Notification<'a>,
    ) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.service.clone();
        async move { service.notification(notification).await }
    }
}
