//! Undoes an edit: the last one, or any that the journal still holds.
//!
//! `cargo run --example revert -- 3f2a9c01 --local`

use std::process::ExitCode;

use clap::Parser;
use examples::{Journal, run};

/// Undo an edit, and nothing that others did since.
#[derive(Parser)]
#[command(name = "revert")]
struct Arguments {
    /// Which edit, as it said itself; the last one unless given.
    id: Option<String>,
    #[command(flatten)]
    journal: Journal,
}

fn main() -> ExitCode {
    let Arguments { id, journal } = Arguments::parse();
    run(async move {
        let host = journal.host().await?;
        let entry = host.revert(id.as_deref(), &journal.options()).await?;
        journal.report(Some(&entry))
    })
}
