//! Joins two bridges by a pair of patch ports.
//!
//! `cargo run --example add_patch -- br0 br0-to-br1 br1 br1-to-br0 --local`

use std::process::ExitCode;

use ahv_net::edit::AddPatch;
use clap::Parser;
use examples::{Editing, parse, run};

/// Join two bridges by a pair of patch ports.
#[derive(Parser)]
#[command(name = "add_patch")]
struct Arguments {
    /// One bridge.
    bridge: String,
    /// The port on it.
    port: String,
    /// The other bridge.
    peer_bridge: String,
    /// The port on the other bridge.
    peer: String,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let end = (arguments.bridge, arguments.port);
    let intent = AddPatch::new(end, (arguments.peer_bridge, arguments.peer));
    run(async move { arguments.editing.run(intent).await })
}
