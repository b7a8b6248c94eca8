use super::{
    MAC, OTHER_MAC, OTHER_VM, VM, domain, kernel, kinds, libvirt, link, nic, ovs, port, role, sourced, tap,
    unmatched,
};
use crate::observe::{LibvirtObservation, Observed, ObservedNetwork, ObservedNic};
use crate::topology::join;
use crate::topology::{EvidenceKind, NetworkTie, Role, UnmatchedKind};

#[test]
fn every_kind_of_evidence_is_named_strongest_first() {
    let mut guest = nic(MAC);
    guest.interfaceid = Some("iid".to_owned());
    guest.target = Some("vnet7".to_owned());
    let clues = [
        ("attached-mac", MAC),
        ("iface-id", "iid"),
        ("vm-id", "00000000-0000-0000-0000-000000000001"),
    ];
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("vnet7", &clues)])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        kernel: kernel(vec![link("vnet7", Some("tun"), "fe:54:00:00:00:01")]),
        ..Observed::default()
    });
    assert_eq!(
        kinds(&topology, "vnet7"),
        [
            EvidenceKind::VmId,
            EvidenceKind::IfaceId,
            EvidenceKind::AttachedMac,
            EvidenceKind::TargetDev,
            EvidenceKind::TapMac
        ]
    );
    assert_eq!(role(&topology, "vnet7"), Role::Guest);
    assert_eq!(
        topology.domain("vm").unwrap().nics[0].port.as_deref(),
        Some("br0/vnet7")
    );
    assert_eq!(unmatched(&topology), []);
}

#[test]
fn a_tap_address_alone_joins() {
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("tap3", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![nic(MAC)])]),
        kernel: kernel(vec![link("tap3", Some("tun"), "fe:54:00:00:00:01")]),
        ..Observed::default()
    });
    assert_eq!(kinds(&topology, "tap3"), [EvidenceKind::TapMac]);
}

#[test]
fn a_domain_uuid_joins_only_the_one_nic_of_its_domain() {
    let clues = [("vm-uuid", "00000000-0000-0000-0000-000000000001")];
    let with = |nics| {
        join(&Observed {
            ovsdb: ovs(vec![port(vec![tap("tap3", &clues)])]),
            libvirt: libvirt(vec![domain("vm", VM, nics)]),
            ..Observed::default()
        })
    };
    assert_eq!(kinds(&with(vec![nic(MAC)]), "tap3"), [EvidenceKind::VmId]);
    let two = with(vec![nic(MAC), nic(OTHER_MAC)]);
    assert_eq!(role(&two, "tap3"), Role::Unknown);
    assert_eq!(
        unmatched(&two),
        [
            (UnmatchedKind::Port, "tap3"),
            (UnmatchedKind::Nic, "vm/52:54:00:00:00:01"),
            (UnmatchedKind::Nic, "vm/52:54:00:00:00:02"),
        ]
    );
}

#[test]
fn equal_evidence_for_two_nics_joins_neither() {
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("vnet7", &[("attached-mac", MAC)])])]),
        libvirt: libvirt(vec![
            domain("a", VM, vec![nic(MAC)]),
            domain("b", OTHER_VM, vec![nic(MAC)]),
        ]),
        ..Observed::default()
    });
    assert!(topology.port("vnet7").unwrap().attachment.is_none());
    let contradiction = topology
        .unmatched
        .iter()
        .find(|unmatched| unmatched.kind == UnmatchedKind::Contradiction)
        .unwrap();
    assert_eq!(
        contradiction.reason,
        "its evidence points equally to a/52:54:00:00:00:01 and b/52:54:00:00:00:01"
    );
}

#[test]
fn stronger_evidence_wins_and_the_contradiction_is_told() {
    let mut right = nic(MAC);
    right.interfaceid = Some("iid".to_owned());
    let mut wrong = nic(OTHER_MAC);
    wrong.target = Some("vnet7".to_owned());
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("vnet7", &[("iface-id", "iid")])])]),
        libvirt: libvirt(vec![
            domain("a", VM, vec![right]),
            domain("b", OTHER_VM, vec![wrong]),
        ]),
        ..Observed::default()
    });
    assert_eq!(
        topology
            .port("vnet7")
            .unwrap()
            .attachment
            .as_ref()
            .unwrap()
            .domain,
        "a"
    );
    let contradiction = topology
        .unmatched
        .iter()
        .find(|unmatched| unmatched.kind == UnmatchedKind::Contradiction)
        .unwrap();
    assert_eq!(
        contradiction.reason,
        "its iface-id points to a/52:54:00:00:00:01, but its target dev points to b/52:54:00:00:00:02"
    );
}

