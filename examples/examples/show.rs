//! Shows the host: bridges, ports and the guests behind them, networks, addresses and routes.
//!
//! `cargo run --example show -- --local`

use std::process::ExitCode;

use ahv_net::render;
use clap::{Parser, ValueEnum};
use examples::{Outcome, Sources, print, run};

/// Show the joined picture of a KVM + Open vSwitch host.
#[derive(Parser)]
#[command(name = "show")]
struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// How to print it.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(show(arguments))
}

async fn show(arguments: Arguments) -> Outcome {
    let host = arguments.sources.host().await?;
    let topology = host.show().await?;
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    print(&match format {
        Format::Text => render::text(&topology),
        Format::Json => render::json(&topology) + "\n",
    })?;
    Ok(ExitCode::SUCCESS)
}
