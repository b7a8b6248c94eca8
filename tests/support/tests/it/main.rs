//! The supports themselves, on the real programs.

mod cluster;
mod lab;
mod ovsdb_server;
mod secure;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    ovsdb_server::add_to(&mut suite);
    cluster::add_to(&mut suite);
    secure::add_to(&mut suite);
    lab::add_to(&mut suite);
    suite.run()
}
