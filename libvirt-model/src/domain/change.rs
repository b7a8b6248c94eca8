//! Whether a change can be made to a running domain, before it is tried.

use serde::{Deserialize, Serialize};

use crate::xml::Error;

use super::validate::Severity;
use super::{Interface, InterfaceType};

/// How a change of an interface can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing differs.
    Nothing,
    /// update-device does it while the guest runs.
    Live,
    /// It can wait for the next start only.
    ConfigOnly,
    /// The NIC has to be detached and attached again: the guest sees it leave and come back.
    NeedsReplug,
    /// libvirt refuses it in every way.
    Impossible,
}

/// A [`Verdict`] with what led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preflight {
    /// The hardest of the parts.
    pub verdict: Verdict,
    /// Each part that differs, with the verdict on it alone.
    pub parts: Vec<PartVerdict>,
}

/// The verdict on one part of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartVerdict {
    /// The part, as its element is named.
    pub part: String,
    /// How it can be changed.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

impl Preflight {
    /// Judges the change of a running NIC from `before` to `after`.
    ///
    /// The rules are those of libvirt's QEMU driver. What it decides by the state of the host, such as a missing bridge, is not
    /// known here.
    ///
    /// # Errors
    /// When a part of either makes no sense.
    pub fn of(before: &Interface<'_>, after: &Interface<'_>) -> Result<Self, Error> {
        let mut judge = Judge { parts: Vec::new() };
        for problem in after
            .problems()
            .into_iter()
            .filter(|problem| problem.severity == Severity::Refused)
        {
            judge.add("interface", Verdict::Impossible, problem.message);
        }
        judge.connection(before, after)?;
        let replug = Verdict::NeedsReplug;
        judge.compare(
            "mac",
            &before.mac_address()?,
            &after.mac_address()?,
            replug,
            "the MAC address is the identity of the NIC",
        );
        judge.compare(
            "model",
            &before.model()?,
            &after.model()?,
            replug,
            "the guest's device would change under it",
        );
        judge.compare(
            "driver",
            &before.driver()?,
            &after.driver()?,
            replug,
            "the backend is set up when the NIC is plugged in",
        );
        judge.compare(
            "backend",
            &before.backend()?,
            &after.backend()?,
            replug,
            "the backend is set up when the NIC is plugged in",
        );
        judge.compare(
            "target",
            &before.target()?,
            &after.target()?,
            replug,
            "libvirt does not rename a tap",
        );
        judge.compare(
            "mtu",
            &before.mtu()?,
            &after.mtu()?,
            replug,
            "libvirt sets it when the NIC is plugged in",
        );
        judge.compare(
            "rom",
            &before.rom()?,
            &after.rom()?,
            replug,
            "the guest's device would change under it",
        );
        judge.compare(
            "tune",
            &before.tune()?,
            &after.tune()?,
            replug,
            "libvirt sets it when the NIC is plugged in",
        );
        judge.compare(
            "teaming",
            &before.teaming()?,
            &after.teaming()?,
            replug,
            "the pairing is made when the NIC is plugged in",
        );
        judge.compare(
            "acpi",
            &before.acpi()?,
            &after.acpi()?,
            replug,
            "the guest's device would change under it",
        );
        judge.compare(
            "alias",
            &before.alias()?,
            &after.alias()?,
            replug,
            "libvirt does not rename a device",
        );
        judge.compare(
            "address",
            &before.address()?,
            &after.address()?,
            replug,
            "the guest's device would move",
        );
        judge.compare(
            "boot",
            &before.boot()?,
            &after.boot()?,
            Verdict::ConfigOnly,
            "the boot order counts at the next start",
        );
        let live = Verdict::Live;
        judge.compare(
            "link",
            &before.link()?,
            &after.link()?,
            live,
            "the cable can be pulled any time",
        );
        judge.compare(
            "bandwidth",
            &before.bandwidth()?,
            &after.bandwidth()?,
            live,
            "the limits can change any time",
        );
        judge.compare(
            "filterref",
            &before.filterref()?,
            &after.filterref()?,
            live,
            "the filter can change any time",
        );
        judge.compare(
            "coalesce",
            &before.coalesce()?,
            &after.coalesce()?,
            live,
            "it can change any time",
        );
        judge.compare(
            "port",
            &before.port()?,
            &after.port()?,
            live,
            "isolation can change any time",
        );
        judge.compare(
            "trustGuestRxFilters",
            &before.trust_guest_rx_filters()?,
            &after.trust_guest_rx_filters()?,
            live,
            "it can change any time",
        );
        Ok(Self {
            verdict: judge
                .parts
                .iter()
                .map(|part| part.verdict)
                .max()
                .unwrap_or(Verdict::Nothing),
            parts: judge.parts,
        })
    }
}

