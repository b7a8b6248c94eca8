use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::{Certificates, Failure, Process, Tool, Unavailable, ovsdb_tool, wait_until};

/// The Open_vSwitch schema that Debian's openvswitch-switch installs.
pub const PACKAGED_SCHEMA: &str = "/usr/share/openvswitch/vswitch.ovsschema";

/// How long a server may take to accept, or a client to be answered.
const LIMIT: Duration = Duration::from_secs(20);

/// A real ovsdb-server in a temporary directory; killed on drop.
///
/// It always listens on a unix socket of its own, and on loopback TCP when asked.
#[derive(Debug)]
pub struct OvsdbServer {
    // Declared first, so that the process is gone before its directory.
    process: Option<Process>,
    directory: TempDir,
    databases: Vec<PathBuf>,
    arguments: Vec<String>,
    listeners: Vec<Listener>,
}

/// A loopback listener beside the unix socket; its port is known once the server chose it.
#[derive(Debug, Clone, Copy)]
struct Listener {
    scheme: Scheme,
    port: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Tcp,
    Ssl,
}

impl Listener {
    /// The passive remote that makes the server listen; port 0 lets the kernel choose.
    fn passive(self) -> String {
        let scheme = match self.scheme {
            Scheme::Tcp => "ptcp",
            Scheme::Ssl => "pssl",
        };
        format!("{scheme}:{}:127.0.0.1", self.port.unwrap_or(0))
    }
}

impl OvsdbServer {
    /// A builder, when the server and the tools that these tests use beside it are installed.
    ///
    /// # Errors
    /// [`Unavailable::Missing`] names the first program that is not there.
    pub fn available() -> Result<OvsdbServerBuilder, Unavailable> {
        for tool in [
            Tool::OVSDB_SERVER,
            Tool::OVSDB_TOOL,
            Tool::OVSDB_CLIENT,
            Tool::OVS_APPCTL,
        ] {
            tool.find()?;
        }
        Ok(OvsdbServerBuilder::default())
    }

    /// The unix socket that it listens on.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("db.sock")
    }

    /// The unix socket as an OVSDB remote: `unix:/…/db.sock`.
    #[must_use]
    pub fn remote(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// The loopback address of its TCP listener, if [`OvsdbServerBuilder::tcp`] asked for one.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.address(Scheme::Tcp)
    }

    /// Its TCP listener as an OVSDB remote: `tcp:127.0.0.1:PORT`.
    #[must_use]
    pub fn tcp_remote(&self) -> Option<String> {
        self.tcp_address().map(|address| format!("tcp:{address}"))
    }

    /// The loopback address of its TLS listener, if [`OvsdbServerBuilder::ssl`] asked for one.
    #[must_use]
    pub fn ssl_address(&self) -> Option<SocketAddr> {
        self.address(Scheme::Ssl)
    }

    /// Its TLS listener as an OVSDB remote: `ssl:127.0.0.1:PORT`.
    #[must_use]
    pub fn ssl_remote(&self) -> Option<String> {
        self.ssl_address().map(|address| format!("ssl:{address}"))
    }

    fn address(&self, scheme: Scheme) -> Option<SocketAddr> {
        let listener = self.listeners.iter().find(|listener| listener.scheme == scheme)?;
        listener.port.map(|port| (Ipv4Addr::LOCALHOST, port).into())
    }

    /// The directory that holds the databases, the sockets and the log; gone with the server.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The database files, in the order in which they were added.
    #[must_use]
    pub fn databases(&self) -> &[PathBuf] {
        &self.databases
    }

    /// The process, while it runs: pause it, read its log.
    #[must_use]
    pub fn process(&self) -> Option<&Process> {
        self.process.as_ref()
    }

    /// Kills the server; its databases stay, and [`start_again`](Self::start_again) serves them again.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts the server again on the same databases, socket and port.
    ///
    /// # Errors
    /// When it does not accept within 20 s; the sentence holds its last words.
    pub fn start_again(&mut self) -> Result<(), Failure> {
        self.stop();
        let socket = self.socket();
        // The killed server leaves its socket behind, and a connection to it would be refused, not wait.
        if socket.exists() {
            std::fs::remove_file(&socket).map_err(Failure::doing("remove the old socket"))?;
        }
        let directory = self.directory.path();
        let mut command = Tool::OVSDB_SERVER.command()?;
        command
            .current_dir(directory)
            .env("OVS_RUNDIR", directory)
            .env("OVS_LOGDIR", directory)
            .env("OVS_DBDIR", directory)
            .args(["-vconsole:info", "-vsyslog:off", "-vfile:off"])
            .arg(format!("--unixctl={}", self.control_socket().display()))
            .arg(format!("--remote=punix:{}", socket.display()));
        for listener in self.listeners.iter().filter(|listener| listener.port.is_some()) {
            command.arg(format!("--remote={}", listener.passive()));
        }
        command.args(&self.arguments).args(&self.databases);
        let process = Process::start(command, directory.join("ovsdb-server.log"))?;
        // The control socket comes after the listener, on a busy machine noticeably so.
        let control = self.control_socket();
        wait_until("ovsdb-server accepts connections", LIMIT, || {
            process.check_running()?;
            let accepts = |path: &Path| UnixStream::connect(path).is_ok();
            Ok((accepts(&socket) && accepts(&control)).then_some(()))
        })?;
        self.process = Some(process);
        self.choose_ports()
    }

    /// Adds the listeners that have no port yet, one after the other: only the server's log tells which port it got.
    fn choose_ports(&mut self) -> Result<(), Failure> {
        for index in 0..self.listeners.len() {
            let Some(listener) = self
                .listeners
                .get(index)
                .filter(|listener| listener.port.is_none())
            else {
                continue;
            };
            self.appctl(&["ovsdb-server/add-remote", &listener.passive()])?;
            let log = || self.process.as_ref().map_or_else(String::new, Process::log);
            let port = wait_until("ovsdb-server names its port", LIMIT, || {
                let ports = listening_ports(&log());
                Ok(if ports.len() > index {
                    ports.last().copied()
                } else {
                    None
                })
            })?;
            if let Some(listener) = self.listeners.get_mut(index) {
                listener.port = Some(port);
            }
        }
        Ok(())
    }

    /// Runs an ovs-appctl command on the server, such as `ovsdb-server/add-remote ptcp:0:127.0.0.1`.
    ///
    /// # Errors
    /// When the server refuses it or does not answer.
    pub fn appctl(&self, arguments: &[&str]) -> Result<String, Failure> {
        let target = format!("--target={}", self.control_socket().display());
        let mut all = vec![target.as_str(), "--timeout=20"];
        all.extend(arguments);
        Tool::OVS_APPCTL.run(&all)
    }

    /// Runs ovsdb-client, for instance `["transact", remote, "[\"Open_vSwitch\", …]"]`; returns what it prints.
    ///
    /// # Errors
    /// When it fails or does not end within 20 s.
    pub fn client(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut all = vec!["--timeout=20"];
        all.extend(arguments);
        Tool::OVSDB_CLIENT.run(&all)
    }

    /// Runs ovs-vsctl on the Open_vSwitch database, without waiting for an ovs-vswitchd.
    ///
    /// # Errors
    /// When ovs-vsctl is missing, fails or does not end within 20 s.
    pub fn vsctl(&self, arguments: &[&str]) -> Result<String, Failure> {
        let remote = format!("--db={}", self.remote());
        let mut all = vec![remote.as_str(), "--no-wait", "--timeout=20"];
        all.extend(arguments);
        Tool::OVS_VSCTL.run(&all)
    }

    fn control_socket(&self) -> PathBuf {
        self.directory.path().join("ovsdb-server.ctl")
    }
}

