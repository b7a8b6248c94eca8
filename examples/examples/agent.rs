//! Serves a host over JSON-RPC 2.0: HTTP, WebSocket, unix socket; see docs/agent.md.
//!
//! `cargo run --example agent`
//! `cargo run --example agent -- --local --tokens /etc/ahv-net/tokens --allow-edits --listen unix:/run/ahv-net.sock`

use std::error::Error;
use std::fmt::Debug;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ahv_net::agent::{Agent, AgentOptions, Listen, new_token};
use ahv_net::apply::Watchdog;
use clap::Parser;
use examples::{Outcome, Sources, parse, print, run, tell};
use tokio::signal::unix::{SignalKind, signal};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Serve the host to automation elsewhere, until SIGTERM or Ctrl-C. The first lines of its output are its URLs.
#[derive(Parser)]
#[command(name = "agent")]
struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// Where to listen: IP:PORT or unix:PATH; can be given several times. Beyond loopback only with TLS.
    #[arg(long, value_name = "ADDRESS", value_parser = address, default_value = "127.0.0.1:0")]
    listen: Vec<Listen>,
    /// The tokens, a line `NAME read|edit TOKEN` each; read again when it changes. Unless given, a directory for this run is made
    /// with one token for reading and one for editing, and said.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// Make a token for reading and one for editing in this directory, unless it has them, and serve those.
    #[arg(long, value_name = "DIR", conflicts_with = "tokens")]
    make_tokens: Option<PathBuf>,
    /// Let tokens for editing edit; else every one only reads.
    #[arg(long)]
    allow_edits: bool,
    /// The certificate, as a PEM file: TCP then speaks TLS alone.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, as a PEM file.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Let requests in whose header Origin is this: https://console.example.com; can be given several times. It is for programs that
    /// send one; pages in browsers cannot call an agent.
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    origin: Vec<String>,
    /// Log edits to this file instead of to stderr.
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Where the journal of edits is kept: /var/lib/ahv-net for root, else ahv-net in $XDG_STATE_HOME.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Start no watchdog process with an edit that is to be confirmed: then only the agent undoes it, now or when it is
    /// started again.
    #[arg(long)]
    no_watchdog: bool,
}

fn address(text: &str) -> Result<Listen, String> {
    if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
        return Ok(Listen::Unix(PathBuf::from(path)));
    }
    text.parse::<SocketAddr>()
        .map(Listen::Tcp)
        .map_err(|_| "write IP:PORT, such as 127.0.0.1:8765, or unix:PATH".to_owned())
}

/// `SCHEME://HOST[:PORT]`, as programs write it into the header.
fn origin(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_host = |rest: &str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ']);
    match rest.is_some_and(is_host) {
        true => Ok(text.to_owned()),
        false => {
            Err("write SCHEME://HOST or SCHEME://HOST:PORT, such as https://console.example.com".to_owned())
        }
    }
}

/// Writes what goes wrong in the agent to stderr, a line each: a token file that cannot be read any more, an undo that failed, an
/// audit log that cannot be written. Less than a crate for it would be, and enough for a service manager.
struct Alarms;

impl Subscriber for Alarms {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let of_ours = ["ahv_net", "ovsdb_client", "libvirt_model"];
        metadata.is_event()
            && *metadata.level() <= Level::WARN
            && of_ours.iter().any(|name| metadata.target().starts_with(name))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Words::default();
        event.record(&mut line);
        tell(&format!(
            "{}: {}{}",
            event.metadata().level(),
            line.message,
            line.fields
        ));
    }

    // Spans are not enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.fields += &format!("; {name}: {value:?}"),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    if tracing::subscriber::set_global_default(Alarms).is_err() {
        tell("Warnings go where they went before.");
    }
    run(serve(arguments))
}

async fn serve(arguments: Arguments) -> Outcome {
    let mut terminate = signal(SignalKind::terminate())?;
    let host = arguments.sources.host().await?;
    let is_embedded = !arguments.sources.names_one();
    let made = match (&arguments.tokens, arguments.make_tokens) {
        (Some(_), _) => None,
        (None, Some(directory)) => Some(Made::lasting(&directory)?),
        (None, None) => Some(Made::for_this_run()?),
    };
    let tokens = match (&arguments.tokens, &made) {
        (Some(tokens), _) => tokens.clone(),
        (None, made) => made.as_ref().map(Made::tokens).unwrap_or_default(),
    };
    let mut options = AgentOptions::new(tokens).allow_edits(arguments.allow_edits);
    options.listen = arguments.listen;
    options.tls = arguments.tls_cert.zip(arguments.tls_key);
    options.origins.extend(arguments.origin);
    options.audit = arguments.audit;
    options.state = arguments.state;
    if is_embedded {
        // No other process finds the embedded host, and its journal ends with it.
        options.state = options.state.or(made.as_ref().map(Made::fresh_state));
    } else if !arguments.no_watchdog {
        options.watchdog = Watchdog::ThisProgram;
    }
    let agent = Agent::start(host, options).await?;
    for url in agent.urls() {
        print(&format!("{url}\n"))?;
    }
    if let Some(made) = &made {
        print(&format!("reader's token: {}\n", made.reader().display()))?;
        print(&format!("editor's token: {}\n", made.editor().display()))?;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tell("Ending: an edit that runs is finished or undone first.");
    agent.shut_down().await;
    Ok(ExitCode::SUCCESS)
}

/// A directory with tokens.
struct Made {
    directory: PathBuf,
    /// Whether it ends with this run.
    ends: bool,
}

impl Made {
    fn for_this_run() -> Result<Self, Box<dyn Error>> {
        let name = format!("ahv-net-agent-{}", &new_token()[..12]);
        let directory = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&directory)?;
        let made = Self {
            directory,
            ends: true,
        };
        made.make()?;
        Ok(made)
    }

    fn lasting(directory: &Path) -> Result<Self, Box<dyn Error>> {
        let about = |error| {
            format!(
                "no tokens can be made in {}: {error}; name a directory of yours, which is made where there is none",
                directory.display()
            )
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(about)?;
        let made = Self {
            directory: directory.to_owned(),
            ends: false,
        };
        if !made.tokens().exists() {
            made.make().map_err(about)?;
        }
        Ok(made)
    }

    /// The file that the agent reads comes last: where it is, the others are.
    fn make(&self) -> std::io::Result<()> {
        for left in [self.reader(), self.editor()] {
            // Of one who was killed between the files: no agent knows what is in them.
            match fs::remove_file(left) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let (reader, editor) = (new_token(), new_token());
        write(&self.reader(), &format!("{reader}\n"))?;
        write(&self.editor(), &format!("{editor}\n"))?;
        write(
            &self.tokens(),
            &format!("editor edit {editor}\nreader read {reader}\n"),
        )
    }

    /// A place for the journal of a host that ends with this run; what an earlier one left there is of no host any more.
    fn fresh_state(&self) -> PathBuf {
        let state = self.directory.join("state");
        let _ = fs::remove_dir_all(&state);
        state
    }

    fn tokens(&self) -> PathBuf {
        self.directory.join("tokens")
    }

    fn reader(&self) -> PathBuf {
        self.directory.join("reader.token")
    }

    fn editor(&self) -> PathBuf {
        self.directory.join("editor.token")
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.ends {
            // What is left of it is of no use to anybody.
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}
