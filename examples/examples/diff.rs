//! Compares two pictures of a host, or of two hosts: files that `show --json` wrote, or directories of captures.
//!
//! `cargo run --example show -- --local --json > before.json`, something happens, the same to after.json,
//! `cargo run --example diff -- before.json after.json`
//! `cargo run --example diff -- captures-of-monday captures-of-tuesday`
//! `cargo run --example diff -- before.json --local` compares it with the host as it is now.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ahv_net::Host;
use ahv_net::render;
use ahv_net::topology::{self, Topology};
use clap::Parser;
use examples::{Outcome, Sources, print, run};

/// Compare two pictures; exit code 1 where they differ.
#[derive(Parser)]
#[command(name = "diff")]
struct Arguments {
    /// The picture before, as `show --json` prints it, or a directory of captures as --offline takes one.
    before: PathBuf,
    /// The picture after; unless given, the host that the source flags name, as it is now.
    after: Option<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// Also what changes by itself: uuids of rows made anew, port and link numbers, where a source was read.
    #[arg(long)]
    all: bool,
    /// Print the differences as JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(diff(arguments))
}

async fn diff(arguments: Arguments) -> Outcome {
    let before = picture(&arguments.before).await?;
    let after = match &arguments.after {
        Some(after) if arguments.sources.names_one() => {
            let after = after.display();
            return Err(format!("name either {after} or a host, as what is after").into());
        }
        Some(after) => picture(after).await?,
        None => arguments.sources.facade().await?.show().await?,
    };
    let mut difference = topology::diff(&before, &after);
    if !arguments.all {
        difference = difference.without_incidental();
    }
    print(&if arguments.json {
        render::to_json(&difference) + "\n"
    } else {
        format!("{difference:#}")
    })?;
    Ok(if difference.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn picture(path: &Path) -> Result<Topology, Box<dyn Error>> {
    if path.is_dir() {
        let host = Host::builder().offline(path).connect().await?;
        return Ok(host.show().await?);
    }
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    let picture = serde_json::from_str(&text)
        .map_err(|error| format!("{shown} is no picture that show --json printed: {error}"))?;
    Ok(picture)
}
