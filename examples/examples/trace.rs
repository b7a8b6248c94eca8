//! Follows one NIC from the guest to the wire, hop by hop.
//!
//! `cargo run --example trace -- 50:6b:8d:00:00:20 --local`

use std::process::ExitCode;

use ahv_net::libvirt_model::vocab::VlanId;
use ahv_net::render;
use ahv_net::topology::{Fate, Frame, Start};
use clap::Parser;
use examples::{Outcome, Sources, print, run};

/// Trace a frame from a NIC to every way out of the host; exit code 1 where it reaches no wire.
#[derive(Parser)]
#[command(name = "trace")]
struct Arguments {
    /// A NIC's MAC, DOMAIN/MAC, or a port's name.
    start: Start,
    /// The VLAN that the guest itself puts on the frame; none if not given.
    #[arg(long, value_name = "VLAN")]
    vlan: Option<VlanId>,
    /// Print the trace as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    sources: Sources,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(trace(arguments))
}

async fn trace(arguments: Arguments) -> Outcome {
    let host = arguments.sources.facade().await?;
    let frame = arguments.vlan.map_or(Frame::Untagged, Frame::of);
    let trace = host.show().await?.trace(&arguments.start, frame)?;
    print(&if arguments.json {
        render::to_json(&trace) + "\n"
    } else {
        render::trace(&trace)
    })?;
    let leaves = trace.hops.iter().any(|hop| matches!(hop.fate, Fate::Wire(_)));
    Ok(if leaves {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
