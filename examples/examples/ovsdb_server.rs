//! Serves an OVSDB database from memory: the reference host, a schema, or a host's conf.db.
//!
//! `cargo run --example ovsdb_server -- --listen punix:/tmp/db.sock`, then `ovs-vsctl --db=unix:/tmp/db.sock show`

use std::error::Error;
use std::io::Write;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use examples::{Outcome, print, run};
use ovsdb_client::server::{DatabaseFile, Server, ServerBuilder, Vswitchd};
use ovsdb_client::transport::Remote;
use ovsdb_client::vswitch;
use ovsdb_client::wire::{DatabaseSchema, TransactResult};

/// The rows of the reference host, as one transaction.
const REFERENCE_HOST: &str = include_str!("../../ahv-net/src/embedded/reference/ovsdb.json");

/// Serve an OVSDB database from memory, until it is stopped. Its remote is the first line that it prints.
///
/// Without --schema and --load it holds the reference host: an AHV host of Open vSwitch 2.1.3. Nothing is written to
/// a file.
#[derive(Parser)]
#[command(name = "ovsdb_server")]
struct Arguments {
    /// Serve an empty database of this .ovsschema file. May be given several times.
    #[arg(long, value_name = "FILE")]
    schema: Vec<PathBuf>,
    /// Serve a copy of this database file, such as /etc/openvswitch/conf.db. May be given several times.
    #[arg(long, value_name = "FILE")]
    load: Vec<PathBuf>,
    /// Where to listen: ptcp:PORT:HOST or punix:FILE. May be given several times; a free loopback port if not given.
    #[arg(long, value_name = "REMOTE")]
    listen: Vec<Remote>,
    /// Answer changes as ovs-vswitchd would.
    #[arg(long)]
    vswitchd: bool,
    /// The network devices that exist for --vswitchd; all if not given.
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "vswitchd")]
    device: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(serve(arguments))
}

async fn serve(arguments: Arguments) -> Outcome {
    let mut builder = Server::builder();
    let is_reference = arguments.schema.is_empty() && arguments.load.is_empty();
    if is_reference {
        builder = builder.database(vswitch::schema(vswitch::FIRST_VERSION)?);
    }
    for path in &arguments.schema {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let schema = DatabaseSchema::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        builder = builder.database(schema);
    }
    for path in &arguments.load {
        let file = DatabaseFile::load(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if let Some(damage) = file.damage() {
            writeln!(std::io::stderr(), "{}: {damage}", path.display())?;
        }
        builder = builder.database_file(file);
    }
    for remote in &arguments.listen {
        builder = listen(builder, remote)?;
    }
    if arguments.vswitchd {
        builder = builder.vswitchd(if arguments.device.is_empty() {
            Vswitchd::new()
        } else {
            Vswitchd::with_devices(arguments.device)
        });
    }
    let server = builder.start().await?;
    if is_reference {
        fill(&server).await?;
    }
    print(&(server.remotes().join("\n") + "\n"))?;
    tokio::signal::ctrl_c().await?;
    Ok(ExitCode::SUCCESS)
}

fn listen(builder: ServerBuilder, remote: &Remote) -> Result<ServerBuilder, Box<dyn Error>> {
    match remote {
        Remote::PassiveUnix(path) => Ok(builder.listen_unix(path)),
        Remote::PassiveTcp { port, host } => {
            let mut addresses = (host.as_str(), *port).to_socket_addrs()?;
            let address = addresses.next().ok_or_else(|| format!("{host} has no address"))?;
            Ok(builder.listen_tcp(address))
        }
        other => Err(format!("cannot listen on {other}; give punix:FILE or ptcp:PORT:HOST").into()),
    }
}

async fn fill(server: &Server) -> Result<TransactResult, Box<dyn Error>> {
    let operations: serde_json::Value = serde_json::from_str(REFERENCE_HOST)?;
    let result = server.transact("Open_vSwitch", operations).await?;
    match result.error() {
        Some((_, error)) => Err(format!("the reference host does not fit its schema: {error}").into()),
        None => Ok(result),
    }
}
