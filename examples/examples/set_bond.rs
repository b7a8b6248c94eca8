//! Makes a bond or changes one, without deleting its port.
//!
//! `cargo run --example set_bond -- br0-up --bridge br0 --uplinks eth2,eth3 --mode active-backup --local`

use std::process::ExitCode;

use ahv_net::edit::{BondMode, Lacp, LacpTime, SetBond};
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, ArgGroup, Parser};
use examples::{Editing, run};

/// Make a bond, or change one. What is not named stays.
#[derive(Parser)]
#[command(name = "set_bond", group(ArgGroup::new("what").required(true).multiple(true).args([
    "uplinks", "mode", "lacp", "lacp_fallback_ab", "lacp_time", "primary", "no_primary", "rebalance_interval", "updelay", "downdelay",
])))]
struct Arguments {
    /// Name of the bond's port.
    port: String,
    /// The bridge; a new bond needs it.
    #[arg(long)]
    bridge: Option<String>,
    /// All its members, two at least: eth2,eth3.
    #[arg(long, value_name = "IFS", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    uplinks: Option<Vec<String>>,
    /// Take uplinks from another bond or bridge, too.
    #[arg(long, requires = "uplinks")]
    take_uplinks: bool,
    /// active-backup, balance-slb or balance-tcp.
    #[arg(long, value_parser = mode)]
    mode: Option<BondMode>,
    /// active, passive or off.
    #[arg(long, value_parser = lacp)]
    lacp: Option<Lacp>,
    /// Fall back to active-backup when the switch does not answer by LACP: true or false.
    #[arg(long, value_name = "BOOL", action = ArgAction::Set)]
    lacp_fallback_ab: Option<bool>,
    /// fast or slow.
    #[arg(long, value_name = "TIME", value_parser = lacp_time)]
    lacp_time: Option<LacpTime>,
    /// The member that is used as long as it works.
    #[arg(long, value_name = "IF")]
    primary: Option<String>,
    /// No member is preferred.
    #[arg(long, conflicts_with = "primary")]
    no_primary: bool,
    /// How often the load is shared anew, in milliseconds; 0 never.
    #[arg(long, value_name = "MS")]
    rebalance_interval: Option<u32>,
    /// How long a member must be up before it is used, in milliseconds.
    #[arg(long, value_name = "MS")]
    updelay: Option<u32>,
    /// How long a member must be down before it is given up, in milliseconds.
    #[arg(long, value_name = "MS")]
    downdelay: Option<u32>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = examples::parse();
    let mut intent = SetBond::new(arguments.port);
    intent.bridge = arguments.bridge;
    intent.uplinks = arguments.uplinks;
    intent.take_uplinks = arguments.take_uplinks;
    intent.mode = arguments.mode;
    intent.lacp = arguments.lacp;
    intent.lacp_fallback_ab = arguments.lacp_fallback_ab;
    intent.lacp_time = arguments.lacp_time;
    intent.primary = match arguments.no_primary {
        true => Some(None),
        false => arguments.primary.map(Some),
    };
    intent.rebalance_interval_ms = arguments.rebalance_interval;
    intent.updelay_ms = arguments.updelay;
    intent.downdelay_ms = arguments.downdelay;
    run(async move { arguments.editing.run(intent).await })
}

fn mode(text: &str) -> Result<BondMode, String> {
    examples::word(text)
}

fn lacp(text: &str) -> Result<Lacp, String> {
    examples::word(text)
}

fn lacp_time(text: &str) -> Result<LacpTime, String> {
    examples::word(text)
}
