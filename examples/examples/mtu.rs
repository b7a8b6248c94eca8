//! Asks for the largest packet of a port's interfaces.
//!
//! `cargo run --example mtu -- br0-up 9000 --local`

use std::process::ExitCode;

use ahv_net::edit::SetMtu;
use clap::Parser;
use examples::{Editing, run};

/// Ask for the largest packet of a port's interfaces.
#[derive(Parser)]
#[command(name = "mtu")]
struct Arguments {
    /// Name of the port, or of an interface.
    port: String,
    /// The largest packet in bytes, from 68 to 65535.
    #[arg(required_unless_present = "clear")]
    bytes: Option<u32>,
    /// Whatever Open vSwitch gives it.
    #[arg(long, conflicts_with = "bytes")]
    clear: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let intent = match arguments.bytes {
        Some(bytes) => SetMtu::new(arguments.port, bytes),
        None => SetMtu::clear(arguments.port),
    };
    run(async move { arguments.editing.run(intent).await })
}
