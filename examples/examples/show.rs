//! Shows the host: bridges, ports and the guests behind them, networks, addresses and routes.
//!
//! `cargo run --example show -- --local`
//! `cargo run --example show -- --local --format svg -o host.svg`
//! `cargo run --example show -- --local --owners`

use std::fs;
use std::path::PathBuf;
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
    /// List whose each object is, by what evidence, and what would undo an edit of it.
    #[arg(long, conflicts_with_all = ["format", "json"])]
    owners: bool,
    /// Write it to this file instead of to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a program.
    Json,
    /// A graph for Graphviz: `dot -Tsvg`.
    Dot,
    /// A flowchart for Markdown.
    Mermaid,
    /// A drawing for a browser: one file that needs nothing else.
    Svg,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(show(arguments))
}

async fn show(arguments: Arguments) -> Outcome {
    let host = arguments.sources.facade().await?;
    let topology = host.show().await?;
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    let shown = match format {
        _ if arguments.owners => render::owners(&topology),
        Format::Text => render::text(&topology),
        Format::Json => render::json(&topology) + "\n",
        Format::Dot => render::dot(&topology),
        Format::Mermaid => render::mermaid(&topology),
        Format::Svg => render::svg(&topology),
    };
    match &arguments.output {
        Some(file) => fs::write(file, shown)
            .map_err(|error| format!("{} could not be written: {error}", file.display()))?,
        None => print(&shown)?,
    }
    Ok(ExitCode::SUCCESS)
}
