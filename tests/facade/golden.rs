//! Roles, traces, owners and findings, word for word: of the embedded host, and of the reference host's captures.
//!
//! With UPDATE_GOLDEN=1 in the environment the files are written anew, for a reader to look at what changed.

use std::path::{Path, PathBuf};

use test_support::Suite;

use crate::command::Example;
use crate::offline::reference_host;

#[derive(Clone, Copy)]
struct Golden {
    file: &'static str,
    example: &'static str,
    arguments: &'static [&'static str],
    offline: bool,
    code: i32,
}

const fn golden(file: &'static str, example: &'static str, arguments: &'static [&'static str]) -> Golden {
    Golden {
        file,
        example,
        arguments,
        offline: false,
        code: 0,
    }
}

const fn offline(golden: Golden) -> Golden {
    Golden {
        offline: true,
        ..golden
    }
}

const fn told(golden: Golden) -> Golden {
    Golden { code: 1, ..golden }
}

const ALL: [Golden; 8] = [
    golden("trace-guest-embedded.txt", "trace", &["tap345"]),
    golden("trace-cvm-embedded.txt", "trace", &["52:54:00:9c:d8:cd"]),
    // No wire is reached, or something is to be done: exit code 1.
    told(golden(
        "trace-wrong-vlan-embedded.txt",
        "trace",
        &["tap345", "--vlan", "7"],
    )),
    golden("owners-embedded.txt", "show", &["--owners"]),
    offline(golden("trace-cvm-offline.txt", "trace", &["vnet0"])),
    told(offline(golden(
        "trace-internal-offline.txt",
        "trace",
        &["52:54:00:be:99:b3"],
    ))),
    offline(golden("owners-offline.txt", "show", &["--owners"])),
    told(offline(golden("check-offline.txt", "check", &[]))),
];

pub(crate) fn cases(suite: &mut Suite) {
    for case in ALL {
        suite.case_with(
            format!("golden: {}", case.file),
            Example::available(case.example),
            move |example| {
                let mut arguments = case.arguments.to_vec();
                let reference = reference_host();
                if case.offline {
                    arguments.extend(["--offline", &reference]);
                }
                let ran = example.run(&arguments)?;
                assert_eq!(ran.code, Some(case.code), "{ran:?}");
                let path = path(case.file);
                if std::env::var_os("UPDATE_GOLDEN").is_some() {
                    std::fs::write(&path, &ran.stdout)?;
                }
                let expected = std::fs::read_to_string(&path).unwrap_or_default();
                pretty_assertions::assert_str_eq!(ran.stdout, expected);
                Ok(())
            },
        );
    }
}

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file)
}
