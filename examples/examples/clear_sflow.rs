//! Ends the sFlow samples of a bridge.
//!
//! `cargo run --example clear_sflow -- br0 --local`

use std::process::ExitCode;

use ahv_net::edit::ClearSFlow;
use clap::Parser;
use examples::{Editing, parse, run};

/// End the sFlow samples of a bridge. Settings that it shares with another bridge stay that one's.
#[derive(Parser)]
#[command(name = "clear_sflow")]
struct Arguments {
    /// The bridge.
    bridge: String,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = ClearSFlow::new(arguments.bridge);
    run(async move { arguments.editing.run(intent).await })
}
