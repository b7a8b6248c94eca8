//! A host from a directory of captures: the reference host's files, and what a bad directory gives.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ahv_net::topology::{Port, Role, Topology, UnmatchedKind};
use serde_json::{Value, json};
use test_support::{Failure, Suite};

use crate::command::Example;

const GOLDEN: &str = include_str!("../golden/show-offline.txt");

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "offline: the text of the reference host's captures",
        Example::available("show"),
        |show| {
            let ran = show.run(&["--offline", &reference_host()])?;
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
            assert_eq!(ran.stdout, GOLDEN);
            Ok(())
        },
    );
    suite.case_with(
        "offline: the captures show the embedded host, less the guest that none of them has",
        Example::available("show"),
        |show| {
            let offline = topology(&show, &["--json", "--offline", &reference_host()])?;
            let embedded = topology(&show, &["--json"])?;
            let (offline_text, embedded_text) = (pretty(&essence(&offline)), pretty(&essence(&embedded)));
            for (ours, theirs) in offline_text.lines().zip(embedded_text.lines()) {
                assert_eq!(ours, theirs);
            }
            assert_eq!(offline_text.len(), embedded_text.len());
            let tap = offline.port("tap345").ok_or("tap345 is missing")?;
            assert_eq!(tap.role, Role::Unknown);
            let finding = offline
                .unmatched
                .iter()
                .find(|unmatched| unmatched.name == "tap345");
            let finding = finding.ok_or("tap345 is matched")?;
            assert_eq!(finding.kind, UnmatchedKind::Port);
            assert!(finding.reason.contains("port without guest"), "{finding:?}");
            Ok(())
        },
    );
    suite.case_with(
        "offline: the controller VM's own addresses, its qemu, and the network scripts",
        Example::available("show"),
        |show| {
            let topology = topology(&show, &["--json", "--offline", &reference_host()])?;
            let cvm = topology.domain("NTNX-DRM-3060-G4-1-1-CVM").ok_or("no CVM")?;
            let inside: Vec<_> = cvm
                .nics
                .iter()
                .map(|nic| {
                    let addresses: Vec<String> = nic.addresses.iter().map(ToString::to_string).collect();
                    (nic.guest_name.as_deref(), addresses.join(" "))
                })
                .collect();
            assert_eq!(
                inside,
                [
                    (Some("eth0"), "10.59.30.77/23".to_owned()),
                    (Some("eth1"), "192.168.5.2/25 192.168.5.254/24".to_owned())
                ]
            );
            assert_eq!(cvm.routes.len(), 6);
            let process = cvm.process.as_ref().ok_or("no qemu")?;
            assert_eq!((process.pid, process.nics.len()), (Some(9250), 2));
            let ifcfg = topology.ifcfg.first().ok_or("no ifcfg")?;
            assert_eq!(ifcfg.ovs_requires, ["eth3", "eth2", "eth1", "eth0"]);
            Ok(())
        },
    );
    bad_directories(suite);
}

fn bad_directories(suite: &mut Suite) {
    suite.case_with(
        "offline: a directory that is not there, and one beside another source",
        Example::available("show"),
        |show| {
            show.run(&["--offline", "/nonexistent/captures"])?
                .refused_with(&["/nonexistent/captures", "directory"]);
            let both = show.run(&["--offline", "/tmp", "--local"])?;
            assert_eq!(both.code, Some(2), "{both:?}");
            Ok(())
        },
    );
    suite.case_with(
        "offline: what no capture tells is said to be not read",
        Example::available("show"),
        |show| {
            let dir = tempfile::tempdir()?;
            fs::write(dir.path().join("route"), "default via 10.0.0.1 dev br0\n")?;
            let ran = show.run(&["--offline", &dir.path().display().to_string()])?;
            assert_eq!(ran.code, Some(0), "{ran:?}");
            for source in ["ovsdb", "libvirt"] {
                assert!(ran.stdout.contains(&format!("{source}: not read")), "{ran:?}");
            }
            Ok(())
        },
    );
    suite.case_with(
        "offline: damaged captures show the rest, with the file and the line",
        Example::available("show"),
        |show| {
            let dir = tempfile::tempdir()?;
            let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes);
            write(
                "a",
                b"    Bridge br0\n        Port \xff\xfe\n            tag: 5000\n",
            )?;
            write(
                "b.xml",
                b"<domain id='1'><name>web</name><devices><interface type='br",
            )?;
            write("c", b"OVSDB JSON 99 00\n{\n")?;
            let path = dir.path().display().to_string();
            let damage: BTreeSet<String> = topology(&show, &["--json", "--offline", &path])?
                .unmatched
                .into_iter()
                .filter(|unmatched| unmatched.kind == UnmatchedKind::Damage)
                .map(|unmatched| unmatched.name)
                .collect();
            let expected = ["a, line 2", "a, line 3", "b.xml, line 1", "c, line 1"];
            for place in expected {
                assert!(damage.contains(place), "{place} is not in {damage:?}");
            }
            Ok(())
        },
    );
}

