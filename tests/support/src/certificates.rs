use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Failure, Tool};

/// A throw-away certificate authority, and a server's and a client's certificate from it, as PEM files.
///
/// The server's certificate is for `localhost` and `127.0.0.1`. Everything is gone on drop.
#[derive(Debug)]
pub struct Certificates {
    directory: TempDir,
}

impl Certificates {
    /// Makes them with `openssl`; valid for two days.
    ///
    /// # Errors
    /// When `openssl` ([`Tool::OPENSSL`]) is missing or fails.
    pub fn make() -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("certificates-")
            .tempdir()
            .map_err(Failure::doing("make a temporary directory"))?;
        let certificates = Self { directory };
        certificates.issue("authority", "/CN=test authority", "CA:TRUE", None)?;
        let authority = Some("authority");
        certificates.issue("server", "/CN=localhost", "CA:FALSE", authority)?;
        certificates.issue("client", "/CN=test client", "CA:FALSE", authority)?;
        Ok(certificates)
    }

    /// The authority's certificate, which both sides trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.file("authority.pem")
    }

    /// The server's certificate.
    #[must_use]
    pub fn server_certificate(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The server's private key (PKCS #8).
    #[must_use]
    pub fn server_key(&self) -> PathBuf {
        self.file("server.key")
    }

    /// The client's certificate.
    #[must_use]
    pub fn client_certificate(&self) -> PathBuf {
        self.file("client.pem")
    }

    /// The client's private key (PKCS #8).
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.file("client.key")
    }

    fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes `NAME.key` and `NAME.pem`; without an issuer the certificate signs itself.
    fn issue(
        &self,
        name: &str,
        subject: &str,
        constraint: &str,
        issuer: Option<&str>,
    ) -> Result<(), Failure> {
        let mut command = Tool::OPENSSL.command()?;
        command
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args([
                "-subj",
                subject,
                "-addext",
                &format!("basicConstraints=critical,{constraint}"),
            ])
            .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .arg("-keyout")
            .arg(self.file(format!("{name}.key")))
            .arg("-out")
            .arg(self.file(format!("{name}.pem")));
        if let Some(issuer) = issuer {
            command.arg("-CA").arg(self.file(format!("{issuer}.pem")));
            command.arg("-CAkey").arg(self.file(format!("{issuer}.key")));
        }
        crate::tool::output_of(command).map(drop)
    }
}
