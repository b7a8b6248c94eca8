//! Unplugs a NIC from a guest, live and in its definition.
//!
//! `cargo run --example detach_guest -- guest-vlan32 50:6b:8d:00:00:20 --local`

use std::process::ExitCode;

use ahv_net::edit::DetachGuest;
use ahv_net::libvirt_model::vocab::MacAddr;
use clap::Parser;
use examples::{Editing, parse, run};

/// Unplug a NIC from a guest.
#[derive(Parser)]
#[command(name = "detach_guest")]
struct Arguments {
    /// Name or UUID of the domain.
    domain: String,
    /// Hardware address of the NIC, of a domain that has several.
    mac: Option<MacAddr>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = DetachGuest {
        domain: arguments.domain,
        mac: arguments.mac,
    };
    run(async move { arguments.editing.run(intent).await })
}
