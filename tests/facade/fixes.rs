//! The fixes that rules name are commands that there are: every example and flag of a rule's `Fix::ours` is one of the
//! command surface, and where the example is built, of its `--help`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use test_support::Suite;

use crate::command::Example;

/// The examples that edit, and the flags by which a rule may call them.
const SURFACE: [(&str, &[&str]); 14] = [
    (
        "set_vlan",
        &["--access", "--trunk", "--native", "--native-untagged", "--clear"],
    ),
    ("add_bridge", &["--may-exist"]),
    (
        "set_bond",
        &["--bridge", "--uplinks", "--mode", "--lacp", "--primary"],
    ),
    ("add_vxlan", &["--remote-ip", "--key", "--dst-port", "--local-ip"]),
    ("set_vxlan", &["--remote-ip", "--key", "--dst-port", "--local-ip"]),
    ("del_bridge", &["--if-exists"]),
    ("del_port", &["--if-exists"]),
    ("mirror", &["--delete"]),
    ("mtu", &[]),
    (
        "attach_guest",
        &["--network", "--portgroup", "--bridge", "--vlan"],
    ),
    ("detach_guest", &[]),
    ("move_guest", &["--network", "--portgroup", "--bridge", "--vlan"]),
    ("set_cvm_vlan", &[]),
    ("apply", &["--dry-run", "--confirm-within"]),
];

pub(crate) fn cases(suite: &mut Suite) {
    suite.case(
        "fixes: every command of a rule is one of the command surface",
        || {
            let surface: BTreeMap<&str, &[&str]> = SURFACE.into_iter().collect();
            let called = called()?;
            assert!(called.len() > 8, "the rules were not found: {called:?}");
            for (command, flags) in &called {
                let known = surface
                    .get(command.as_str())
                    .unwrap_or_else(|| panic!("no example is {command}"));
                for flag in flags {
                    assert!(known.contains(&flag.as_str()), "{command} has no {flag}");
                }
            }
            Ok(())
        },
    );
    for (command, _) in SURFACE {
        suite.case_with(
            format!("fixes: {command} takes the flags that rules name"),
            Example::available(command),
            move |example| {
                let help = example.run(&["--help"])?.stdout;
                for flag in called()?.remove(command).unwrap_or_default() {
                    assert!(help.contains(&flag), "{command} has no {flag}:\n{help}");
                }
                Ok(())
            },
        );
    }
}

/// The commands of every `Fix::ours(&[…])` in the rules' sources, each with its flags.
fn called() -> Result<BTreeMap<String, BTreeSet<String>>, std::io::Error> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR"))
        .with_file_name("ahv-net")
        .join("src/check/rules");
    let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(rules)? {
        let text = fs::read_to_string(entry?.path())?;
        for call in text.split("Fix::ours(&[").skip(1) {
            let words = call.split("])").next().unwrap_or_default();
            // Every second part of a text that is split at its quotes stands between two of them.
            let mut quoted = words.split('"').skip(1).step_by(2);
            if let Some(command) = quoted.next() {
                let flags = quoted.filter(|word| word.starts_with("--")).map(str::to_owned);
                called.entry(command.to_owned()).or_default().extend(flags);
            }
        }
    }
    Ok(called)
}
