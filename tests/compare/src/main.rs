//! Measures this workspace beside its peers, side by side in one run, and prints a table of ratios.
//!
//! `tests/compare/run [--quick] [--only PART]... [--write]`. A ratio is the median of paired runs: each pair measures ours and
//! the peer one right after the other, so that what else the machine does weighs on both. Nothing here fails because
//! something is slow; what is missed is said to be missed.

#![expect(
    clippy::disallowed_methods,
    reason = "this program is a clock: it has nothing to do but to read the time around what others do"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what it is for"
)]

mod child;
mod floor;
mod measure;
mod page;
mod parts;
mod rows;
mod server;
mod table;

#[path = "../../../ahv-net/benches/large_host/mod.rs"]
mod large_host;

use std::process::ExitCode;

use server::Stage;
use table::Table;

/// Why something could not be measured.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// How many pairs of measurements a ratio is the median of.
    pairs: usize,
    /// How many ports, and as many interfaces.
    ports: usize,
    /// How many times a small thing is done in one measurement.
    repeats: usize,
    /// How many requests are in flight at once.
    in_flight: usize,
}

const WHOLE: Size = Size {
    pairs: 5,
    ports: 50_000,
    repeats: 2_000,
    in_flight: 10_000,
};

/// Enough to see that it works.
const QUICK: Size = Size {
    pairs: 1,
    ports: 1_000,
    repeats: 50,
    in_flight: 500,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("--child") => child::run(&arguments.collect::<Vec<_>>()),
        first => compare(first.map(str::to_owned).into_iter().chain(arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("compare: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn compare(mut arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut size = WHOLE;
    let (mut only, mut write) = (Vec::new(), false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => size = QUICK,
            "--write" => write = true,
            "--only" => only.push(arguments.next().ok_or("--only takes the name of a part")?),
            _ => {
                let names: Vec<_> = parts::ALL.iter().map(|(name, _)| *name).collect();
                return Err(format!(
                    "{argument} is not known; usage: tests/compare/run [--quick] [--only PART]... [--write], PART one of {}",
                    names.join(", ")
                )
                .into());
            }
        }
    }
    if write && (size.pairs < WHOLE.pairs || !only.is_empty()) {
        return Err("--write is for the whole table: leave --quick and --only out".into());
    }
    let mut table = Table::new();
    let stage = Stage::new(size.ports);
    for (name, part) in parts::ALL {
        if only.is_empty() || only.iter().any(|wanted| wanted == name) {
            eprintln!("measuring {name} (load {})", measure::load());
            if let Err(failure) = part(size, &stage, &mut table) {
                table.not_run(name, &failure.to_string());
            }
        }
    }
    let told = format!(
        "{}\n{} ports and as many interfaces, medians of {} paired runs.\n",
        measure::machine(),
        size.ports,
        size.pairs
    );
    println!("{told}\n{table}");
    if write {
        page::write("docs/benchmarks.md", &format!("{told}\n{table}"))?;
        page::write("README.md", &format!("{told}\n{}", table.judged()))?;
    }
    Ok(())
}
