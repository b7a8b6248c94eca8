//! What makes no sense is refused in the plan, with the reason, and nothing is sent.

use test_support::Suite;

use super::scene::{GUEST_BRIDGE, GUEST_NETWORK, Scene};
use super::state::State;
use crate::command::Example;

/// A command line, and words of the sentence that refuses it.
type Wrong = (&'static str, &'static [&'static str], &'static [&'static str]);

const WRONG: [Wrong; 17] = [
    ("set_vlan", &["tap9", "--access", "5"], &["no port tap9"]),
    ("set_vlan", &["vnet1", "--access", "5"], &["Linux bridge virbr0"]),
    (
        "set_vlan",
        &["50:6b:8d:00:00:99", "--access", "5"],
        &["no NIC", "50:6b:8d:00:00:99"],
    ),
    (
        "set_vlan",
        &["tap345", "--trunk", "5,6", "--native", "7"],
        &["7 is native"],
    ),
    (
        "attach_guest",
        &["nobody", "--network", "VM-Network"],
        &["no domain nobody", GUEST_BRIDGE.0],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, "--network", "Nowhere"],
        &["no network Nowhere", "VM-Network"],
    ),
    (
        "attach_guest",
        &[
            GUEST_BRIDGE.0,
            "--network",
            "VM-Network",
            "--portgroup",
            "missing",
        ],
        &["no portgroup missing", "VM-Network"],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, "--bridge", "br9"],
        &["no bridge br9", "br0"],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, "52:54:00:9c:d8:cd", "--bridge", "br0"],
        &["52:54:00:9c:d8:cd", "NTNX-DRM-3060-G4-1-1-CVM", "already"],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, GUEST_BRIDGE.1, "--network", "VM-Network"],
        &["already", "move_guest"],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, "01:00:5e:00:00:01", "--bridge", "br0"],
        &["of a group"],
    ),
    (
        "attach_guest",
        &[GUEST_BRIDGE.0, "--bridge", "virbr0", "--vlan", "5"],
        &["Linux bridge"],
    ),
    (
        "detach_guest",
        &[GUEST_BRIDGE.0, "52:54:00:9c:d8:cd"],
        &["no NIC", "NTNX-DRM-3060-G4-1-1-CVM"],
    ),
    (
        "set_link",
        &[GUEST_BRIDGE.0, "50:6b:8d:00:00:99", "--down"],
        &["no NIC", GUEST_BRIDGE.1],
    ),
    (
        "define_network",
        &["guests", "--bridge", "br9"],
        &["no bridge br9"],
    ),
    (
        "define_network",
        &["VM-Network", "--bridge", "virbr0"],
        &["virbr0 is a Linux bridge"],
    ),
    (
        "undefine_network",
        &["NTNX-Local-Network"],
        &["used by NTNX-DRM-3060-G4-1-1-CVM"],
    ),
];

pub(crate) fn embedded(suite: &mut Suite) {
    for (example, line, words) in WRONG {
        suite.case_with(
            format!(
                "guests: refused on the embedded host: {example} {}",
                line.join(" ")
            ),
            Example::available(example),
            move |example| {
                let ran = example.run(line)?;
                assert_eq!(ran.code, Some(1), "{ran:?}");
                assert_eq!(ran.stdout, "", "{ran:?}");
                let sentence = ran.stderr.lines().last().unwrap_or_default();
                for word in words {
                    assert!(sentence.contains(word), "{word:?} is not in {sentence:?}");
                }
                Ok(())
            },
        );
    }
    for (example, line) in [
        ("set_vlan", ["tap345", "--access", "4096"]),
        ("set_cvm_vlan", ["4096", "--dry-run", "--json"]),
        ("attach_guest", ["guest-vlan32", "--portgroup", "x"]),
        ("move_guest", ["guest-vlan32", "not-a-mac", "--bridge=br0"]),
        ("set_link", ["guest-vlan32", "--up", "--down"]),
    ] {
        suite.case_with(
            format!("guests: bad usage: {example} {}", line.join(" ")),
            Example::available(example),
            move |example| {
                let ran = example.run(&line)?;
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
                Ok(())
            },
        );
    }
}

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "guests: what is refused on the lab leaves it as it was",
        Scene::available("attach_guest"),
        |scene| {
            let _turn = scene.lab.exclusive()?;
            let before = State::of(&scene.lab)?;
            for (example, line, words) in WRONG {
                scene.with(example)?.run(line)?.refused_with(words);
            }
            let more: [Wrong; 2] = [
                ("undefine_network", &["VM-Network"], &["used by", GUEST_NETWORK.1]),
                (
                    "remove_portgroup",
                    &["VM-Network", "vlan50"],
                    &["used by", "guest-pg"],
                ),
            ];
            for (example, line, words) in more {
                scene.with(example)?.run(line)?.refused_with(words);
            }
            assert_eq!(State::of(&scene.lab)?, before);
            Ok(())
        },
    );
}
