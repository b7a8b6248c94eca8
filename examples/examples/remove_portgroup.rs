//! Takes a portgroup out of a libvirt network, as it runs and in its definition.
//!
//! `cargo run --example remove_portgroup -- VM-Network vlan50 --local`

use std::process::ExitCode;

use ahv_net::edit::RemovePortgroup;
use clap::Parser;
use examples::{Editing, parse, run};

/// Take a portgroup out of a libvirt network.
#[derive(Parser)]
#[command(name = "remove_portgroup")]
struct Arguments {
    /// The network.
    network: String,
    /// The portgroup.
    portgroup: String,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = RemovePortgroup::new(arguments.network, arguments.portgroup);
    run(async move { arguments.editing.run(intent).await })
}
