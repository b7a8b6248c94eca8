//! What the tests of the join are made of.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::observe::{
    KernelObservation, LibvirtObservation, ObservedBridge, ObservedDomain, ObservedInterface, ObservedNic,
    ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{EvidenceKind, Link, Role, Topology, UnmatchedKind};

pub(super) const VM: Uuid = Uuid::from_u128(1);
pub(super) const OTHER_VM: Uuid = Uuid::from_u128(2);
pub(super) const MAC: &str = "52:54:00:00:00:01";
pub(super) const OTHER_MAC: &str = "52:54:00:00:00:02";

pub(super) fn sourced<T>(said: T) -> Option<Sourced<T>> {
    Some(Sourced {
        from: "test".to_owned(),
        said,
    })
}

pub(super) fn interface(name: &str, type_: &str) -> ObservedInterface {
    ObservedInterface {
        name: name.to_owned(),
        type_: type_.to_owned(),
        ..Default::default()
    }
}

pub(super) fn tap(name: &str, external_ids: &[(&str, &str)]) -> ObservedInterface {
    ObservedInterface {
        external_ids: map(external_ids).into(),
        ..interface(name, "")
    }
}

pub(super) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

pub(super) fn port(interfaces: Vec<ObservedInterface>) -> ObservedPort {
    ObservedPort {
        name: interfaces[0].name.clone(),
        interfaces,
        ..Default::default()
    }
}

pub(super) fn ovs(ports: Vec<ObservedPort>) -> Option<Sourced<OvsObservation>> {
    let bridge = ObservedBridge {
        name: "br0".to_owned(),
        ports,
        ..Default::default()
    };
    sourced(OvsObservation {
        bridges: vec![bridge],
        ..Default::default()
    })
}

pub(super) fn nic(mac: &str) -> ObservedNic {
    ObservedNic {
        mac: Some(mac.parse().unwrap()),
        type_: "bridge".to_owned(),
        bridge: Some("br0".to_owned()),
        ..Default::default()
    }
}

pub(super) fn domain(name: &str, uuid: Uuid, nics: Vec<ObservedNic>) -> ObservedDomain {
    ObservedDomain {
        name: name.to_owned(),
        uuid,
        state: "running".to_owned(),
        active: true,
        autostart: None,
        persistent: Some(true),
        nics,
        config_nics: None,
    }
}

pub(super) fn libvirt(domains: Vec<ObservedDomain>) -> Option<Sourced<LibvirtObservation>> {
    sourced(LibvirtObservation {
        domains,
        ..Default::default()
    })
}

pub(super) fn link(name: &str, kind: Option<&str>, mac: &str) -> Link {
    Link {
        index: 1,
        kind: kind.map(str::to_owned),
        mac: Some(mac.parse().unwrap()),
        mtu_bytes: Some(1500),
        admin_up: Some(true),
        link_up: Some(true),
        ..Link::named(name)
    }
}

pub(super) fn kernel(links: Vec<Link>) -> Option<Sourced<KernelObservation>> {
    sourced(KernelObservation {
        links,
        routes: Vec::new(),
        ..KernelObservation::default()
    })
}

pub(super) fn role(topology: &Topology, port: &str) -> Role {
    topology.port(port).unwrap().role
}

pub(super) fn kinds(topology: &Topology, port: &str) -> Vec<EvidenceKind> {
    let attachment = topology.port(port).unwrap().attachment.as_ref().unwrap();
    attachment.evidence.iter().map(|evidence| evidence.kind).collect()
}

pub(super) fn unmatched(topology: &Topology) -> Vec<(UnmatchedKind, &str)> {
    topology
        .unmatched
        .iter()
        .map(|unmatched| (unmatched.kind, unmatched.name.as_str()))
        .collect()
}
