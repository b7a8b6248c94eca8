//! Undoes what an edit left that was killed half-way, or that was not confirmed in time.
//!
//! `cargo run --example recover -- --local`
//!
//! Where that cannot be done, `--leave 3f2a9c01 --why TEXT` leaves the edit as it is, so that others may begin.

use std::process::ExitCode;

use clap::Parser;
use examples::{Journal, run};

/// Undo what was left half done.
#[derive(Parser)]
#[command(name = "recover")]
struct Arguments {
    /// Leave this edit, which could not be undone, as it is: what differs from before is printed, and stays.
    #[arg(long, value_name = "ID", requires = "why")]
    leave: Option<String>,
    /// Why it is left, for those who read the journal.
    #[arg(long, value_name = "TEXT", requires = "leave")]
    why: Option<String>,
    #[command(flatten)]
    journal: Journal,
}

fn main() -> ExitCode {
    let Arguments { leave, why, journal } = Arguments::parse();
    run(async move {
        if let (Some(id), Some(why)) = (leave, why) {
            let entry = journal.here().await?.leave(&id, &why, &journal.options()).await?;
            return journal.report(Some(&entry));
        }
        let host = journal.host().await?;
        let entry = host.recover(&journal.options()).await?;
        journal.report(entry.as_ref())
    })
}
