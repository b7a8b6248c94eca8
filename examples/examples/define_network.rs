//! Defines a libvirt network on a bridge of Open vSwitch, and starts it now and with libvirtd.
//!
//! `cargo run --example define_network -- guests --bridge br0 --portgroup vlan50=50 --local`

use std::process::ExitCode;

use ahv_net::edit::{DefineNetwork, Portgroup};
use clap::Parser;
use examples::{Editing, misused, parse, run, vlan};

/// Define a libvirt network on a bridge of Open vSwitch.
#[derive(Parser)]
#[command(name = "define_network")]
struct Arguments {
    /// Its name.
    name: String,
    /// The bridge.
    #[arg(long, value_name = "BRIDGE")]
    bridge: String,
    /// A portgroup, NAME=VLAN, or NAME without a VLAN; can be given several times.
    #[arg(long = "portgroup", value_name = "NAME[=VLAN]", value_parser = portgroup)]
    portgroups: Vec<Portgroup>,
    /// Which of these portgroups holds for NICs that name none.
    #[arg(long, value_name = "NAME")]
    default: Option<String>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    if let Some(default) = &arguments.default
        && arguments.portgroups.iter().all(|group| group.name != *default)
    {
        let said = format!(
            "--default {default} is none of the portgroups that are named here: add --portgroup {default}=VLAN, or make one \
             that the network has its default with set_portgroup"
        );
        misused::<Arguments>(&said);
    }
    let mut intent = DefineNetwork::new(arguments.name, arguments.bridge);
    for mut group in arguments.portgroups {
        group.default = arguments.default.as_deref() == Some(&group.name);
        intent = intent.portgroup(group);
    }
    run(async move { arguments.editing.run(intent).await })
}

fn portgroup(text: &str) -> Result<Portgroup, String> {
    match text.split_once('=') {
        Some((name, number)) => Ok(Portgroup::access(name, vlan(number)?)),
        None => Ok(Portgroup::untagged(text)),
    }
}
