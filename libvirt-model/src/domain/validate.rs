//! What libvirt would refuse, or accept and then trip over, found before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::vocab::MacAddr;
use crate::xml::{Error, Position};

use super::{Domain, Interface, InterfaceType, Vlan};

/// Something wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub position: Option<Position>,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// libvirt accepts it, and something goes wrong later.
    Risky,
    /// libvirt refuses it.
    Refused,
}

impl Vlan {
    /// What is wrong with it, as sentences.
    #[must_use]
    pub fn problems(&self) -> Vec<(Severity, String)> {
        let mut problems = Vec::new();
        if self.tags.is_empty() {
            problems.push((Severity::Refused, "a <vlan> needs at least one <tag>".to_owned()));
        }
        if self.tags.iter().filter(|tag| tag.native_mode.is_some()).count() > 1 {
            problems.push((
                Severity::Refused,
                "a <vlan> can have one native VLAN only".to_owned(),
            ));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.tags.iter().find(|tag| !seen.insert(tag.id)) {
            problems.push((
                Severity::Risky,
                format!("VLAN {} stands twice in a <vlan>", twice.id),
            ));
        }
        if self.trunk == Some(crate::vocab::YesNo::No) && self.tags.len() > 1 {
            problems.push((
                Severity::Refused,
                "trunk='no' contradicts more than one <tag>".to_owned(),
            ));
        }
        if !self.is_trunk() && self.native().is_some() {
            let message =
                "a native VLAN without trunk='yes' makes a port that carries every VLAN; add trunk='yes'";
            problems.push((Severity::Risky, message.to_owned()));
        }
        problems
    }
}

impl Interface<'_> {
    /// What is wrong with this interface, taken by itself.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Findings {
            interface: *self,
            problems: Vec::new(),
        };
        let type_ = found.read(self.type_());
        if let Some(mac) = found.read(self.mac_address()).flatten() {
            found.mac(mac);
        }
        let source = found.read(self.source()).flatten().unwrap_or_default();
        let lacking = match type_ {
            Some(InterfaceType::Bridge) if source.bridge.is_none() => Some("<source bridge>"),
            Some(InterfaceType::Network) if source.network.is_none() => Some("<source network>"),
            Some(InterfaceType::Direct | InterfaceType::Vdpa) if source.dev.is_none() => Some("<source dev>"),
            Some(InterfaceType::Vhostuser) if source.path.is_none() => Some("<source path>"),
            _ => None,
        };
        if let (Some(lacking), Some(type_)) = (lacking, &type_) {
            found.add(
                Severity::Refused,
                format!("an interface of type {type_} needs {lacking}"),
            );
        }
        let port = found.read(self.virtualport()).flatten();
        if let Some(vlan) = found.read(self.vlan()).flatten() {
            for (severity, message) in vlan.problems() {
                found.add(severity, message);
            }
            let takes_vlan = match type_ {
                Some(InterfaceType::Network | InterfaceType::Hostdev | InterfaceType::Other(_)) => true,
                Some(InterfaceType::Direct) => source.mode.as_deref() == Some("passthrough"),
                Some(InterfaceType::Bridge) => port.as_ref().is_some_and(super::VirtualPort::is_openvswitch),
                _ => false,
            };
            if !takes_vlan {
                found.add(
                    Severity::Risky,
                    "the VLAN has no effect, or is refused, without <virtualport type='openvswitch'>"
                        .to_owned(),
                );
            }
        }
        // The rest is read for its values only.
        found.read(self.target());
        found.read(self.bandwidth());
        found.read(self.mtu());
        found.read(self.link());
        found.read(self.model());
        found.read(self.driver());
        found.read(self.address());
        found.problems
    }
}

impl Domain<'_> {
    /// What is wrong with the network side of this domain.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self
            .interfaces()
            .flat_map(|interface| interface.problems())
            .collect();
        let mut macs: BTreeMap<MacAddr, usize> = BTreeMap::new();
        let mut targets = BTreeSet::new();
        for interface in self.interfaces() {
            let mut found = Findings {
                interface,
                problems: Vec::new(),
            };
            if let Ok(Some(mac)) = interface.mac_address() {
                let count = macs.entry(mac).or_default();
                *count += 1;
                if *count == 2 {
                    let message = format!(
                        "the MAC address {mac} stands twice, so neither NIC can be named by it later"
                    );
                    found.add(Severity::Risky, message);
                }
            }
            if let Ok(Some(target)) = interface.target()
                && let Some(dev) = target.dev
                && !targets.insert(dev.clone())
            {
                found.add(
                    Severity::Refused,
                    format!("the tap {dev} stands twice, and can exist once only"),
                );
            }
            problems.append(&mut found.problems);
        }
        problems
    }
}

struct Findings<'d> {
    interface: Interface<'d>,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    fn add(&mut self, severity: Severity, message: String) {
        self.problems.push(Problem {
            severity,
            position: Some(self.interface.element().position()),
            message,
        });
    }

    fn read<T>(&mut self, value: Result<T, Error>) -> Option<T> {
        value
            .map_err(|error| {
                let (position, message) = (error.position(), error.kind().to_string());
                self.problems.push(Problem {
                    severity: Severity::Refused,
                    position,
                    message,
                });
            })
            .ok()
    }

    fn mac(&mut self, mac: MacAddr) {
        if mac.is_multicast() {
            self.add(
                Severity::Refused,
                format!("{mac} is a multicast address; the first byte must be even"),
            );
        } else if mac.is_zero() {
            self.add(
                Severity::Risky,
                format!("{mac} is no address that a NIC can have"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    fn problems(interfaces: &str) -> Vec<String> {
        let document = Document::parse(format!(
            "<domain><name>d</name><devices>{interfaces}</devices></domain>"
        ))
        .unwrap();
        Domain::of(&document)
            .unwrap()
            .problems()
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn a_good_interface_has_none() {
        let good = "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><virtualport type='openvswitch'/>\
                    <vlan trunk='yes'><tag id='1' nativeMode='untagged'/><tag id='2'/></vlan></interface>";
        assert_eq!(problems(good), Vec::<String>::new());
    }

    #[test]
    fn finds_what_libvirt_refuses_and_what_it_trips_over() {
        let nic = |mac: &str, inner: &str| {
            format!(
                "<interface type='bridge'><mac address='{mac}'/><source bridge='b'/><virtualport type='openvswitch'/>{inner}</interface>"
            )
        };
        let first = nic("52:54:00:00:00:01", "<vlan><tag id='4096'/></vlan>");
        let twice = nic(
            "52:54:00:00:00:01",
            "<vlan><tag id='1' nativeMode='tagged'/><tag id='1' nativeMode='tagged'/></vlan>",
        );
        let multicast = nic(
            "53:54:00:00:00:02",
            "<vlan><tag id='1' nativeMode='tagged'/></vlan>",
        );
        let found = problems(&[first, twice, multicast].concat()).join("\n");
        for part in [
            "4096",
            "stands twice, so neither",
            "one native",
            "VLAN 1 stands twice",
            "multicast",
            "carries every VLAN",
        ] {
            assert!(found.contains(part), "{part} is missing in:\n{found}");
        }
        assert!(problems("<interface type='network'/>")[0].contains("<source network>"));
    }
}
