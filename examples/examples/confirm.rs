//! Says that an edit which waits for its confirmation is right, so that it stays.
//!
//! `cargo run --example confirm -- 3f2a9c01 --local`

use std::process::ExitCode;

use clap::Parser;
use examples::{Journal, run};

/// Keep the edit that waits for its confirmation.
#[derive(Parser)]
#[command(name = "confirm")]
struct Arguments {
    /// Which edit, as it said itself; the one that waits unless given.
    id: Option<String>,
    #[command(flatten)]
    journal: Journal,
}

fn main() -> ExitCode {
    let Arguments { id, journal } = Arguments::parse();
    run(async move {
        let host = journal.host().await?;
        let entry = host.confirm(id.as_deref(), &journal.options()).await?;
        journal.report(Some(&entry))
    })
}
