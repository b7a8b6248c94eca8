//! Puts the controller VM's external NIC on a VLAN, live and in its definition.
//!
//! `cargo run --example set_cvm_vlan -- 10 --local`

use std::process::ExitCode;

use ahv_net::edit::SetCvmVlan;
use ahv_net::libvirt_model::vocab::VlanId;
use clap::Parser;
use examples::{Editing, parse, run, vlan};

/// Put the controller VM's external NIC on a VLAN.
#[derive(Parser)]
#[command(name = "set_cvm_vlan")]
struct Arguments {
    /// The VLAN; 0 is untagged.
    #[arg(value_parser = vlan)]
    vlan: VlanId,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let intent = SetCvmVlan::access(arguments.vlan);
    run(async move { arguments.editing.run(intent).await })
}
