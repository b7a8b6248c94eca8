//! The supports themselves, on the real programs.

mod ovsdb_server;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    ovsdb_server::add_to(&mut suite);
    suite.run()
}
