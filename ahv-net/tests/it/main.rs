//! The facade against real sources.

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "embedded")]
mod faults;
mod kernel;
#[cfg(feature = "embedded")]
mod old_schema;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    #[cfg(feature = "agent")]
    agent::cases(&mut suite);
    kernel::cases(&mut suite);
    #[cfg(feature = "embedded")]
    faults::cases(&mut suite);
    #[cfg(feature = "embedded")]
    old_schema::cases(&mut suite);
    suite.run()
}

/// A runtime for one case.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs no more than a few descriptors")
}
