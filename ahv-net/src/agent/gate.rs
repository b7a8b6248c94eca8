use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonrpsee::server::MethodResponse;
use jsonrpsee::server::middleware::rpc::{Batch, BatchEntry, BatchEntryErr, Notification, RpcServiceT};
use jsonrpsee::types::{ErrorObjectOwned, Request};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::audit::{Audit, Line as Logged};
use super::fault::{self, Fault};
use super::line::Line;
use super::options::Limits;
use super::scope::Scope;
use super::session::{Caller, Session};
use super::tokens::Tokens;

/// What every call has to pass, whatever it came by: its token, its scope, its share.
#[derive(Debug)]
pub(super) struct Gate {
    tokens: Tokens,
    allow_edits: bool,
    audit: Arc<Audit>,
    calls: Arc<Semaphore>,
    /// Confirming and reverting have room whatever is read meanwhile.
    edits: Arc<Semaphore>,
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// What one is told whose token was taken away.
pub(super) const NOT_VALID: &str = "this token is not valid any more: ask for another";

/// How many calls a token still has, and as of when.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Gate {
    pub(super) fn new(tokens: Tokens, allow_edits: bool, audit: Arc<Audit>, limits: &Limits) -> Self {
        Self {
            tokens,
            allow_edits,
            audit,
            calls: Arc::new(Semaphore::new(limits.calls)),
            edits: Arc::new(Semaphore::new(limits.calls)),
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

    fn known(&self, session: Option<&Session>) -> Result<Caller, ErrorObjectOwned> {
        session
            .and_then(|session| self.caller(session))
            .ok_or_else(|| Fault::Unauthorized.saying(NOT_VALID))
    }

    /// Whether this caller may call a method now.
    fn admit(&self, method: &str, caller: &Caller) -> Result<(), ErrorObjectOwned> {
        self.take_from_bucket(&caller.name)?;
        // An unknown method is told from a forbidden one by the server behind this gate.
        if Scope::of_method(method) != Some(Scope::Edit) {
            return Ok(());
        }
        let said = match (self.allow_edits, caller.scope) {
            (true, Scope::Edit) => return Ok(()),
            (false, _) => "this agent only reads: start it with --allow-edits where it may edit".to_owned(),
            (true, Scope::Read) => format!(
                "the token of {} is for reading, and {method} needs one for editing",
                caller.name
            ),
        };
        self.audit.note(&Logged {
            who: &caller.name,
            from: &caller.from,
            does: method,
            plan: "",
            allowed: &[],
            outcome: &format!("refused: {said}"),
        });
        Err(Fault::Forbidden.saying(said))
    }

    /// The right to work, held while a call runs.
    fn permit(&self, edits: bool) -> Result<OwnedSemaphorePermit, ErrorObjectOwned> {
        let room = match edits {
            true => &self.edits,
            false => &self.calls,
        };
        Arc::clone(room).try_acquire_owned().map_err(|_| {
            Fault::TooMany { retry_after_ms: 1000 }
                .saying("the agent has too much to do: try again in a second")
        })
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
    pub(super) line: Arc<Line>,
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
        let Self { gate, line, service } = self.clone();
        async move {
            let _call = line.call().await;
            let admitted = gate.known(request.extensions().get()).and_then(|caller| {
                gate.admit(request.method_name(), &caller)?;
                Ok((caller, gate.permit(is_edit(&request))?))
            });
            match admitted {
                Ok((caller, _permit)) => {
                    request.extensions_mut().insert(caller);
                    let id = request.id.clone();
                    let response = service.call(request).await;
                    match fault::of_response(&response) {
                        Some(error) => {
                            MethodResponse::error(id, error).with_extensions(response.extensions().clone())
                        }
                        None => response,
                    }
                }
                Err(error) => MethodResponse::error(request.id, error),
            }
        }
    }

    /// One after the other, each as if it came alone; what is not admitted is answered in its place.
    fn batch<'a>(&self, mut batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let Self { gate, line, service } = self.clone();
        async move {
            let _call = line.call().await;
            // They run one after the other, so that one look at the token and one permit are enough.
            let mut shared = None;
            let edits = batch
                .iter()
                .any(|entry| matches!(entry, Ok(BatchEntry::Call(request)) if is_edit(request)));
            for entry in batch.iter_mut() {
                let Ok(BatchEntry::Call(request)) = entry else {
                    continue;
                };
                let (caller, permit) = shared.get_or_insert_with(|| {
                    let permit = gate.permit(edits);
                    (gate.known(request.extensions().get()), permit)
                });
                let admitted = caller.clone().and_then(|caller| {
                    permit.as_ref().map_err(Clone::clone)?;
                    gate.admit(request.method_name(), &caller)?;
                    Ok(caller)
                });
                match admitted {
                    Ok(caller) => {
                        request.extensions_mut().insert(caller);
                    }
                    Err(error) => {
                        let id = request.id.clone();
                        *entry = Err(BatchEntryErr::new(id, error));
                    }
                }
            }
            let response = service.batch(batch).await;
            drop(shared);
            response
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

fn is_edit(request: &Request<'_>) -> bool {
    Scope::of_method(request.method_name()) == Some(Scope::Edit)
}