#[test]
fn a_nic_stands_behind_one_port() {
    let mut guest = nic(MAC);
    guest.target = Some("vnet8".to_owned());
    let stale = tap("vnet7", &[("attached-mac", MAC)]);
    let current = tap("vnet8", &[("attached-mac", MAC)]);
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![stale]), port(vec![current])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "vnet8"), Role::Guest);
    assert!(topology.port("vnet7").unwrap().attachment.is_none());
    assert!(unmatched(&topology).contains(&(UnmatchedKind::Contradiction, "vnet7")));
}

#[test]
fn a_domain_that_is_off_has_no_port_and_misses_none() {
    let mut off = domain("vm", VM, vec![nic(MAC)]);
    off.active = false;
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("tap3", &[("attached-mac", MAC)])])]),
        libvirt: libvirt(vec![off]),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "tap3"), Role::Unknown);
    assert_eq!(unmatched(&topology), [(UnmatchedKind::Port, "tap3")]);
}

#[test]
fn a_nic_of_a_bridge_is_tied_to_a_network_only_if_there_is_one() {
    let network = |name: &str| ObservedNetwork {
        name: name.to_owned(),
        active: Some(true),
        bridge: Some("br0".to_owned()),
        forward: Some("bridge".to_owned()),
        ..Default::default()
    };
    let with = |networks| {
        let said = LibvirtObservation {
            domains: vec![domain("vm", VM, vec![nic(MAC)])],
            networks,
            ..Default::default()
        };
        join(&Observed {
            ovsdb: ovs(Vec::new()),
            libvirt: sourced(said),
            ..Observed::default()
        })
    };
    let one = with(vec![network("VM-Network")]);
    assert_eq!(one.domains[0].nics[0].network.as_deref(), Some("VM-Network"));
    assert_eq!(one.networks[0].users[0].tie, NetworkTie::Bridge);
    let two = with(vec![network("VM-Network"), network("other")]);
    assert_eq!(two.domains[0].nics[0].network, None);
}

#[test]
fn two_nics_of_a_domain_with_one_mac_keep_their_own_ports() {
    let named = |target: &str| ObservedNic {
        target: Some(target.to_owned()),
        ..nic(MAC)
    };
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("tap1", &[])]), port(vec![tap("tap2", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![named("tap1"), named("tap2")])]),
        ..Observed::default()
    });
    let ports: Vec<_> = topology.domains[0]
        .nics
        .iter()
        .map(|nic| nic.port.as_deref())
        .collect();
    assert_eq!(ports, [Some("br0/tap1"), Some("br0/tap2")]);
    assert!(topology.port_by_mac(MAC.parse().unwrap()).is_none());
    assert_eq!(topology.ports_by_mac(MAC.parse().unwrap()).count(), 2);
}

#[test]
fn a_port_that_lost_its_nic_says_to_whom() {
    let mut guest = nic(MAC);
    guest.target = Some("vnet8".to_owned());
    let clues = [("attached-mac", MAC)];
    let topology = join(&Observed {
        ovsdb: ovs(vec![
            port(vec![tap("vnet7", &clues)]),
            port(vec![tap("vnet8", &clues)]),
        ]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        ..Observed::default()
    });
    assert_eq!(
        topology.port("vnet7").unwrap().role_reason.0,
        "its attached-mac points to vm/52:54:00:00:00:01, which attached-mac and target dev of vnet8 has the \
         better claim to"
    );
}

#[test]
fn a_ghost_of_a_domain_that_is_off_is_named() {
    let mut off = domain("vm", VM, vec![nic(MAC)]);
    off.active = false;
    off.state = "shut off".to_owned();
    let clues = [
        ("attached-mac", MAC),
        ("vm-id", "00000000-0000-0000-0000-000000000001"),
    ];
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("vnet7", &clues)])]),
        libvirt: libvirt(vec![off]),
        kernel: kernel(vec![link("vnet7", Some("tun"), "0e:00:00:00:00:01")]),
        ..Observed::default()
    });
    assert_eq!(
        topology.port("vnet7").unwrap().role_reason.0,
        "a tap, but of no NIC of a running domain; OVSDB says it is NIC 52:54:00:00:00:01 of domain vm, which is \
         shut off"
    );
}
