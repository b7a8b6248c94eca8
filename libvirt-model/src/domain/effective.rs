//! What a NIC really gets: its own configuration, its portgroup's and its network's, put together as libvirt does.

use serde::{Deserialize, Serialize};

use crate::network::{ForwardMode, Network, VirtualPortParameters};
use crate::xml::Error;

use super::{Bandwidth, Interface, InterfaceType, VirtualPort, Vlan};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// The interface itself.
    Interface,
    /// The portgroup of this name.
    Portgroup(String),
    /// The network of this name.
    Network(String),
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from; a merged value names everything that gave a part of it.
    pub from: Vec<Provenance>,
}

/// What a NIC really gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Effective {
    /// The VLANs: the interface's, else the portgroup's, else the network's.
    pub vlan: Option<Sourced<Vlan>>,
    /// The virtual port, merged from all three.
    pub virtualport: Option<Sourced<VirtualPort>>,
    /// The rate limits: the interface's, else the portgroup's.
    pub bandwidth: Option<Sourced<Bandwidth>>,
    /// The portgroup that holds; the default one when the interface names none.
    pub portgroup: Option<String>,
    /// What libvirt would refuse, or silently do without.
    pub conflicts: Vec<String>,
}

impl Effective {
    /// Puts `interface` together with the `network` that it names, if it is of that type.
    ///
    /// # Errors
    /// When a part of either makes no sense. A contradiction between them is no error: see [`Effective::conflicts`].
    pub fn of(interface: &Interface<'_>, network: Option<&Network<'_>>) -> Result<Self, Error> {
        let mut effective = Self::default();
        let wanted = interface.source()?.and_then(|source| source.portgroup);
        let network_name = network
            .map(|network| network.name().map(|name| name.into_owned()))
            .transpose()?;
        let from_network = || Provenance::Network(network_name.clone().unwrap_or_default());
        let group = match network {
            Some(network) => network.portgroup(wanted.as_deref())?,
            None => None,
        };
        if let (Some(wanted), Some(_), None) = (&wanted, network, &group) {
            effective
                .conflicts
                .push(format!("the network has no portgroup `{wanted}`, so none holds"));
        }
        let from_group = |name: &str| Provenance::Portgroup(name.to_owned());

        let candidates = [
            interface.vlan()?.map(|vlan| (vlan, Provenance::Interface)),
            group
                .as_ref()
                .and_then(|group| Some((group.vlan.clone()?, from_group(&group.name)))),
            network
                .map(Network::vlan)
                .transpose()?
                .flatten()
                .map(|vlan| (vlan, from_network())),
        ];
        effective.vlan = candidates
            .into_iter()
            .flatten()
            .find(|(vlan, _)| !vlan.tags.is_empty())
            .map(sourced);

        let candidates = [
            interface
                .bandwidth()?
                .map(|bandwidth| (bandwidth, Provenance::Interface)),
            group
                .as_ref()
                .and_then(|group| Some((group.bandwidth.clone()?, from_group(&group.name)))),
        ];
        effective.bandwidth = candidates.into_iter().flatten().next().map(sourced);

        let ports = [
            interface.virtualport()?.map(|port| (port, Provenance::Interface)),
            group
                .as_ref()
                .and_then(|group| Some((group.virtualport.clone()?, from_group(&group.name)))),
            network
                .map(Network::virtualport)
                .transpose()?
                .flatten()
                .map(|port| (port, from_network())),
        ];
        for (port, from) in ports.into_iter().flatten() {
            match &mut effective.virtualport {
                None => {
                    effective.virtualport = Some(Sourced {
                        value: port,
                        from: vec![from],
                    })
                }
                Some(merged) => {
                    merge(&mut merged.value, port, &mut effective.conflicts);
                    merged.from.push(from);
                }
            }
        }
        if let Some(network) = network {
            effective.check_mode(network)?;
        } else if interface
            .type_()
            .is_ok_and(|type_| type_ == InterfaceType::Bridge)
        {
            effective.check_vlan("an interface of type bridge");
        }
        effective.portgroup = group.map(|group| group.name);
        Ok(effective)
    }

