//! The client on real and hostile peers.

#![expect(
    clippy::disallowed_methods,
    reason = "tests may spawn tasks and read the clock"
)]

mod bad_peers;
mod basics;
mod cluster;
mod load;
mod old_server;
mod restarts;
mod support;
mod transactions;
mod transports;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    basics::add_to(&mut suite);
    bad_peers::add_to(&mut suite);
    transactions::add_to(&mut suite);
    transports::add_to(&mut suite);
    old_server::add_to(&mut suite);
    restarts::add_to(&mut suite);
    cluster::add_to(&mut suite);
    suite.run()
}
