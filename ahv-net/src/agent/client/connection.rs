use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jsonrpsee::core::client::Error as RpcError;
use jsonrpsee::http_client::{HeaderMap, HeaderValue, HttpClient, HttpClientBuilder};
use jsonrpsee::ws_client::{PingConfig, WsClient, WsClientBuilder};
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::call::{Kind, running};
use super::options::ClientOptions;
use super::url::Place;
use crate::agent::AgentError;

/// Bytes of an answer: as many as an agent sends.
const ANSWER_BYTES: u32 = 32 << 20;
/// Bytes of a request: as many as an agent takes.
const REQUEST_BYTES: u32 = 8 << 20;
/// How long it may take to reach an agent.
const CONNECT: Duration = Duration::from_secs(10);

/// A host that an agent serves: a [`Facade`](crate::Facade), as a [`Host`](crate::Host) is.
///
/// A handle: cheap to clone. A WebSocket that is lost is opened again at the next call.
///
/// # Examples
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ahv_net::Facade;
/// use ahv_net::agent::{Client, ClientOptions};
///
/// let options = ClientOptions::token_file("/etc/ahv-net/reader.token")?;
/// let host = Client::new("https://ahv-1.example.com:8765", options)?;
/// println!("{} bridges", host.show().await?.bridges.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(super) url: Arc<str>,
    pub(super) options: ClientOptions,
    pub(super) transport: Transport,
}

#[derive(Clone)]
pub(super) enum Transport {
    Http(HttpClient),
    WebSocket(Arc<WebSocket>),
}

/// A WebSocket that is opened when it is needed.
pub(super) struct WebSocket {
    place: Place,
    open: Mutex<Option<Arc<WsClient>>>,
}

impl Client {
    /// Calls the agent at this URL: `http://127.0.0.1:PORT`, `https://HOST:PORT`, `ws://…`, `wss://…` or `unix:PATH`.
    ///
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// [`AgentError::Config`] when the URL, the token or the certificate makes no sense, or the token would go over a
    /// network in the clear.
    pub fn new(url: &str, options: ClientOptions) -> Result<Self, AgentError> {
        let place = Place::parse(url)?;
        let headers = headers(&options)?;
        let transport = match place {
            Place::Http(url) => Transport::Http(http(&url, headers, &options)?),
            place => {
                // What is wrong with the certificate is said now.
                options.authority.as_deref().map(tls).transpose()?;
                Transport::WebSocket(Arc::new(WebSocket {
                    place,
                    open: Mutex::new(None),
                }))
            }
        };
        Ok(Self {
            url: url.into(),
            options,
            transport,
        })
    }

    /// The URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl WebSocket {
    /// The open connection, opened anew where it was lost.
    pub(super) async fn client(&self, client: &Client) -> Result<Arc<WsClient>, AgentError> {
        let mut open = self.open.lock().await;
        if let Some(known) = open.as_ref().filter(|known| known.is_connected()) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(self.connect(client).await?);
        *open = Some(Arc::clone(&new));
        Ok(new)
    }

    async fn connect(&self, client: &Client) -> Result<WsClient, AgentError> {
        let mut builder = WsClientBuilder::new()
            .set_headers(headers(&client.options)?)
            .request_timeout(client.options.timeout)
            .connection_timeout(CONNECT)
            .max_request_size(REQUEST_BYTES)
            .max_response_size(ANSWER_BYTES)
            .enable_ws_ping(PingConfig::new());
        if let Some(authority) = &client.options.authority {
            builder = builder.with_custom_cert_store(tls(authority)?);
        }
        let connected = match &self.place {
            Place::Unix(path) => {
                let stream = UnixStream::connect(path)
                    .await
                    .map_err(|error| AgentError::Unreachable {
                        url: client.url.to_string(),
                        why: running(error.to_string()),
                    })?;
                builder.build_with_stream("ws://localhost/", stream).await
            }
            Place::WebSocket(url) | Place::Http(url) => builder.build(url).await,
        };
        connected.map_err(|error: RpcError| client.error(Kind::Connect, error))
    }
}

fn headers(options: &ClientOptions) -> Result<HeaderMap, AgentError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", options.token))
        .map_err(|_| AgentError::Config("a token has letters and digits only".to_owned()))?;
    value.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert("authorization", value);
    Ok(headers)
}

fn http(url: &str, headers: HeaderMap, options: &ClientOptions) -> Result<HttpClient, AgentError> {
    let mut builder = HttpClientBuilder::new()
        .set_headers(headers)
        .request_timeout(options.timeout)
        .connect_timeout(CONNECT)
        .max_request_size(REQUEST_BYTES)
        .max_response_size(ANSWER_BYTES);
    if let Some(authority) = &options.authority {
        builder = builder.with_custom_cert_store(tls(authority)?);
    }
    builder
        .build(url)
        .map_err(|error| AgentError::Config(format!("{url} is no URL of an agent: {error}")))
}

fn tls(authority: &Path) -> Result<ClientConfig, AgentError> {
    let unusable =
        |why: String| AgentError::Config(format!("{} is no certificate: {why}", authority.display()));
    let certificates = CertificateDer::pem_file_iter(authority)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is none in it".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
