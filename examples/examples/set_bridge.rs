//! Changes how a bridge works: what it does without its controller, spanning tree, other settings.
//!
//! `cargo run --example set_bridge -- br1 --fail-mode secure --other-config mac-aging-time=60 --local`

use std::process::ExitCode;

use ahv_net::edit::{FailMode, SetBridge};
use clap::{ArgGroup, Parser};
use examples::{Editing, pair, parse, run};

/// Change how a bridge works. What is not named stays.
#[derive(Parser)]
#[command(name = "set_bridge", group(ArgGroup::new("what").required(true).multiple(true)
    .args(["fail_mode", "no_fail_mode", "stp", "rstp", "other_config", "no_other_config"])))]
struct Arguments {
    /// Its name.
    bridge: String,
    /// What it does without its OpenFlow controller: standalone or secure.
    #[arg(long, value_name = "MODE", value_parser = fail_mode, conflicts_with = "no_fail_mode")]
    fail_mode: Option<FailMode>,
    /// Open vSwitch's default for that.
    #[arg(long)]
    no_fail_mode: bool,
    /// Whether it runs the spanning tree protocol.
    #[arg(long, value_name = "BOOL")]
    stp: Option<bool>,
    /// Whether it runs the rapid spanning tree protocol.
    #[arg(long, value_name = "BOOL")]
    rstp: Option<bool>,
    /// A pair of column other_config; can be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    other_config: Vec<(String, String)>,
    /// A key of column other_config that goes; can be given several times.
    #[arg(long, value_name = "KEY")]
    no_other_config: Vec<String>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let mut intent = SetBridge::new(arguments.bridge);
    intent.stp = arguments.stp;
    intent.rstp = arguments.rstp;
    intent.fail_mode = match arguments.no_fail_mode {
        true => Some(None),
        false => arguments.fail_mode.map(Some),
    };
    for (key, value) in arguments.other_config {
        intent = intent.other_config(key, value);
    }
    for key in arguments.no_other_config {
        intent = intent.no_other_config(key);
    }
    run(async move { arguments.editing.run(intent).await })
}

fn fail_mode(text: &str) -> Result<FailMode, String> {
    examples::word(text)
}
