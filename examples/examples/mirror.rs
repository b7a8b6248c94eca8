//! Copies packets of a bridge to a port or into a VLAN, or ends that.
//!
//! `cargo run --example mirror -- br0 m0 --ports tap345 --output-port tap9 --local`

use std::process::ExitCode;

use ahv_net::edit::{AddMirror, DelMirror, Intent};
use ahv_net::libvirt_model::vocab::VlanId;
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Parser};
use examples::{Editing, run};

/// Copy packets of a bridge to a port or into a VLAN, or end that.
#[derive(Parser)]
#[command(
    name = "mirror",
    group(ArgGroup::new("output").required(true).args(["output_port", "output_vlan", "delete"]))
)]
struct Arguments {
    /// The bridge.
    bridge: String,
    /// The mirror's name.
    name: String,
    /// The port to which the copies go, and which then carries nothing else.
    #[arg(long, value_name = "PORT")]
    output_port: Option<String>,
    /// The VLAN into which the copies go.
    #[arg(long, value_name = "VLAN", value_parser = vlan)]
    output_vlan: Option<VlanId>,
    /// Packets of every port.
    #[arg(long)]
    all: bool,
    /// Packets that come in or go out by these ports.
    #[arg(long, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    ports: Vec<String>,
    /// Packets that come in by these ports.
    #[arg(long, value_name = "PORTS", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    from: Vec<String>,
    /// Packets that go out by these ports.
    #[arg(long, value_name = "PORTS", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    to: Vec<String>,
    /// Of these only packets of these VLANs: 1,5-9.
    #[arg(long, value_parser = examples::vlans)]
    vlans: Option<examples::Vlans>,
    /// The mirror goes.
    #[arg(long, conflicts_with_all = ["all", "ports", "from", "to", "vlans"])]
    delete: bool,
    /// It may be gone already.
    #[arg(long, requires = "delete")]
    if_exists: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let Arguments { bridge, name, .. } = arguments;
    let mut mirror = match (arguments.output_port, arguments.output_vlan) {
        (Some(port), _) => AddMirror::to_port(&bridge, &name, port),
        (None, Some(vlan)) => AddMirror::to_vlan(&bridge, &name, vlan),
        (None, None) => {
            let mut intent = DelMirror::new(bridge, name);
            intent.if_exists = arguments.if_exists;
            return run(async move { arguments.editing.run(intent).await });
        }
    };
    mirror.all_ports = arguments.all;
    let vlans = arguments.vlans.map(|vlans| vlans.0).unwrap_or_default();
    let mirror = mirror
        .ports(arguments.ports)
        .from_ports(arguments.from)
        .to_ports(arguments.to);
    let intent: Intent = mirror.vlans(vlans).into();
    run(async move { arguments.editing.run(intent).await })
}

fn vlan(text: &str) -> Result<VlanId, String> {
    examples::vlan(text)
}
