//! Moves an uplink to another bridge, as a port of its own: splits a bond.
//!
//! `cargo run --example move_uplink -- eth3 br1 --local`

use std::process::ExitCode;

use ahv_net::edit::MoveUplink;
use clap::Parser;
use examples::{Editing, parse, run};

/// Move an uplink to another bridge. A bond that it leaves keeps its port and its other members.
#[derive(Parser)]
#[command(name = "move_uplink")]
struct Arguments {
    /// The network device.
    uplink: String,
    /// The bridge to which it goes.
    bridge: String,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = MoveUplink::new(arguments.uplink, arguments.bridge);
    run(async move { arguments.editing.run(intent).await })
}
