//! The crate on real documents, and one contract suite on every backend.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic fails its case"
)]

mod contract;
mod corpus;
mod golden;
mod reference_host;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    reference_host::add_to(&mut suite);
    golden::add_to(&mut suite);
    corpus::add_to(&mut suite);
    contract::add_to(&mut suite);
    suite.run()
}
