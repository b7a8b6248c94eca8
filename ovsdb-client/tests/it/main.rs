//! The client on real and hostile peers.

mod bad_peers;
mod basics;
mod support;
mod transactions;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    basics::add_to(&mut suite);
    bad_peers::add_to(&mut suite);
    transactions::add_to(&mut suite);
    suite.run()
}
