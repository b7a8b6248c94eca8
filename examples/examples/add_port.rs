//! Puts a port with one interface on a bridge.
//!
//! `cargo run --example add_port -- br1 storage0 --type internal --vlan 40 --local`

use std::process::ExitCode;

use ahv_net::edit::{AddPort, VlanSetting};
use ahv_net::libvirt_model::vocab::VlanId;
use clap::Parser;
use examples::{Editing, pair, parse, run};

/// Put a port with one interface on a bridge.
#[derive(Parser)]
#[command(name = "add_port")]
struct Arguments {
    /// The bridge.
    bridge: String,
    /// Name of the port and of its interface.
    port: String,
    /// What kind of interface it is, such as internal; none is a network device of the system.
    #[arg(long = "type", value_name = "TYPE")]
    type_: Option<String>,
    /// The VLAN of which it is an access port; set_vlan makes it a trunk.
    #[arg(long, value_parser = vlan)]
    vlan: Option<VlanId>,
    /// An option of the interface; can be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    option: Vec<(String, String)>,
    /// It may be there with other properties, which are then changed to those that are named.
    #[arg(long)]
    may_exist: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let mut intent = AddPort::new(arguments.bridge, arguments.port);
    intent.type_ = arguments.type_;
    intent.vlan = arguments.vlan.map(VlanSetting::Access);
    intent.options = arguments.option.into_iter().collect();
    intent.may_exist = arguments.may_exist;
    run(async move { arguments.editing.run(intent).await })
}

fn vlan(text: &str) -> Result<VlanId, String> {
    examples::vlan(text)
}
