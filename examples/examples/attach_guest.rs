//! Plugs a new NIC into a guest, live and in its definition.
//!
//! `cargo run --example attach_guest -- guest-vlan32 --network VM-Network --portgroup vlan50 --local`

use std::process::ExitCode;

use ahv_net::edit::AttachGuest;
use ahv_net::libvirt_model::vocab::{MacAddr, VlanId};
use clap::Parser;
use examples::{Editing, Place, parse, run, vlan};

/// Plug a new NIC into a guest.
#[derive(Parser)]
#[command(name = "attach_guest")]
struct Arguments {
    /// Name or UUID of the domain.
    domain: String,
    /// Hardware address of the NIC; without it the plan chooses one.
    mac: Option<MacAddr>,
    #[command(flatten)]
    to: Place,
    /// Its own VLAN, which counts more than that of a portgroup.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    vlan: Option<VlanId>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = AttachGuest {
        domain: arguments.domain,
        mac: arguments.mac,
        to: arguments.to.connection(),
        vlan: arguments.vlan,
    };
    run(async move { arguments.editing.run(intent).await })
}