    /// Whether the NIC is a port of an Open vSwitch bridge.
    #[must_use]
    pub fn is_openvswitch(&self) -> bool {
        self.virtualport
            .as_ref()
            .is_some_and(|port| port.value.is_openvswitch())
    }

    /// On a network of libvirt's own bridge there is no virtual port, and a VLAN takes Open vSwitch.
    fn check_mode(&mut self, network: &Network<'_>) -> Result<(), Error> {
        let mode = network
            .forward()?
            .map(|forward| forward.mode.unwrap_or(ForwardMode::Nat));
        let own_bridge = matches!(
            mode,
            None | Some(ForwardMode::Nat | ForwardMode::Route | ForwardMode::Open)
        );
        let name = mode
            .as_ref()
            .map_or_else(|| "isolated".to_owned(), |mode| mode.to_string());
        let place = format!("a network of mode {name}");
        if own_bridge && self.virtualport.is_some() {
            self.conflicts.push(format!("{place} takes no virtualport"));
        }
        // The SR-IOV modes hand the VLAN to the device.
        if !matches!(mode, Some(ForwardMode::Hostdev | ForwardMode::Passthrough)) {
            self.check_vlan(&place);
        }
        Ok(())
    }

    /// libvirt refuses to plug in a NIC with a VLAN that is no port of Open vSwitch, and to start a domain with one.
    fn check_vlan(&mut self, place: &str) {
        if self.vlan.is_some() && !self.is_openvswitch() {
            self.conflicts.push(format!(
                "{place} takes no VLAN without a virtualport of type openvswitch before libvirt 11.0"
            ));
        }
    }
}

fn sourced<T>((value, from): (T, Provenance)) -> Sourced<T> {
    Sourced {
        value,
        from: vec![from],
    }
}

/// Adds what `more` says to `port`; what both say must be the same.
fn merge(port: &mut VirtualPort, more: VirtualPort, conflicts: &mut Vec<String>) {
    merge_field(&mut port.type_, more.type_, "type", conflicts);
    let Some(more) = more.parameters else { return };
    let into = port.parameters.get_or_insert_with(VirtualPortParameters::default);
    merge_field(&mut into.interfaceid, more.interfaceid, "interfaceid", conflicts);
    merge_field(&mut into.profileid, more.profileid, "profileid", conflicts);
    merge_field(&mut into.managerid, more.managerid, "managerid", conflicts);
    merge_field(&mut into.typeid, more.typeid, "typeid", conflicts);
    merge_field(
        &mut into.typeidversion,
        more.typeidversion,
        "typeidversion",
        conflicts,
    );
    merge_field(&mut into.instanceid, more.instanceid, "instanceid", conflicts);
}

