//! The facade as its users meet it: the library, and the example binaries.

mod bad_input;
mod command;
mod embedded;
mod offline;
mod same_host;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    embedded::cases(&mut suite);
    offline::cases(&mut suite);
    same_host::cases(&mut suite);
    bad_input::cases(&mut suite);
    suite.run()
}
