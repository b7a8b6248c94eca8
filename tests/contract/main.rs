//! The contract of the in-memory OVSDB server: each case runs on it and on the real ovsdb-server, and both must say
//! the same once UUIDs are given names.
//!
//! A case is a script (see [`harness::script`]) in a file for its area. A difference that is known stands at its case
//! with its reason, and in `docs/in-memory-server.md`; such a case fails when the difference is gone.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

mod harness;

mod client_tool;
mod conditions;
mod files;
mod idl;
mod insert;
mod locks;
mod monitor;
mod monitor_cond;
mod mutate;
mod own_client;
mod property;
mod protocol;
mod references;
mod server_database;
mod transactions;
mod update;
mod vsctl;
mod wait;

use std::process::ExitCode;

use harness::{Case, run_case};
use test_support::{OvsdbServer, Suite};

fn main() -> ExitCode {
    let areas: [(&str, &[Case]); 14] = [
        ("client_tool", client_tool::CASES),
        ("conditions", conditions::CASES),
        ("insert", insert::CASES),
        ("locks", locks::CASES),
        ("monitor", monitor::CASES),
        ("monitor_cond", monitor_cond::CASES),
        ("mutate", mutate::CASES),
        ("protocol", protocol::CASES),
        ("references", references::CASES),
        ("server_database", server_database::CASES),
        ("transactions", transactions::CASES),
        ("update", update::CASES),
        ("vsctl", vsctl::CASES),
        ("wait", wait::CASES),
    ];
    let mut suite = Suite::from_args();
    for (area, cases) in areas {
        for case in cases {
            suite.case_with(
                format!("{area}: {}", case.name),
                OvsdbServer::available(),
                |real| run_case(case, real),
            );
        }
    }
    files::add(&mut suite);
    idl::add(&mut suite);
    own_client::add(&mut suite);
    property::add(&mut suite);
    suite.run()
}
