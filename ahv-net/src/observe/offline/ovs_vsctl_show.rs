//! The text of `ovs-vsctl show`.

use libvirt_model::vocab::VlanId;

use super::atom::{map, string};
use super::capture::{Lines, Notes};
use crate::observe::{ObservedBridge, ObservedInterface, ObservedPort, OvsObservation};
use crate::topology::Remote;

/// Reads `ovs-vsctl show`. Nesting is told by the words, so that a capture whose indentation was lost
/// on the way reads as well.
pub(super) fn parse(text: &str, notes: &mut Notes) -> OvsObservation {
    let mut ovs = OvsObservation {
        abridged: true,
        ..OvsObservation::default()
    };
    for (number, line) in Lines::of(text) {
        if let Some(name) = line.strip_prefix("Bridge ") {
            ovs.bridges.push(ObservedBridge {
                name: string(name),
                ..ObservedBridge::default()
            });
        } else if let Some(name) = line.strip_prefix("Port ") {
            match ovs.bridges.last_mut() {
                Some(bridge) => {
                    bridge.ports.push(ObservedPort {
                        name: string(name),
                        ..ObservedPort::default()
                    });
                }
                None => notes.line(number, "a port outside any bridge"),
            }
        } else if let Some(name) = line.strip_prefix("Interface ") {
            match last_port(&mut ovs) {
                Some(port) => port.interfaces.push(ObservedInterface {
                    name: string(name),
                    ..ObservedInterface::default()
                }),
                None => notes.line(number, "an interface outside any port"),
            }
        } else if let Some(target) = line.strip_prefix("Controller ") {
            match ovs.bridges.last_mut() {
                Some(bridge) => bridge.controllers.push(remote(target)),
                None => notes.line(number, "a controller outside any bridge"),
            }
        } else if let Some(target) = line.strip_prefix("Manager ") {
            ovs.managers.push(remote(target));
        } else if line == "is_connected: true" {
            let peer = match ovs.bridges.last_mut() {
                Some(bridge) => bridge.controllers.last_mut(),
                None => ovs.managers.last_mut(),
            };
            if let Some(peer) = peer {
                peer.is_connected = Some(true);
            }
        } else if let Some((key, value)) = line.split_once(": ") {
            setting(&mut ovs, key, value, number, notes);
        } else if let Ok(uuid) = line.parse() {
            ovs.uuid = Some(uuid);
        } else if ovs.bridges.is_empty() && is_masked(line) {
            // Whoever shared the capture kept the uuid to themselves.
        } else if !line.ends_with(':') {
            let what = if ovs.bridges.is_empty() {
                "neither a bridge nor the uuid of the root row"
            } else {
                "neither a bridge, a port, an interface nor a setting of one"
            };
            notes.line(number, what);
        }
    }
    ovs
}

/// A uuid of which every digit was replaced, and some perhaps left out.
fn is_masked(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '-'))
}

/// A controller or manager. Of one that is not connected nothing more is printed.
fn remote(target: &str) -> Remote {
    Remote {
        target: string(target),
        is_connected: Some(false),
    }
}

fn last_port(ovs: &mut OvsObservation) -> Option<&mut ObservedPort> {
    ovs.bridges.last_mut()?.ports.last_mut()
}

fn setting(ovs: &mut OvsObservation, key: &str, value: &str, number: usize, notes: &mut Notes) {
    if key == "ovs_version" {
        ovs.ovs_version = Some(string(value));
        return;
    }
    let Some(bridge) = ovs.bridges.last_mut() else {
        return;
    };
    match key {
        "fail_mode" => bridge.fail_mode = Some(string(value)),
        "datapath_type" => bridge.datapath_type = Some(string(value)),
        "tag" | "trunks" | "vlan_mode" => {
            let Some(port) = bridge.ports.last_mut() else {
                return;
            };
            match key {
                "tag" => match vlan(value) {
                    Some(tag) => port.tag = Some(tag),
                    None => notes.line(number, "a tag that is no VLAN"),
                },
                "vlan_mode" => port.vlan_mode = Some(string(value)),
                _ => {
                    let inner = value.trim().trim_start_matches('[').trim_end_matches(']');
                    for item in inner.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                        match vlan(item) {
                            Some(trunk) => port.trunks.push(trunk),
                            None => notes.line(number, "a trunk that is no VLAN"),
                        }
                    }
                }
            }
        }
        "type" | "options" | "error" => {
            let Some(interface) = bridge
                .ports
                .last_mut()
                .and_then(|port| port.interfaces.last_mut())
            else {
                return;
            };
            match key {
                "type" => interface.type_ = string(value),
                "error" => interface.error = Some(string(value)),
                _ => match map(value) {
                    Some(options) => interface.options = options.into_iter().collect(),
                    None => notes.line(number, "options that are no {key=value, …}"),
                },
            }
        }
        // What later versions add says nothing of a port.
        _ => {}
    }
}

