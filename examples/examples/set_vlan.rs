//! Puts a port, or the guest NIC behind it, on a VLAN.
//!
//! `cargo run --example set_vlan -- tap345 --access 40 --local`

use std::process::ExitCode;

use ahv_net::edit::SetVlan;
use ahv_net::libvirt_model::vocab::VlanId;
use clap::{ArgGroup, Parser};
use examples::{Editing, parse, run};

/// Put a port on a VLAN, or on several.
#[derive(Parser)]
#[command(name = "set_vlan", group(ArgGroup::new("vlan").required(true).args(["access", "trunk", "dot1q_tunnel", "clear"])))]
struct Arguments {
    /// Name of the port, or MAC address of the guest NIC behind it.
    port: String,
    /// One VLAN, of which the peer sees no tag.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    access: Option<VlanId>,
    /// These VLANs, tagged: 1,5-9.
    #[arg(long, value_name = "VLANS", value_parser = examples::vlans)]
    trunk: Option<examples::Vlans>,
    /// The VLAN of untagged frames of a trunk, whose frames leave tagged.
    #[arg(long, value_name = "VLAN", value_parser = vlan, requires = "trunk")]
    native: Option<VlanId>,
    /// The VLAN of untagged frames of a trunk, whose frames leave untagged.
    #[arg(long, value_name = "VLAN", value_parser = vlan, requires = "trunk", conflicts_with = "native")]
    native_untagged: Option<VlanId>,
    /// One VLAN inside which the peer's frames go, tags and all.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    dot1q_tunnel: Option<VlanId>,
    /// The peer's VLANs that pass; all of them unless given: 1,5-9.
    #[arg(long, value_name = "VLANS", value_parser = examples::vlans, requires = "dot1q_tunnel")]
    cvlans: Option<examples::Vlans>,
    /// No VLAN of its own.
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let cvlans = arguments.cvlans.map(|vlans| vlans.0).unwrap_or_default();
    let mut intent = match (arguments.access, arguments.trunk, arguments.dot1q_tunnel) {
        (Some(vlan), ..) => SetVlan::access(arguments.port, vlan),
        (None, Some(vlans), _) => SetVlan::trunk(arguments.port, vlans.0),
        (None, None, Some(vlan)) => SetVlan::dot1q_tunnel(arguments.port, vlan, cvlans),
        (None, None, None) => SetVlan::clear(arguments.port),
    };
    if let Some(native) = arguments.native {
        intent = intent.native(native);
    }
    if let Some(native) = arguments.native_untagged {
        intent = intent.native_untagged(native);
    }
    run(async move { arguments.editing.run(intent).await })
}

fn vlan(text: &str) -> Result<VlanId, String> {
    examples::vlan(text)
}
