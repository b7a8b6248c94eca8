//! `ssl:` and `pssl:`

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{
    TlsAcceptor, TlsConnector, TlsStream,
    rustls::{
        CertificateError, ClientConfig, DigitallySignedStruct, Error as RustlsError, RootCertStore,
        ServerConfig, SignatureScheme,
        client::{
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
            verify_server_cert_signed_by_trust_anchor,
        },
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
        server::{ParsedCertificate, WebPkiClientVerifier},
    },
};

use super::remote::Remote;
use crate::error::{ConfigError, Error, UnreachableReason};

/// Certificates and the key: the files that `ovs-vsctl set-ssl` names. They are read at each connection, so that new
/// ones are used from the next session on without a restart.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    authority: PathBuf,
    own: Option<(PathBuf, PathBuf)>,
    checks_name: bool,
}

impl TlsOptions {
    /// Trusts what the certificates of this PEM file have signed.
    pub fn new(authority: impl Into<PathBuf>) -> Self {
        Self {
            authority: authority.into(),
            own: None,
            checks_name: false,
        }
    }

    /// Shows this certificate, with the key to it; both are PEM files.
    #[must_use]
    pub fn certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.own = Some((certificate.into(), key.into()));
        self
    }

    /// Also checks that the peer's certificate names the host that was dialed. Open vSwitch itself does not, and its
    /// certificates usually name no host; so it is not checked unless asked for.
    #[must_use]
    pub fn check_name(mut self) -> Self {
        self.checks_name = true;
        self
    }

    fn roots(&self) -> Result<Arc<RootCertStore>, ConfigError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authority)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(&self.authority, &error))?;
        }
        if roots.is_empty() {
            return Err(unusable(&self.authority, &"it holds no certificate"));
        }
        Ok(Arc::new(roots))
    }

    fn own(&self) -> Result<Option<Own>, ConfigError> {
        let Some((certificate, key)) = &self.own else {
            return Ok(None);
        };
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
        Ok(Some((chain, key)))
    }

    fn client(&self) -> Result<ClientConfig, ConfigError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConfigError::Tls(error.to_string()))?;
        let roots = self.roots()?;
        let builder = if self.checks_name {
            builder.with_root_certificates(roots)
        } else {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(ChainOnly { roots, provider }))
        };
        match self.own()? {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| ConfigError::Tls(error.to_string())),
            None => Ok(builder.with_no_client_auth()),
        }
    }

    fn server(&self) -> Result<ServerConfig, ConfigError> {
        let failed = |error: &dyn fmt::Display| ConfigError::Tls(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let (chain, key) = self
            .own()?
            .ok_or_else(|| ConfigError::Tls("listening needs a certificate and its key".to_owned()))?;
        let verifier = WebPkiClientVerifier::builder_with_provider(self.roots()?, Arc::clone(&provider))
            .build()
            .map_err(|error| failed(&error))?;
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(|error| failed(&error))
    }
}

type Own = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unusable(file, &error))?;
    certificates
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(file, &error))
}

fn unusable(file: &Path, error: &dyn fmt::Display) -> ConfigError {
    ConfigError::Tls(format!("{}: {error}", file.display()))
}

/// Dials with TLS over an open connection.
pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    remote: &Remote,
    options: Option<&TlsOptions>,
    host: &str,
    stream: S,
) -> Result<TlsStream<S>, Error> {
    let config = options.ok_or_else(needs_options)?.client()?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| ConfigError::Tls(format!("\"{host}\" is no name of a host")))?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    connected
        .map(TlsStream::from)
        .map_err(|error| handshake(remote, &error))
}

/// Answers a dialing peer with TLS.
pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
    remote: &Remote,
    options: Option<&TlsOptions>,
    stream: S,
) -> Result<TlsStream<S>, Error> {
    let config = options.ok_or_else(needs_options)?.server()?;
    let accepted = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
    accepted
        .map(TlsStream::from)
        .map_err(|error| handshake(remote, &error))
}

fn needs_options() -> ConfigError {
    ConfigError::Tls("name a CA certificate: ClientBuilder::tls".to_owned())
}

fn handshake(remote: &Remote, error: &std::io::Error) -> Error {
    Error::unreachable(
        remote,
        UnreachableReason::Handshake(format!("the TLS handshake failed: {error}")),
    )
}

/// Checks that a trusted authority signed the certificate, and not which host it names: what Open vSwitch does.
#[derive(Debug)]
struct ChainOnly {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, RustlsError> {
        let certificate = ParsedCertificate::try_from(end_entity)
            .map_err(|_| RustlsError::InvalidCertificate(CertificateError::BadEncoding))?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, RustlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
