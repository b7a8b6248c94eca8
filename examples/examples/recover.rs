//! Undoes what an edit left that was killed half-way, or that was not confirmed in time.
//!
//! `cargo run --example recover -- --local`

use std::process::ExitCode;

use clap::Parser;
use examples::{Journal, run};

/// Undo what was left half done.
#[derive(Parser)]
#[command(name = "recover")]
struct Arguments {
    #[command(flatten)]
    journal: Journal,
}

fn main() -> ExitCode {
    let Arguments { journal } = Arguments::parse();
    run(async move {
        let host = journal.host().await?;
        let entry = host.recover(&journal.options()).await?;
        journal.report(entry.as_ref())
    })
}