/// The captures of the reference host.
pub(crate) fn reference_host() -> String {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("golden/reference-host").display().to_string()
}

fn topology(show: &Example, arguments: &[&str]) -> Result<Topology, Failure> {
    let ran = show.run(arguments)?;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).map_err(|error| Failure::new(format!("not a topology: {error}")))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What must be equal. The captures have no external_ids and so less evidence for a join, no kinds of
/// links and so other reasons for a role, and nothing of the guest behind tap345. Of the loopback device
/// they do not have the address.
fn essence(topology: &Topology) -> Value {
    let known = |port: &&Port| port.name != "tap345";
    json!({
        "ovs": [json!(topology.host.ovs_uuid), json!(topology.host.ovs_version)],
        "bridges": topology.bridges.iter().map(|bridge| json!({
            "name": bridge.name,
            "kind": bridge.kind,
            "mac": bridge.mac,
            "addresses": bridge.addresses,
            "ports": bridge.ports.iter().filter(known).map(port_essence).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "tags": topology.ports().map(|port| json!([port.name, port.tag])).collect::<Vec<_>>(),
        "networks": topology.networks.iter().map(|network| json!([
            network.name, network.active, network.autostart, network.persistent, network.forward, network.bridge,
            network.virtualport, network.portgroups, network.addresses,
            network.users.iter().filter(|user| user.domain.ends_with("-CVM")).collect::<Vec<_>>(),
        ])).collect::<Vec<_>>(),
        "domains": topology.domains.iter().filter(|domain| domain.name.ends_with("-CVM")).map(|domain| json!([
            domain.name, domain.uuid, domain.role, domain.state, domain.active,
            domain.nics.iter().map(|nic| json!([nic.mac, nic.network, nic.network_tie, nic.port])).collect::<Vec<_>>(),
        ])).collect::<Vec<_>>(),
        "links": topology.links.iter().filter(|link| link.name != "tap345" && !link.loopback).map(|link| json!([
            link.name, link.master, link.parent, link.vlan_id, link.addresses,
            // Without -a ifconfig says nothing of virbr0-nic, which is down.
            link.mac.filter(|_| link.name != "virbr0-nic"),
        ])).collect::<Vec<_>>(),
        "routes": topology.routes,
        "unmatched": topology.unmatched.iter().filter(|unmatched| unmatched.name != "tap345")
            .map(|unmatched| json!([unmatched.kind, unmatched.name])).collect::<Vec<_>>(),
    })
}

fn port_essence(port: &Port) -> Value {
    let attachment = port.attachment.as_ref();
    json!({
        "name": port.name,
        "role": port.role,
        "attachment": attachment.map(|to| json!([to.domain, to.domain_uuid, to.mac, to.network, to.network_tie])),
        "interfaces": port.interfaces.iter()
            .map(|interface| {
                let mac = interface.mac.filter(|_| interface.name != "virbr0-nic");
                json!([interface.name, interface.type_, interface.options, mac])
            })
            .collect::<Vec<_>>(),
        "addresses": port.addresses,
    })
}
