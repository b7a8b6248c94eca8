//! Sends samples of a bridge's packets to sFlow collectors.
//!
//! `cargo run --example set_sflow -- br0 --targets 192.0.2.1:6343 --sampling 64 --local`

use std::process::ExitCode;

use ahv_net::edit::SetSFlow;
use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use examples::{Editing, parse, run};

/// Send samples of a bridge's packets to sFlow collectors. What is not named is Open vSwitch's default.
#[derive(Parser)]
#[command(name = "set_sflow")]
struct Arguments {
    /// The bridge.
    bridge: String,
    /// The collectors: IP:PORT,IP:PORT.
    #[arg(long, value_name = "IP:PORT", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new(), required = true)]
    targets: Vec<String>,
    /// The network device whose address names this host.
    #[arg(long, value_name = "DEVICE")]
    agent_device: Option<String>,
    /// How many bytes of a packet are sent.
    #[arg(long, value_name = "BYTES")]
    header: Option<u32>,
    /// One packet of how many.
    #[arg(long, value_name = "PACKETS")]
    sampling: Option<u32>,
    /// How often counters are sent, in seconds.
    #[arg(long, value_name = "SECONDS")]
    polling: Option<u32>,
    #[command(flatten)]
    editing: Editing,
}

fn main() -> ExitCode {
    let arguments: Arguments = parse();
    let mut intent = SetSFlow::new(arguments.bridge, arguments.targets);
    intent.agent = arguments.agent_device;
    intent.header_bytes = arguments.header;
    intent.sampling = arguments.sampling;
    intent.polling_seconds = arguments.polling;
    run(async move { arguments.editing.run(intent).await })
}
