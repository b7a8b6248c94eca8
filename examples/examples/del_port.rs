//! Deletes a port, or every port whose network device is gone.
//!
//! `cargo run --example del_port -- vx7 --local`, `cargo run --example del_port -- --ghosts --local`

use std::process::ExitCode;

use ahv_net::edit::{DelGhostPorts, DelPort, Intent};
use clap::Parser;
use examples::{Editing, run};

/// Delete a port, or every port whose network device is gone.
#[derive(Parser)]
#[command(name = "del_port")]
struct Arguments {
    /// Its name.
    #[arg(required_unless_present = "ghosts")]
    port: Option<String>,
    /// The bridge on which it must be.
    #[arg(long)]
    bridge: Option<String>,
    /// It may be gone already.
    #[arg(long)]
    if_exists: bool,
    /// Every port that Open vSwitch cannot open and whose network device the kernel does not have.
    #[arg(long, conflicts_with_all = ["port", "if_exists"])]
    ghosts: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let intent: Intent = match arguments.port {
        Some(port) => {
            let mut intent = DelPort::new(port);
            intent.bridge = arguments.bridge;
            intent.if_exists = arguments.if_exists;
            intent.into()
        }
        None => {
            let mut intent = DelGhostPorts::new();
            intent.bridge = arguments.bridge;
            intent.into()
        }
    };
    run(async move { arguments.editing.run(intent).await })
}
