//! Makes or changes a portgroup of a libvirt network, as it runs and in its definition.
//!
//! `cargo run --example set_portgroup -- VM-Network vlan50 --access 50 --local`

use std::process::ExitCode;

use ahv_net::edit::{NativeMode, Portgroup, SetPortgroup, VlanSetting};
use ahv_net::libvirt_model::vocab::VlanId;
use clap::{ArgGroup, Parser};
use examples::{Editing, Vlans, parse, run, vlan, vlans};

/// Make or change a portgroup of a libvirt network.
#[derive(Parser)]
#[command(name = "set_portgroup", group(ArgGroup::new("vlan").required(true).args(["access", "trunk", "clear"])))]
struct Arguments {
    /// The network.
    network: String,
    /// The portgroup.
    portgroup: String,
    /// One VLAN, of which its NICs see no tag.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    access: Option<VlanId>,
    /// These VLANs, tagged: 1,5-9.
    #[arg(long, value_name = "VLANS", value_parser = vlans)]
    trunk: Option<Vlans>,
    /// The VLAN of untagged frames of a trunk, whose frames leave tagged.
    #[arg(long, value_name = "VLAN", value_parser = vlan, requires = "trunk")]
    native: Option<VlanId>,
    /// No VLAN.
    #[arg(long)]
    clear: bool,
    /// It holds for NICs that name no portgroup.
    #[arg(long)]
    default: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let vlan = match (arguments.access, arguments.trunk) {
        (Some(vlan), _) => VlanSetting::Access(vlan),
        (None, Some(vlans)) => VlanSetting::Trunk {
            vlans: vlans.0,
            native: arguments.native,
            native_mode: NativeMode::Tagged,
        },
        (None, None) => VlanSetting::Clear,
    };
    let portgroup = Portgroup {
        default: arguments.default,
        ..Portgroup::new(arguments.portgroup, vlan)
    };
    let intent = SetPortgroup::new(arguments.network, portgroup);
    run(async move { arguments.editing.run(intent).await })
}