fn merge_field<T: PartialEq>(into: &mut Option<T>, more: Option<T>, name: &str, conflicts: &mut Vec<String>) {
    match (&into, more) {
        (None, more) => *into = more,
        (Some(own), Some(more)) if *own != more => {
            conflicts.push(format!(
                "the virtualport's {name} differs between interface, portgroup and network"
            ));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    const NETWORK: &str = "<network><name>n</name><forward mode='bridge'/><bridge name='br0'/>
        <virtualport type='openvswitch'/><vlan><tag id='9'/></vlan>
        <portgroup name='d' default='yes'><bandwidth><inbound average='1'/></bandwidth></portgroup>
        <portgroup name='g'><vlan><tag id='50'/></vlan><virtualport><parameters profileid='p'/></virtualport></portgroup></network>";

    fn effective(interface: &str, network: &str) -> Effective {
        let (interface, network) = (
            Document::parse(interface).unwrap(),
            Document::parse(network).unwrap(),
        );
        Effective::of(
            &Interface::of(&interface).unwrap(),
            Some(&Network::of(&network).unwrap()),
        )
        .unwrap()
    }

    #[test]
    fn the_nearest_vlan_wins() {
        let own = effective(
            "<interface type='network'><source network='n' portgroup='g'/><vlan><tag id='7'/></vlan></interface>",
            NETWORK,
        );
        assert_eq!(own.vlan.unwrap().from, [Provenance::Interface]);
        let group = effective(
            "<interface type='network'><source network='n' portgroup='g'/></interface>",
            NETWORK,
        );
        assert_eq!(
            group.vlan.as_ref().unwrap().from,
            [Provenance::Portgroup("g".to_owned())]
        );
        assert_eq!(group.vlan.as_ref().unwrap().value.tags[0].id.get(), 50);
        assert_eq!(group.virtualport.as_ref().unwrap().from.len(), 2);
        assert!(group.is_openvswitch());
        let default = effective(
            "<interface type='network'><source network='n'/></interface>",
            NETWORK,
        );
        assert_eq!(default.vlan.unwrap().from, [Provenance::Network("n".to_owned())]);
        assert_eq!(
            default.bandwidth.unwrap().from,
            [Provenance::Portgroup("d".to_owned())]
        );
        assert_eq!(default.portgroup.as_deref(), Some("d"));
    }

    #[test]
    fn contradictions_are_told() {
        let wrong = effective(
            "<interface type='network'><source network='n' portgroup='none'/><virtualport type='802.1Qbh'/></interface>",
            NETWORK,
        );
        assert_eq!(wrong.conflicts.len(), 3, "{:?}", wrong.conflicts);
        let nat = effective(
            "<interface type='network'><source network='n'/><virtualport type='openvswitch'/></interface>",
            "<network><name>n</name><forward/></network>",
        );
        assert_eq!(nat.conflicts, ["a network of mode nat takes no virtualport"]);
    }

    #[test]
    fn a_vlan_takes_open_vswitch_or_a_device_of_its_own() {
        let conflicts = |forward: &str, interface: &str| {
            effective(
                &format!("<interface type='network'><source network='n'/>{interface}</interface>"),
                &format!("<network><name>n</name>{forward}</network>"),
            )
            .conflicts
        };
        let vlan = "<vlan><tag id='5'/></vlan>";
        let linux = "<forward mode='bridge'/><bridge name='lb1'/>";
        for (forward, interface) in [
            (linux.to_owned(), vlan),
            (format!("{linux}{vlan}"), ""),
            (
                format!("{linux}<portgroup name='d' default='yes'>{vlan}</portgroup>"),
                "",
            ),
            (
                "<forward mode='bridge'><interface dev='eth1'/></forward>".to_owned(),
                vlan,
            ),
            (
                "<forward mode='vepa'><interface dev='eth1'/></forward>".to_owned(),
                vlan,
            ),
            ("<forward mode='nat'/>".to_owned(), vlan),
            (String::new(), vlan),
        ] {
            let found = conflicts(&forward, interface);
            assert!(
                matches!(found.as_slice(), [only] if only.contains("takes no VLAN")),
                "{forward}{interface}: {found:?}"
            );
        }
        let openvswitch = "<virtualport type='openvswitch'/>";
        for (forward, interface) in [
            (linux.to_owned(), format!("{vlan}{openvswitch}")),
            (format!("{linux}{vlan}{openvswitch}"), String::new()),
            (
                "<forward mode='passthrough'><interface dev='eth1'/></forward>".to_owned(),
                vlan.to_owned(),
            ),
            ("<forward mode='hostdev'/>".to_owned(), vlan.to_owned()),
        ] {
            let found = conflicts(&forward, &interface);
            assert!(found.is_empty(), "{forward}{interface}: {found:?}");
        }
        let own = Document::parse(format!(
            "<interface type='bridge'><source bridge='lb1'/>{vlan}</interface>"
        ))
        .unwrap();
        let own = Effective::of(&Interface::of(&own).unwrap(), None).unwrap();
        assert_eq!(own.conflicts.len(), 1, "{:?}", own.conflicts);
    }
}
