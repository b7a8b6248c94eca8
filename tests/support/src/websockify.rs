use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Certificates, Failure, Process, Tool, wait_until};

/// How long websockify may take to accept; it is a Python program.
const LIMIT: Duration = Duration::from_secs(20);

/// A real websockify on loopback, which carries a unix socket over WebSocket; killed on drop.
#[derive(Debug)]
pub struct Websockify {
    process: Process,
    address: SocketAddr,
    secure: bool,
    _directory: TempDir,
}

impl Websockify {
    /// Puts it in front of the unix socket `target`; with certificates it speaks `wss:` only.
    ///
    /// # Errors
    /// When websockify ([`Tool::WEBSOCKIFY`]) is missing or does not accept within 20 s.
    pub fn start(target: &Path, certificates: Option<&Certificates>) -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("websockify-")
            .tempdir()
            .map_err(Failure::doing("make a temporary directory"))?;
        let address = free_address()?;
        let mut command = Tool::WEBSOCKIFY.command()?;
        command.arg(format!("--unix-target={}", target.display()));
        if let Some(certificates) = certificates {
            command.arg("--ssl-only");
            command.arg(format!("--cert={}", certificates.server_certificate().display()));
            command.arg(format!("--key={}", certificates.server_key().display()));
        }
        command.arg(address.to_string());
        let process = Process::start(command, directory.path().join("websockify.log"))?;
        wait_until("websockify accepts connections", LIMIT, || {
            process.check_running()?;
            Ok(TcpStream::connect(address).ok().map(drop))
        })?;
        Ok(Self {
            process,
            address,
            secure: certificates.is_some(),
            _directory: directory,
        })
    }

    /// The remote that leads through it: `ws:127.0.0.1:PORT` or `wss:127.0.0.1:PORT`.
    #[must_use]
    pub fn remote(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}:{}", self.address)
    }

    /// The loopback address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process: pause it, kill it, read its log.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }
}

/// An address that was free a moment ago, for programs that cannot tell which port they got.
fn free_address() -> Result<SocketAddr, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(Failure::doing("find a free port"))
}
