//! Pulls the virtual cable of a guest's NIC, or plugs it in again.
//!
//! `cargo run --example set_link -- guest-vlan32 50:6b:8d:00:00:20 --down --local`

use std::process::ExitCode;

use ahv_net::edit::SetLink;
use ahv_net::libvirt_model::vocab::MacAddr;
use clap::{ArgGroup, Parser};
use examples::{Editing, parse, run};

/// Pull the virtual cable of a guest's NIC, or plug it in again.
#[derive(Parser)]
#[command(name = "set_link", group(ArgGroup::new("cable").required(true).args(["up", "down"])))]
struct Arguments {
    /// Name or UUID of the domain.
    domain: String,
    /// Hardware address of the NIC, of a domain that has several.
    mac: Option<MacAddr>,
    /// The guest has carrier.
    #[arg(long)]
    up: bool,
    /// The guest has no carrier.
    #[arg(long)]
    down: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = SetLink {
        domain: arguments.domain,
        mac: arguments.mac,
        up: arguments.up && !arguments.down,
    };
    run(async move { arguments.editing.run(intent).await })
}
