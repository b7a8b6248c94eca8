//! Makes a bridge, or a fake bridge: a VLAN of a bridge with a name of its own.
//!
//! `cargo run --example add_bridge -- br1 --mtu 9000 --local`

use std::process::ExitCode;

use ahv_net::edit::{AddBridge, FailMode};
use ahv_net::libvirt_model::vocab::VlanId;
use clap::Parser;
use examples::{Editing, run};

/// Make a bridge, or a fake bridge.
#[derive(Parser)]
#[command(name = "add_bridge")]
struct Arguments {
    /// Its name.
    bridge: String,
    /// It may be there with other properties, which are then changed to those that are named.
    #[arg(long)]
    may_exist: bool,
    /// What it does without its OpenFlow controller: standalone or secure.
    #[arg(long, value_name = "MODE", value_parser = fail_mode)]
    fail_mode: Option<FailMode>,
    /// The datapath, such as netdev.
    #[arg(long, value_name = "TYPE")]
    datapath_type: Option<String>,
    /// Largest packet of its own interface, in bytes.
    #[arg(long, value_name = "BYTES")]
    mtu: Option<u32>,
    /// It is a fake bridge of this bridge, on the VLAN that --vlan names.
    #[arg(long, value_name = "BRIDGE", requires = "vlan")]
    parent: Option<String>,
    /// The VLAN of a fake bridge.
    #[arg(long, value_parser = vlan, requires = "parent")]
    vlan: Option<VlanId>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let mut intent = AddBridge::new(arguments.bridge);
    intent.may_exist = arguments.may_exist;
    intent.fail_mode = arguments.fail_mode;
    intent.datapath_type = arguments.datapath_type;
    intent.mtu_bytes = arguments.mtu;
    if let (Some(parent), Some(vlan)) = (arguments.parent, arguments.vlan) {
        intent = intent.of(parent, vlan);
    }
    run(async move { arguments.editing.run(intent).await })
}

fn fail_mode(text: &str) -> Result<FailMode, String> {
    examples::word(text)
}

fn vlan(text: &str) -> Result<VlanId, String> {
    examples::vlan(text)
}
