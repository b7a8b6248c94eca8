use std::collections::HashMap;
use std::fmt::{self, Display};

use libvirt_model::vocab::MacAddr;

use super::devices::Devices;
use crate::check::{self, ObjectKind};
use crate::topology::{Port, Topology, UnmatchedKind};

/// What a picture marks: a number stands on the object and before the sentence that explains it.
pub(super) struct Findings {
    /// In the order of their numbers; the first is number 1.
    pub(super) list: Vec<Finding>,
    ports: HashMap<String, Vec<usize>>,
    nics: HashMap<String, Vec<usize>>,
    bridges: HashMap<String, Vec<usize>>,
}

/// Rules that repeat what stands among the unmatched, and what Open vSwitch says of its interfaces.
const SAID: [&str; 3] = ["contradiction", "damage", "interface-not-open"];

/// One thing that a reader should know.
pub(super) struct Finding {
    /// What it is about: `port tap345`.
    pub(super) subject: String,
    /// What there is to say of it, in one clause.
    pub(super) reason: String,
}

impl Findings {
    /// What the topology could not match, the interfaces that Open vSwitch could not open, and what
    /// [`check`](crate::check) finds beyond those, mere notes left out.
    pub(super) fn of(topology: &Topology) -> Self {
        let mut findings = Self {
            list: Vec::new(),
            ports: HashMap::new(),
            nics: HashMap::new(),
            bridges: HashMap::new(),
        };
        for unmatched in &topology.unmatched {
            let number = findings.add(
                format!("{} {}", unmatched.kind.as_str(), unmatched.name),
                unmatched.reason.clone(),
            );
            let name = unmatched.name.clone();
            match unmatched.kind {
                UnmatchedKind::Port | UnmatchedKind::Link => {
                    findings.ports.entry(name).or_default().push(number)
                }
                UnmatchedKind::Nic => findings.nics.entry(name).or_default().push(number),
                UnmatchedKind::Bridge => findings.bridges.entry(name).or_default().push(number),
                // Its name is a port's, a NIC's or a bridge's.
                UnmatchedKind::Contradiction => {
                    findings.ports.entry(name.clone()).or_default().push(number);
                    findings.nics.entry(name.clone()).or_default().push(number);
                    findings.bridges.entry(name).or_default().push(number);
                }
                UnmatchedKind::Damage => {}
            }
        }
        for interface in topology.ports().flat_map(|port| &port.interfaces) {
            let reason = match (&interface.error, interface.ofport) {
                (Some(error), _) => format!("Open vSwitch says: {error}"),
                (None, Some(-1)) => "Open vSwitch could not open it (ofport -1)".to_owned(),
                _ => continue,
            };
            let number = findings.add(format!("interface {}", interface.name), reason);
            findings
                .ports
                .entry(interface.name.clone())
                .or_default()
                .push(number);
        }
        for finding in check::check(topology) {
            findings.check(&finding);
        }
        findings
    }

    fn check(&mut self, finding: &check::Finding) {
        let Some(object) = finding.object().filter(|_| finding.calls_for_action()) else {
            return;
        };
        let said = match object.kind {
            _ if SAID.contains(&finding.rule.as_str()) => true,
            // The unmatched say as much of a port and of a NIC that lack the other.
            ObjectKind::Port => finding.rule == "port-without-guest" && self.ports.contains_key(&object.name),
            ObjectKind::Nic => finding.rule == "guest-without-port" && self.nics.contains_key(&object.name),
            _ => false,
        };
        if said {
            return;
        }
        let number = self.add(format!("{}: {object}", finding.severity), finding.what.clone());
        for object in &finding.objects {
            let marked = match object.kind {
                ObjectKind::Port | ObjectKind::Interface | ObjectKind::Link => &mut self.ports,
                ObjectKind::Nic => &mut self.nics,
                ObjectKind::Bridge => &mut self.bridges,
                // No picture draws it; the list tells.
                _ => continue,
            };
            marked.entry(object.name.clone()).or_default().push(number);
        }
    }

    fn add(&mut self, subject: String, reason: String) -> usize {
        self.list.push(Finding { subject, reason });
        self.list.len()
    }

    /// The numbers of a port, an interface or a link.
    pub(super) fn of_port(&self, name: &str) -> &[usize] {
        self.ports.get(name).map_or(&[], Vec::as_slice)
    }

    /// The numbers of a bridge.
    pub(super) fn of_bridge(&self, name: &str) -> &[usize] {
        self.bridges.get(name).map_or(&[], Vec::as_slice)
    }

    /// The numbers of a domain's NIC.
    pub(super) fn of_nic(&self, domain: &str, mac: Option<MacAddr>) -> &[usize] {
        let name = mac.map_or_else(|| domain.to_owned(), |mac| format!("{domain}/{mac}"));
        self.nics.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The numbers of a port and of its interfaces, ascending.
    pub(super) fn of_port_and_interfaces(&self, port: &Port) -> Vec<usize> {
        let interfaces = port.interfaces.iter().map(|interface| interface.name.as_str());
        let names = interfaces
            .filter(|name| *name != port.name)
            .chain([port.name.as_str()]);
        let mut numbers: Vec<usize> = names.flat_map(|name| self.of_port(name)).copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// The numbers of a physical NIC and of the VLAN devices that stand on it.
    pub(super) fn of_nic_and_vlans(&self, name: &str, devices: &Devices<'_>) -> Vec<usize> {
        let above = devices.vlans_on(name).iter().map(|link| link.name.as_str());
        let names = above.chain([name]);
        let mut numbers: Vec<usize> = names.flat_map(|name| self.of_port(name)).copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

/// Numbers as they stand after a name, where a picture is made of words: ` ⚠3`.
pub(super) struct Marks<'a>(pub(super) &'a [usize]);

impl Display for Marks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|number| write!(f, " ⚠{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sample::{Sample, tagged, trunking, uplink};

    #[test]
    fn what_check_finds_is_marked_on_its_object_in_every_picture() {
        let host = Sample::new().port(trunking(tagged(uplink("eth0"), 31), &[31, 32]));
        let topology = host.topology();
        let findings = Findings::of(&topology);
        let numbers = findings.of_port("eth0");
        let first = numbers.first().and_then(|number| findings.list.get(number - 1));
        assert_eq!(
            first.map(|finding| finding.subject.as_str()),
            Some("warning: port eth0")
        );
        for picture in [crate::render::dot(&topology), crate::render::mermaid(&topology)] {
            assert!(
                picture.contains("⚠1") && picture.contains("vlan_mode"),
                "{picture}"
            );
        }
        assert!(crate::render::svg(&topology).contains("vlan_mode"));
    }
}
