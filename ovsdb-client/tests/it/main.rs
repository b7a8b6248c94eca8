//! The client on real and hostile peers.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests may spawn tasks, read the clock and show figures"
)]

mod bad_peers;
mod basics;
mod cluster;
mod confirmation;
mod facts;
mod hostile;
mod load;
mod locks;
mod modelgen;
mod old_server;
mod own_server;
mod restarts;
mod support;
mod transactions;
mod transports;
mod traps;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    basics::add_to(&mut suite);
    bad_peers::add_to(&mut suite);
    transactions::add_to(&mut suite);
    transports::add_to(&mut suite);
    old_server::add_to(&mut suite);
    own_server::add_to(&mut suite);
    confirmation::add_to(&mut suite);
    hostile::add_to(&mut suite);
    traps::add_to(&mut suite);
    modelgen::add_to(&mut suite);
    locks::add_to(&mut suite);
    facts::add_to(&mut suite);
    restarts::add_to(&mut suite);
    cluster::add_to(&mut suite);
    suite.run()
}
