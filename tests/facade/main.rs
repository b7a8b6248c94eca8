//! The facade as its users meet it: the library, and the example binaries.

mod bad_input;
mod command;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    bad_input::cases(&mut suite);
    suite.run()
}