struct Judge {
    parts: Vec<PartVerdict>,
}

impl Judge {
    fn add(&mut self, part: &str, verdict: Verdict, reason: impl Into<String>) {
        self.parts.push(PartVerdict {
            part: part.to_owned(),
            verdict,
            reason: reason.into(),
        });
    }

    fn compare<T: PartialEq>(&mut self, part: &str, before: &T, after: &T, verdict: Verdict, reason: &str) {
        if before != after {
            self.add(part, verdict, reason);
        }
    }

    /// What the NIC is connected to, and as which port.
    fn connection(&mut self, before: &Interface<'_>, after: &Interface<'_>) -> Result<(), Error> {
        let (old_port, new_port) = (before.virtualport()?, after.virtualport()?);
        let (old, new) = (
            before.source()?.unwrap_or_default(),
            after.source()?.unwrap_or_default(),
        );
        let (old_type, new_type) = (before.type_()?, after.type_()?);
        if old_port != new_port {
            self.add(
                "virtualport",
                Verdict::NeedsReplug,
                "a port keeps its identity while it exists",
            );
        }
        // A running NIC on a network of the host's bridge shows as type bridge with the network's name beside it.
        let same_network = old.network.is_some() && old.network == new.network;
        let moved = if same_network {
            old.portgroup != new.portgroup
        } else {
            old_type != new_type
                || (&old.bridge, &old.network, &old.dev, &old.mode, &old.path)
                    != (&new.bridge, &new.network, &new.dev, &new.mode, &new.path)
        };
        if moved {
            let bridges =
                |type_: &InterfaceType| matches!(type_, InterfaceType::Bridge | InterfaceType::Network);
            if same_network {
                self.add(
                    "source",
                    Verdict::NeedsReplug,
                    "libvirt does not move a running NIC to another portgroup",
                );
            } else if old_port.is_some() || new_port.is_some() {
                self.add(
                    "source",
                    Verdict::NeedsReplug,
                    "libvirt refuses to move a running NIC that has a virtualport",
                );
            } else if bridges(&old_type) && bridges(&new_type) {
                self.add(
                    "source",
                    Verdict::Live,
                    "libvirt moves the tap to the other Linux bridge",
                );
            } else {
                self.add(
                    "source",
                    Verdict::NeedsReplug,
                    "the host's end would be of another kind",
                );
            }
        }
        if before.vlan()? != after.vlan()? {
            let openvswitch = new_port.as_ref().is_some_and(super::VirtualPort::is_openvswitch);
            let on_network = new_type == InterfaceType::Network;
            if openvswitch || on_network {
                self.add(
                    "vlan",
                    Verdict::Live,
                    "libvirt rewrites the VLAN columns of the Open vSwitch port",
                );
            } else {
                self.add(
                    "vlan",
                    Verdict::NeedsReplug,
                    "libvirt changes the VLAN of a running Open vSwitch port only",
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    fn verdict(before: &str, after: &str) -> Verdict {
        let wrap =
            |inner: &str| Document::parse(format!("<interface type='bridge'>{inner}</interface>")).unwrap();
        let (before, after) = (wrap(before), wrap(after));
        Preflight::of(&Interface::of(&before).unwrap(), &Interface::of(&after).unwrap())
            .unwrap()
            .verdict
    }

    #[test]
    fn judges_by_the_hardest_part() {
        let ovs = "<source bridge='br0'/><virtualport type='openvswitch'/>";
        assert_eq!(verdict(ovs, ovs), Verdict::Nothing);
        assert_eq!(
            verdict(ovs, &format!("{ovs}<vlan><tag id='5'/></vlan>")),
            Verdict::Live
        );
        assert_eq!(
            verdict(ovs, "<source bridge='br1'/><virtualport type='openvswitch'/>"),
            Verdict::NeedsReplug
        );
        assert_eq!(
            verdict("<source bridge='a'/>", "<source bridge='b'/>"),
            Verdict::Live
        );
        assert_eq!(
            verdict(ovs, &format!("{ovs}<boot order='1'/><link state='down'/>")),
            Verdict::ConfigOnly
        );
        assert_eq!(
            verdict(ovs, &format!("{ovs}<mtu size='9000'/><boot order='1'/>")),
            Verdict::NeedsReplug
        );
        assert_eq!(
            verdict(ovs, "<mac address='01:00:00:00:00:00'/>"),
            Verdict::Impossible
        );
    }
}
