//! Stops a libvirt network that no NIC uses, and takes its definition away.
//!
//! `cargo run --example undefine_network -- guests --local`

use std::process::ExitCode;

use ahv_net::edit::UndefineNetwork;
use clap::Parser;
use examples::{Editing, parse, run};

/// Stop and undefine a libvirt network.
#[derive(Parser)]
#[command(name = "undefine_network")]
struct Arguments {
    /// Its name.
    name: String,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = UndefineNetwork::new(arguments.name);
    run(async move { arguments.editing.run(intent).await })
}
