//! Changes a VXLAN tunnel. What is not named stays.
//!
//! `cargo run --example set_vxlan -- vx7 --remote-ip 192.0.2.8 --local`

use std::process::ExitCode;

use ahv_net::edit::{SetVxlan, TunnelEnd, TunnelKey};
use clap::{ArgGroup, Parser};
use examples::{Editing, run};

/// Change a VXLAN tunnel. What is not named stays; del_port deletes one.
#[derive(Parser)]
#[command(name = "set_vxlan", group(ArgGroup::new("what").required(true).multiple(true)
    .args(["remote_ip", "key", "no_key", "local_ip", "no_local_ip", "dst_port", "no_dst_port"])))]
struct Arguments {
    /// Name of the port.
    name: String,
    /// The other host's address, or flow.
    #[arg(long, value_name = "IP")]
    remote_ip: Option<TunnelEnd>,
    /// The VXLAN network: 0 to 16777215, or flow.
    #[arg(long)]
    key: Option<TunnelKey>,
    /// Network 0.
    #[arg(long, conflicts_with = "key")]
    no_key: bool,
    /// This host's address, or flow.
    #[arg(long, value_name = "IP")]
    local_ip: Option<TunnelEnd>,
    /// This host's address as routing has it.
    #[arg(long, conflicts_with = "local_ip")]
    no_local_ip: bool,
    /// The UDP port.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    dst_port: Option<u16>,
    /// UDP port 4789.
    #[arg(long, conflicts_with = "dst_port")]
    no_dst_port: bool,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let mut intent = SetVxlan::new(arguments.name);
    intent.remote_ip = arguments.remote_ip;
    intent.key = setting(arguments.key, arguments.no_key);
    intent.local_ip = setting(arguments.local_ip, arguments.no_local_ip);
    intent.dst_port = setting(arguments.dst_port, arguments.no_dst_port);
    run(async move { arguments.editing.run(intent).await })
}

/// A value, none, or not named.
fn setting<T>(value: Option<T>, none: bool) -> Option<Option<T>> {
    match none {
        true => Some(None),
        false => value.map(Some),
    }
}
