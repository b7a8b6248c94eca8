//! Plugs a guest's NIC into another network or bridge, live and in its definition.
//!
//! `cargo run --example move_guest -- guest-vlan32 --network VM-Network --portgroup vlan50 --local`

use std::process::ExitCode;

use ahv_net::edit::MoveGuest;
use ahv_net::libvirt_model::vocab::{MacAddr, VlanId};
use clap::Parser;
use examples::{Editing, Place, parse, run, vlan};

/// Plug a guest's NIC into something else; the guest sees it leave and come back.
#[derive(Parser)]
#[command(name = "move_guest")]
struct Arguments {
    /// Name or UUID of the domain.
    domain: String,
    /// Hardware address of the NIC, of a domain that has several.
    mac: Option<MacAddr>,
    #[command(flatten)]
    to: Place,
    /// Its own VLAN; without it the NIC has the one that its network says.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    vlan: Option<VlanId>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = MoveGuest {
        domain: arguments.domain,
        mac: arguments.mac,
        to: arguments.to.connection(),
        vlan: arguments.vlan,
    };
    run(async move { arguments.editing.run(intent).await })
}
