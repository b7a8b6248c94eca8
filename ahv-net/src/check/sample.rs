//! Small hosts for the tests of rules: `br0` with its own interface, and what a test adds.

use std::collections::BTreeMap;

use libvirt_model::vocab::VlanId;
use uuid::Uuid;

use super::check;
use crate::observe::{
    KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface,
    ObservedNetwork, ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{Ifcfg, Link, Portgroup, Reading, SourceReport, Topology, Vlan, join};

pub(crate) const MAC: &str = "52:54:00:00:00:01";
pub(crate) const OTHER_MAC: &str = "52:54:00:00:00:02";

pub(crate) struct Sample {
    ovsdb: OvsObservation,
    libvirt: Option<LibvirtObservation>,
    kernel: Option<KernelObservation>,
    ifcfg: Vec<Ifcfg>,
}

impl Sample {
    /// A host of which OVSDB was read.
    pub(crate) fn new() -> Self {
        Self {
            ovsdb: OvsObservation {
                bridges: vec![bridge("br0", vec![internal("br0")])],
                ..Default::default()
            },
            libvirt: None,
            kernel: None,
            ifcfg: Vec::new(),
        }
    }

    /// A further port of br0.
    pub(crate) fn port(self, port: ObservedPort) -> Self {
        self.change(|bridge| bridge.ports.push(port))
    }

    /// Changes br0.
    pub(crate) fn change(mut self, change: impl FnOnce(&mut ObservedBridge)) -> Self {
        change(&mut self.ovsdb.bridges[0]);
        self
    }

    pub(crate) fn bridge(mut self, bridge: ObservedBridge) -> Self {
        self.ovsdb.bridges.push(bridge);
        self
    }

    /// Something of OVSDB that could not be read.
    pub(crate) fn damage(mut self, what: &str) -> Self {
        self.ovsdb.damage.push(what.to_owned());
        self
    }

    pub(crate) fn ifcfg(mut self, ifcfg: Ifcfg) -> Self {
        self.ifcfg.push(ifcfg);
        self
    }

    pub(crate) fn libvirt(mut self) -> Self {
        self.libvirt.get_or_insert_default();
        self
    }

    pub(crate) fn domain(mut self, mut domain: ObservedDomain) -> Self {
        let domains = &mut self.libvirt.get_or_insert_default().domains;
        domain.uuid = Uuid::from_u128(domains.len() as u128 + 1);
        domains.push(domain);
        self
    }

    pub(crate) fn network(mut self, network: ObservedNetwork) -> Self {
        self.libvirt.get_or_insert_default().networks.push(network);
        self
    }

    pub(crate) fn link(mut self, link: Link) -> Self {
        self.kernel.get_or_insert_default().links.push(link);
        self
    }

    pub(crate) fn topology(&self) -> Topology {
        fn sourced<T>(said: T) -> Sourced<T> {
            Sourced {
                from: "test".to_owned(),
                said,
            }
        }
        join(&Observed {
            ovsdb: Some(sourced(self.ovsdb.clone())),
            libvirt: self.libvirt.clone().map(sourced),
            kernel: self.kernel.clone().map(sourced),
            ifcfg: (!self.ifcfg.is_empty()).then(|| sourced(self.ifcfg.clone())),
            // The sources of captures are listed only beside their files.
            files: self
                .ifcfg
                .iter()
                .map(|ifcfg| SourceReport {
                    name: ifcfg.file.clone(),
                    reading: Reading::Read,
                    from: None,
                })
                .collect(),
            ..Observed::default()
        })
    }

    /// What a rule finds: `SEVERITY OBJECT`.
    pub(crate) fn fired(&self, rule: &str) -> Vec<String> {
        assert!(
            super::rules().iter().any(|known| known.id == rule),
            "{rule} is no rule"
        );
        check(&self.topology())
            .into_iter()
            .filter(|finding| finding.rule == rule)
            .map(|finding| format!("{} {}", finding.severity, finding.objects[0]))
            .collect()
    }
}

pub(crate) fn bridge(name: &str, ports: Vec<ObservedPort>) -> ObservedBridge {
    ObservedBridge {
        name: name.to_owned(),
        stp_enable: Some(false),
        ports,
        ..Default::default()
    }
}

pub(crate) fn interface(name: &str, type_: &str) -> ObservedInterface {
    ObservedInterface {
        name: name.to_owned(),
        type_: type_.to_owned(),
        ofport: Some(1),
        ..Default::default()
    }
}

pub(crate) fn port(interfaces: Vec<ObservedInterface>) -> ObservedPort {
    ObservedPort {
        name: interfaces[0].name.clone(),
        interfaces,
        ..Default::default()
    }
}

pub(crate) fn internal(name: &str) -> ObservedPort {
    port(vec![interface(name, "internal")])
}

/// An interface on a NIC with a wire, which Open vSwitch tells by its driver.
pub(crate) fn wire(name: &str) -> ObservedInterface {
    ObservedInterface {
        status: map(&[("driver_name", "ixgbe")]),
        admin_up: Some(true),
        link_up: Some(true),
        mtu_bytes: Some(1500),
        ..interface(name, "")
    }
}

pub(crate) fn uplink(name: &str) -> ObservedPort {
    port(vec![wire(name)])
}

/// A bond of these NICs.
pub(crate) fn bond(name: &str, members: &[&str]) -> ObservedPort {
    ObservedPort {
        name: name.to_owned(),
        ..port(members.iter().map(|name| wire(name)).collect())
    }
}

pub(crate) fn tap_interface(name: &str) -> ObservedInterface {
    ObservedInterface {
        status: map(&[("driver_name", "tun")]),
        mtu_bytes: Some(1500),
        ..interface(name, "")
    }
}

/// A tap that nobody speaks for.
pub(crate) fn tap(name: &str) -> ObservedPort {
    port(vec![tap_interface(name)])
}

/// A tap with the hardware address of the guest's NIC, as libvirt notes it.
pub(crate) fn tap_of(name: &str, mac: &str) -> ObservedPort {
    port(vec![ObservedInterface {
        external_ids: map(&[("attached-mac", mac)]).into(),
        ..tap_interface(name)
    }])
}

pub(crate) fn tunnel(name: &str, options: &[(&str, &str)]) -> ObservedPort {
    port(vec![ObservedInterface {
        options: map(options),
        ..interface(name, "vxlan")
    }])
}

pub(crate) fn patch(name: &str, peer: &str) -> ObservedPort {
    port(vec![ObservedInterface {
        options: map(&[("peer", peer)]),
        ..interface(name, "patch")
    }])
}

pub(crate) fn tagged(port: ObservedPort, tag: u16) -> ObservedPort {
    ObservedPort {
        tag: Some(vlan(tag)),
        ..port
    }
}

pub(crate) fn trunking(port: ObservedPort, trunks: &[u16]) -> ObservedPort {
    ObservedPort {
        trunks: trunks.iter().map(|id| vlan(*id)).collect(),
        ..port
    }
}

pub(crate) fn with_mode(port: ObservedPort, mode: &str) -> ObservedPort {
    ObservedPort {
        vlan_mode: Some(mode.to_owned()),
        ..port
    }
}

pub(crate) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn vlan(id: u16) -> VlanId {
    VlanId::new(id).unwrap()
}

/// `<vlan>` with one tag.
pub(crate) fn access(id: u16) -> Option<Vlan> {
    Some(Vlan {
        trunk: false,
        tags: vec![vlan(id)],
        native: None,
    })
}

/// A NIC on the bridge br0.
pub(crate) fn nic(mac: &str) -> ObservedNic {
    ObservedNic {
        mac: Some(mac.parse().unwrap()),
        type_: "bridge".to_owned(),
        bridge: Some("br0".to_owned()),
        virtualport: Some("openvswitch".to_owned()),
        ..Default::default()
    }
}

/// A NIC of the network VM-Network, and of this portgroup.
pub(crate) fn network_nic(mac: &str, portgroup: Option<&str>) -> ObservedNic {
    ObservedNic {
        mac: Some(mac.parse().unwrap()),
        type_: "network".to_owned(),
        network: Some("VM-Network".to_owned()),
        portgroup: portgroup.map(str::to_owned),
        ..Default::default()
    }
}

/// A running domain that is defined as it runs.
pub(crate) fn domain(name: &str, nics: Vec<ObservedNic>) -> ObservedDomain {
    ObservedDomain {
        name: name.to_owned(),
        uuid: Uuid::nil(),
        state: "running".to_owned(),
        active: true,
        autostart: Some(false),
        persistent: Some(true),
        config_nics: Some(nics.clone()),
        nics,
    }
}

pub(crate) fn off(domain: ObservedDomain) -> ObservedDomain {
    ObservedDomain {
        state: "shut off".to_owned(),
        active: false,
        config_nics: None,
        ..domain
    }
}

/// VM-Network: br0, by Open vSwitch, started and kept.
pub(crate) fn network() -> ObservedNetwork {
    ObservedNetwork {
        name: "VM-Network".to_owned(),
        active: Some(true),
        autostart: Some(true),
        persistent: Some(true),
        forward: Some("bridge".to_owned()),
        bridge: Some("br0".to_owned()),
        virtualport: Some("openvswitch".to_owned()),
        ..Default::default()
    }
}

pub(crate) fn portgroup(name: &str, vlan: Option<Vlan>) -> Portgroup {
    Portgroup {
        name: name.to_owned(),
        default: false,
        vlan,
    }
}

pub(crate) fn link(name: &str, kind: Option<&str>) -> Link {
    Link {
        index: 1,
        kind: kind.map(str::to_owned),
        mac: Some("0c:00:00:00:00:01".parse().unwrap()),
        mtu_bytes: Some(1500),
        admin_up: Some(true),
        link_up: Some(true),
        ..Link::named(name)
    }
}
