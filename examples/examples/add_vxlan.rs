//! Adds a VXLAN tunnel to a bridge.
//!
//! `cargo run --example add_vxlan -- br0 vx7 --remote-ip 192.0.2.7 --key 7 --local`

use std::process::ExitCode;

use ahv_net::edit::{AddVxlan, TunnelEnd, TunnelKey, VlanSetting};
use ahv_net::libvirt_model::vocab::VlanId;
use clap::Parser;
use examples::{Editing, run};

/// Add a VXLAN tunnel to a bridge.
#[derive(Parser)]
#[command(name = "add_vxlan")]
struct Arguments {
    /// The bridge.
    bridge: String,
    /// Name of the new port.
    name: String,
    /// The other host's address, or flow.
    #[arg(long, value_name = "IP")]
    remote_ip: TunnelEnd,
    /// The VXLAN network: 0 to 16777215, or flow.
    #[arg(long)]
    key: Option<TunnelKey>,
    /// This host's address, or flow.
    #[arg(long, value_name = "IP")]
    local_ip: Option<TunnelEnd>,
    /// The UDP port, if not 4789.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    dst_port: Option<u16>,
    /// Put it on this VLAN.
    #[arg(long, value_parser = vlan)]
    vlan: Option<VlanId>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let mut intent = AddVxlan::new(arguments.bridge, arguments.name, arguments.remote_ip);
    intent.key = arguments.key;
    intent.local_ip = arguments.local_ip;
    intent.dst_port = arguments.dst_port;
    intent.vlan = arguments.vlan.map(VlanSetting::Access);
    run(async move { arguments.editing.run(intent).await })
}

fn vlan(text: &str) -> Result<VlanId, String> {
    examples::vlan(text)
}
