//! The embedded host is the reference host, and `show` prints it.

use ahv_net::topology::{Role, Topology};
use serde_json::Value;
use test_support::Suite;

use crate::command::Example;

const README: &str = include_str!("../../README.md");
const GOLDEN: &str = include_str!("../golden/show-embedded.txt");

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "show: the text of the embedded host",
        Example::available("show"),
        |show| {
            let ran = show.run(&[])?;
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert!(
                ran.stderr.contains("embedded host"),
                "it must say that no real host is shown: {:?}",
                ran.stderr
            );
            // The server's port on loopback is a new one at each run.
            let text: String = ran
                .stdout
                .lines()
                .map(|line| match line.split_once("tcp:127.0.0.1:") {
                    Some((before, _)) => format!("{before}tcp:127.0.0.1:PORT\n"),
                    None => format!("{line}\n"),
                })
                .collect();
            pretty_assertions::assert_str_eq!(text, GOLDEN);
            assert!(
                README.contains(&format!("```text\n{GOLDEN}```")),
                "the README shows another text"
            );
            Ok(())
        },
    );
    suite.case_with(
        "show: --json and --format json are the same, and hold the contract",
        Example::available("show"),
        |show| {
            let text = show.run(&["--json"])?.stdout;
            let format = show.run(&["--format", "json"])?.stdout;
            // Each run has a database of its own, with new row UUIDs, on a port of its own.
            let stable = |text: &str| -> String {
                text.lines()
                    .filter(|line| !line.contains("uuid") && !line.contains("tcp:"))
                    .collect()
            };
            assert_eq!(stable(&text), stable(&format));
            let json: Value = serde_json::from_str(&text)?;
            let members: Vec<&str> = json
                .as_object()
                .ok_or("not an object")?
                .keys()
                .map(String::as_str)
                .collect();
            for member in [
                "host",
                "bridges",
                "networks",
                "domains",
                "links",
                "routes",
                "unmatched",
                "sources",
            ] {
                assert!(members.contains(&member), "{member} is missing from {members:?}");
            }
            let at = |pointer: &str| json.pointer(pointer).cloned().unwrap_or_default();
            let ports = at("/bridges/0/ports");
            let ports = ports.as_array().ok_or("no ports")?;
            let index = ports
                .iter()
                .position(|port| port.get("name") == Some(&"tap345".into()));
            let tap = format!("/bridges/0/ports/{}", index.ok_or("tap345 is missing")?);
            let expected = [
                ("tag", Value::from(32)),
                ("role", "guest".into()),
                ("attachment/domain", "guest-vlan32".into()),
                ("attachment/mac", "50:6b:8d:00:00:20".into()),
                ("attachment/network", "VM-Network".into()),
                ("attachment/evidence/0/kind", "vm-id".into()),
                ("attachment/evidence/4/kind", "tap-mac".into()),
                ("interfaces/0/name", "tap345".into()),
            ];
            for (pointer, value) in expected {
                assert_eq!(at(&format!("{tap}/{pointer}")), value, "{pointer}");
            }
            Ok(())
        },
    );
    suite.case_with(
        "show: its JSON reads back as the topology that it was",
        Example::available("show"),
        |show| {
            let text = show.run(&["--json"])?.stdout;
            let topology: Topology = serde_json::from_str(&text)?;
            assert_eq!(ahv_net::render::json(&topology) + "\n", text);
            let role = |port: &str| topology.port(port).map(|port| port.role);
            assert_eq!(role("bond0"), Some(Role::Uplink));
            assert_eq!(role("br0"), Some(Role::Host));
            assert_eq!(role("vnet0"), Some(Role::CvmExternal));
            assert_eq!(role("vnet1"), Some(Role::CvmInternal));
            assert_eq!(role("tap345"), Some(Role::Guest));
            assert_eq!(role("br0-dhcp"), Some(Role::Ipam));
            assert_eq!(role("br0-arp"), Some(Role::Ipam));
            Ok(())
        },
    );
}
