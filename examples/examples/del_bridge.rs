//! Deletes a bridge with its ports, or a fake bridge.
//!
//! `cargo run --example del_bridge -- br1 --if-exists --local`

use std::process::ExitCode;

use ahv_net::edit::DelBridge;
use clap::Parser;
use examples::{Editing, run};

/// Delete a bridge with its ports, or a fake bridge.
#[derive(Parser)]
#[command(name = "del_bridge")]
struct Arguments {
    /// Its name.
    bridge: String,
    /// It may be gone already.
    #[arg(long)]
    if_exists: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let mut intent = DelBridge::new(arguments.bridge);
    intent.if_exists = arguments.if_exists;
    run(async move { arguments.editing.run(intent).await })
}
