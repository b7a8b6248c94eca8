use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use jsonrpsee::core::BoxError;
use jsonrpsee::server::{HttpBody, HttpResponse};
use tokio::sync::OwnedSemaphorePermit;
use tower::Service;

use super::fault::Fault;
use super::gate::Gate;
use super::line::Line;
use super::session::Session;

/// What an HTTP request has to pass before anything of it is looked at: its origin, its token, its size and its pace.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub(super) gate: Arc<Gate>,
    pub(super) origins: Arc<BTreeSet<String>>,
    pub(super) request_bytes: usize,
    pub(super) patience: Duration,
    /// Where the connection comes from.
    pub(super) from: String,
    /// The address of this host by which it came.
    pub(super) reached_by: Option<IpAddr>,
    /// How the connection is doing.
    pub(super) line: Arc<Line>,
    /// The place of the connection among those that there may be; a WebSocket keeps it.
    pub(super) place: Arc<OwnedSemaphorePermit>,
}

impl Door {
    /// Answers a request, with `methods` where it is let through.
    pub(super) async fn answer<S>(
        self,
        mut request: Request<Incoming>,
        mut methods: S,
    ) -> Result<HttpResponse, BoxError>
    where
        S: Service<Request<HttpBody>, Response = HttpResponse, Error = BoxError>,
    {
        if let Some(origin) = request.headers().get(header::ORIGIN)
            && !origin.to_str().is_ok_and(|origin| self.origins.contains(origin))
        {
            let said = "pages of this origin may not call this agent: name it with --origin where they may";
            return Ok(refusal(StatusCode::FORBIDDEN, &Fault::Forbidden, said));
        }
        let session = bearer(request.headers()).map(|secret| Session {
            secret,
            from: self.from.clone(),
            reached_by: self.reached_by,
            line: Arc::clone(&self.line),
        });
        let Some(session) = session.filter(|session| self.gate.caller(session).is_some()) else {
            let said = "give a valid token in the header Authorization: Bearer TOKEN";
            let mut response = refusal(StatusCode::UNAUTHORIZED, &Fault::Unauthorized, said);
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return Ok(response);
        };
        // It is in no header any more, of which a log could tell.
        request.headers_mut().remove(header::AUTHORIZATION);
        request.extensions_mut().insert(session);
        request.extensions_mut().insert(Arc::clone(&self.place));
        // A WebSocket begins with a GET; another GET is refused without a look at its body.
        let request = match request.method() == Method::GET {
            true => request.map(HttpBody::new),
            false => match self.body(request).await {
                Ok(request) => request,
                Err(response) => return Ok(response),
            },
        };
        methods.call(request).await
    }

    /// Reads the body within its size and time.
    async fn body(&self, request: Request<Incoming>) -> Result<Request<HttpBody>, HttpResponse> {
        let (parts, body) = request.into_parts();
        let limited = Limited::new(body, self.request_bytes);
        let read = tokio::time::timeout(self.patience, limited.collect()).await;
        match read {
            Ok(Ok(body)) => Ok(Request::from_parts(
                parts,
                HttpBody::new(Full::new(body.to_bytes())),
            )),
            Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
                let said = format!("a request has at most {} bytes", self.request_bytes);
                Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, &Fault::Invalid, &said))
            }
            Ok(Err(_)) => Err(refusal(
                StatusCode::BAD_REQUEST,
                &Fault::Invalid,
                "the body of the request broke off",
            )),
            Err(_) => {
                let said = "the body of the request did not come in time";
                Err(refusal(StatusCode::REQUEST_TIMEOUT, &Fault::Invalid, said))
            }
        }
    }
}

/// The token of a request.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, secret) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| secret.trim_start_matches(' ').to_owned())
}

/// An answer to those who were not let through, which is a JSON-RPC error nevertheless. It is the last of the connection:
/// strangers keep no place.
fn refusal(status: StatusCode, fault: &Fault, said: &str) -> HttpResponse {
    let body = serde_json::json!({ "jsonrpc": "2.0", "error": fault.saying(said), "id": null });
    let mut response = Response::new(HttpBody::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
