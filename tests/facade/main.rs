//! The facade as its users meet it: the library, and the example binaries.

mod agent;
mod bad_input;
mod check;
mod command;
mod conf_db;
mod confirmed;
mod diff;
mod documents;
mod embedded;
mod fixes;
mod golden;
mod guests;
mod intents;
mod kill_loop;
mod lab_switch;
mod offline;
mod pictures;
mod rows;
mod same_host;
mod served;
mod soak;
mod switch_edits;
mod waiting;
mod watch;
mod xml_documents;

use std::process::ExitCode;

use test_support::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::from_args();
    embedded::cases(&mut suite);
    offline::cases(&mut suite);
    pictures::cases(&mut suite);
    same_host::cases(&mut suite);
    switch_edits::cases(&mut suite);
    intents::cases(&mut suite);
    lab_switch::cases(&mut suite);
    bad_input::cases(&mut suite);
    conf_db::cases(&mut suite);
    diff::cases(&mut suite);
    watch::cases(&mut suite);
    waiting::cases(&mut suite);
    check::cases(&mut suite);
    confirmed::cases(&mut suite);
    xml_documents::cases(&mut suite);
    golden::cases(&mut suite);
    fixes::cases(&mut suite);
    guests::cases(&mut suite);
    kill_loop::cases(&mut suite);
    documents::cases(&mut suite);
    agent::cases(&mut suite);
    soak::cases(&mut suite);
    suite.run()
}
