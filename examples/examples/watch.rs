//! Prints what changes on a host, as it happens.
//!
//! `cargo run --example watch -- --local`

use std::process::ExitCode;
use std::time::Duration;

use ahv_net::watch::{Event, Watch};
use clap::Parser;
use examples::{Outcome, Sources, print, run, tell};

/// Print joined changes of OVSDB, libvirt and the kernel as they happen, until Ctrl-C.
#[derive(Parser)]
#[command(name = "watch")]
struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// End after this long: 5s, 500ms, 2m.
    #[arg(long = "for", value_name = "TIME", value_parser = examples::duration)]
    for_: Option<Duration>,
    /// End after so many changes.
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// Also what changes by itself: uuids of rows made anew, port and link numbers.
    #[arg(long)]
    all: bool,
    /// Print each event as one line of JSON, without the picture.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(watch(arguments))
}

async fn watch(arguments: Arguments) -> Outcome {
    let host = arguments.sources.facade().await?;
    let mut watch = host.watch().await?;
    let topology = watch.topology();
    tell(&format!(
        "Watching {} bridges with {} ports, {} domains and {} links; Ctrl-C ends it.",
        topology.bridges.len(),
        topology.ports().count(),
        topology.domains.len(),
        topology.links.len(),
    ));
    let end = async {
        match arguments.for_ {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        outcome = follow(&mut watch, &arguments) => outcome,
        () = end => Ok(ExitCode::SUCCESS),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn follow(watch: &mut Watch, arguments: &Arguments) -> Outcome {
    let mut changes = 0;
    while arguments.count.is_none_or(|count| changes < count) {
        let Some(event) = watch.next().await else {
            return Err("every source has ended, so that there is nothing more to watch".into());
        };
        let event = match event {
            Event::Change { topology, difference } if !arguments.all => Event::Change {
                topology,
                difference: difference.without_incidental(),
            },
            event => event,
        };
        if let Event::Change { difference, .. } = &event {
            if difference.is_empty() {
                continue;
            }
            changes += 1;
        }
        print(&if arguments.json {
            serde_json::to_string(&event)? + "\n"
        } else {
            format!("{event:#}")
        })?;
    }
    Ok(ExitCode::SUCCESS)
}