/// Says what an [`OvsdbServer`] serves and where; made by [`OvsdbServer::available`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing runs before start"]
pub struct OvsdbServerBuilder {
    databases: Vec<Source>,
    arguments: Vec<String>,
    listeners: Vec<Listener>,
}

#[derive(Debug, Clone)]
enum Source {
    SchemaFile(PathBuf),
    SchemaText(String),
    Database(PathBuf),
}

impl OvsdbServerBuilder {
    /// Serves a new, empty database of the packaged Open_vSwitch schema.
    pub fn vswitch(self) -> Self {
        self.schema_file(PACKAGED_SCHEMA)
    }

    /// Serves a new, empty database of the schema in this file.
    pub fn schema_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.databases.push(Source::SchemaFile(path.into()));
        self
    }

    /// Serves a new, empty database of this schema, the JSON text of a `.ovsschema` file.
    pub fn schema_text(mut self, json: impl Into<String>) -> Self {
        self.databases.push(Source::SchemaText(json.into()));
        self
    }

    /// Serves this database file in place; it is written to, and stays.
    pub fn database(mut self, path: impl Into<PathBuf>) -> Self {
        self.databases.push(Source::Database(path.into()));
        self
    }

    /// Listens on a free loopback TCP port too.
    pub fn tcp(mut self) -> Self {
        self.listeners.push(Listener {
            scheme: Scheme::Tcp,
            port: None,
        });
        self
    }

    /// Listens with TLS on a free loopback port too; clients must show a certificate of the same authority.
    pub fn ssl(mut self, certificates: &Certificates) -> Self {
        self.listeners.push(Listener {
            scheme: Scheme::Ssl,
            port: None,
        });
        self.argument(format!("--private-key={}", certificates.server_key().display()))
            .argument(format!(
                "--certificate={}",
                certificates.server_certificate().display()
            ))
            .argument(format!("--ca-cert={}", certificates.authority().display()))
    }

    /// Passes a further command-line argument, such as `--remote=db:Open_vSwitch,Open_vSwitch,manager_options`.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Creates the databases, starts the server and waits until it accepts.
    ///
    /// # Errors
    /// When a schema is refused or the server does not accept within 20 s; the sentence holds its last words.
    pub fn start(self) -> Result<OvsdbServer, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("ovsdb-")
            .tempdir()
            .map_err(Failure::doing("make a temporary directory"))?;
        let mut databases = Vec::new();
        for (index, source) in self.databases.into_iter().enumerate() {
            let database = directory.path().join(format!("{index}.db"));
            let schema = match source {
                Source::Database(path) => {
                    databases.push(path);
                    continue;
                }
                Source::SchemaFile(path) => path,
                Source::SchemaText(json) => {
                    let path = directory.path().join(format!("{index}.ovsschema"));
                    std::fs::write(&path, json).map_err(Failure::doing("write a schema"))?;
                    path
                }
            };
            ovsdb_tool::create(&database, &schema)?;
            databases.push(database);
        }
        let (arguments, listeners) = (self.arguments, self.listeners);
        let mut server = OvsdbServer {
            process: None,
            directory,
            databases,
            arguments,
            listeners,
        };
        server.start_again()?;
        Ok(server)
    }
}

/// The ports in the server's log lines `…: listening on port 40123`.
fn listening_ports(log: &str) -> Vec<u16> {
    log.lines()
        .filter_map(|line| line.split_once("listening on port ")?.1.trim().parse().ok())
        .collect()
}