fn vlan(text: &str) -> Option<VlanId> {
    VlanId::new(text.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (OvsObservation, Vec<String>) {
        let mut notes = Notes::of("show.txt");
        let ovs = parse(text, &mut notes);
        (ovs, notes.sentences())
    }

    #[test]
    fn both_ages_of_the_format_read_alike() {
        let old = "0c3a1b2c-0000-4000-8000-000000000001\n Bridge \"br0\"\n  Port \"tap3\"\n   tag: 32\n   \
                   Interface \"tap3\"\n    type: vxlan\n    options: {key=\"1\", remote_ip=\"10.0.0.1\"}\n\
                   ovs_version: \"2.1.3\"\n";
        let new = "0c3a1b2c-0000-4000-8000-000000000001\n    Bridge br0\n        Port tap3\n            tag: 32\n\
                   \x20           Interface tap3\n                type: vxlan\n                \
                   options: {key=\"1\", remote_ip=\"10.0.0.1\"}\n    ovs_version: \"2.1.3\"\n";
        for text in [old, new] {
            let (ovs, damage) = read(text);
            assert_eq!(damage, Vec::<String>::new());
            assert_eq!(ovs.ovs_version.as_deref(), Some("2.1.3"));
            let port = &ovs.bridges[0].ports[0];
            assert_eq!(
                (port.name.as_str(), port.tag.map(|tag| tag.get())),
                ("tap3", Some(32))
            );
            assert_eq!(port.interfaces[0].options["remote_ip"], "10.0.0.1");
        }
    }

    #[test]
    fn controllers_managers_trunks_and_errors_are_read_or_passed_over() {
        let text = "    Manager \"ptcp:6640\"\n        is_connected: true\n    Bridge br-int\n        \
                    Controller \"tcp:127.0.0.1:6633\"\n            is_connected: true\n        fail_mode: secure\n\
                    \x20       Port eth0\n            tag: 31\n            trunks: [31, 32]\n            \
                    Interface eth0\n                error: \"could not open network device eth0 (No such device)\"\n";
        let (ovs, damage) = read(text);
        assert_eq!(damage, Vec::<String>::new());
        let bridge = &ovs.bridges[0];
        assert_eq!(bridge.fail_mode.as_deref(), Some("secure"));
        assert_eq!(bridge.controllers[0].is_connected, Some(true));
        assert_eq!(ovs.managers[0].target, "ptcp:6640");
        assert_eq!(bridge.ports[0].trunks.len(), 2);
        assert!(
            bridge.ports[0].interfaces[0]
                .error
                .as_deref()
                .unwrap()
                .contains("No such device")
        );
    }

    #[test]
    fn a_masked_uuid_is_no_damage() {
        let (ovs, damage) = read("XXXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXX\n    Bridge br0\n");
        assert_eq!((ovs.uuid, damage), (None, Vec::new()));
        assert_eq!(ovs.bridges.len(), 1);
    }

    #[test]
    fn nonsense_is_noted_by_line_and_the_rest_is_read() {
        let (ovs, damage) = read("Port lost\n    Bridge br0\n        Port a\n            tag: 9999\n");
        assert_eq!(ovs.bridges[0].ports[0].tag, None);
        assert_eq!(
            damage,
            [
                "show.txt, line 1: a port outside any bridge",
                "show.txt, line 4: a tag that is no VLAN"
            ]
        );
    }
}
