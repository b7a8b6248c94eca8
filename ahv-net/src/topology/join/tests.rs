use std::collections::BTreeMap;

use uuid::Uuid;

use super::join;
use crate::observe::{
    KernelObservation, LibvirtObservation, Observed, ObservedBridge, ObservedDomain, ObservedInterface,
    ObservedNetwork, ObservedNic, ObservedPort, OvsObservation, Sourced,
};
use crate::topology::{
    Address, BridgeKind, EvidenceKind, Link, Mirror, NetworkTie, Reading, Role, Topology, UnmatchedKind,
};

const VM: Uuid = Uuid::from_u128(1);
const OTHER_VM: Uuid = Uuid::from_u128(2);
const MAC: &str = "52:54:00:00:00:01";
const OTHER_MAC: &str = "52:54:00:00:00:02";

fn sourced<T>(said: T) -> Option<Sourced<T>> {
    Some(Sourced {
        from: "test".to_owned(),
        said,
    })
}

fn interface(name: &str, type_: &str) -> ObservedInterface {
    ObservedInterface {
        name: name.to_owned(),
        type_: type_.to_owned(),
        ..Default::default()
    }
}

fn tap(name: &str, external_ids: &[(&str, &str)]) -> ObservedInterface {
    ObservedInterface {
        external_ids: map(external_ids),
        ..interface(name, "")
    }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn port(interfaces: Vec<ObservedInterface>) -> ObservedPort {
    ObservedPort {
        name: interfaces[0].name.clone(),
        interfaces,
        ..Default::default()
    }
}

fn ovs(ports: Vec<ObservedPort>) -> Option<Sourced<OvsObservation>> {
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

fn nic(mac: &str) -> ObservedNic {
    ObservedNic {
        mac: Some(mac.parse().unwrap()),
        type_: "bridge".to_owned(),
        bridge: Some("br0".to_owned()),
        ..Default::default()
    }
}

fn domain(name: &str, uuid: Uuid, nics: Vec<ObservedNic>) -> ObservedDomain {
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

fn libvirt(domains: Vec<ObservedDomain>) -> Option<Sourced<LibvirtObservation>> {
    sourced(LibvirtObservation {
        domains,
        ..Default::default()
    })
}

fn link(name: &str, kind: Option<&str>, mac: &str) -> Link {
    Link {
        name: name.to_owned(),
        index: 1,
        kind: kind.map(str::to_owned),
        loopback: false,
        mac: Some(mac.parse().unwrap()),
        mtu_bytes: Some(1500),
        admin_up: Some(true),
        link_up: Some(true),
        master: None,
        parent: None,
        peer: None,
        vlan_id: None,
        phys_port_name: None,
        stp: None,
        addresses: Vec::new(),
    }
}

fn kernel(links: Vec<Link>) -> Option<Sourced<KernelObservation>> {
    sourced(KernelObservation {
        links,
        routes: Vec::new(),
        ..KernelObservation::default()
    })
}

fn role(topology: &Topology, port: &str) -> Role {
    topology.port(port).unwrap().role
}

fn kinds(topology: &Topology, port: &str) -> Vec<EvidenceKind> {
    let attachment = topology.port(port).unwrap().attachment.as_ref().unwrap();
    attachment.evidence.iter().map(|evidence| evidence.kind).collect()
}

fn unmatched(topology: &Topology) -> Vec<(UnmatchedKind, &str)> {
    topology
        .unmatched
        .iter()
        .map(|unmatched| (unmatched.kind, unmatched.name.as_str()))
        .collect()
}

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
fn an_internal_port_with_a_taps_name_is_the_hosts() {
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![interface("vnet100", "internal")])]),
        libvirt: libvirt(Vec::new()),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "vnet100"), Role::Host);
}

#[test]
fn an_uplink_is_known_by_its_device_and_not_by_its_name() {
    let ports = || {
        ovs(vec![
            port(vec![interface("wan", "")]),
            port(vec![interface("eth7", "")]),
            ObservedPort {
                name: "bond0".to_owned(),
                ..port(vec![interface("eth2", ""), interface("eth3", "")])
            },
        ])
    };
    let links = vec![
        link("wan", None, "0c:00:00:00:00:01"),
        link("eth7", Some("tun"), "0e:00:00:00:00:01"),
    ];
    let read = join(&Observed {
        ovsdb: ports(),
        kernel: kernel(links),
        ..Observed::default()
    });
    assert_eq!(role(&read, "wan"), Role::Uplink);
    assert_eq!(role(&read, "eth7"), Role::Unknown);
    assert_eq!(role(&read, "bond0"), Role::Uplink);
    let unread = join(&Observed {
        ovsdb: ports(),
        ..Observed::default()
    });
    assert_eq!(role(&unread, "wan"), Role::Unknown);
    assert_eq!(role(&unread, "bond0"), Role::Uplink);
}

#[test]
fn a_representor_is_told_by_the_nic_s_own_switch() {
    let function = Link {
        phys_port_name: Some("pf0vf3".to_owned()),
        ..link("enp1s0f0_3", None, "0c:00:00:00:00:03")
    };
    let wire = Link {
        phys_port_name: Some("p0".to_owned()),
        ..link("enp1s0f0", None, "0c:00:00:00:00:01")
    };
    let dpdk = ObservedInterface {
        options: map(&[("dpdk-devargs", "0000:01:00.0,representor=[3]")]),
        ..interface("rep3", "dpdk")
    };
    let topology = join(&Observed {
        ovsdb: ovs(vec![
            port(vec![tap("enp1s0f0_3", &[])]),
            port(vec![tap("enp1s0f0", &[])]),
            port(vec![dpdk]),
        ]),
        kernel: kernel(vec![function, wire]),
        ..Default::default()
    });
    assert_eq!(role(&topology, "enp1s0f0_3"), Role::Representor);
    assert_eq!(role(&topology, "enp1s0f0"), Role::Uplink);
    assert_eq!(role(&topology, "rep3"), Role::Representor);
}

#[test]
fn a_vxlan_port_is_ipam_only_on_evidence() {
    let vxlan = |name: &str, remote: &str, key: &str| {
        port(vec![ObservedInterface {
            options: map(&[("remote_ip", remote), ("key", key)]),
            ..interface(name, "vxlan")
        }])
    };
    let mut internal = nic(MAC);
    internal.bridge = Some("virbr0".to_owned());
    internal.target = Some("vnet1".to_owned());
    let mut bridge = link("virbr0", Some("bridge"), "52:54:00:74:f9:b0");
    bridge.addresses = vec![Address::new("192.168.5.1".parse().unwrap(), 24)];
    let mut member = link("vnet1", Some("tun"), "fe:54:00:00:00:01");
    member.master = Some("virbr0".to_owned());
    let topology = join(&Observed {
        ovsdb: ovs(vec![
            vxlan("anything", "192.168.5.2", "1"),
            vxlan("br0-dhcp", "10.0.0.9", "1"),
            vxlan("br0-arp", "10.0.0.9", "7"),
            vxlan("br0-dhcpx", "10.0.0.9", "1"),
            vxlan("self", "192.168.5.1", "1"),
        ]),
        libvirt: libvirt(vec![domain("NTNX-1-CVM", VM, vec![internal])]),
        kernel: kernel(vec![bridge, member]),
        ..Observed::default()
    });
    assert_eq!(role(&topology, "vnet1"), Role::CvmInternal);
    assert_eq!(role(&topology, "anything"), Role::Ipam);
    assert_eq!(role(&topology, "br0-dhcp"), Role::Ipam);
    for other in ["br0-arp", "br0-dhcpx", "self"] {
        assert_eq!(role(&topology, other), Role::Tunnel, "{other}");
    }
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
fn bridges_of_a_source_that_was_not_read_come_from_libvirt() {
    let network = ObservedNetwork {
        name: "NTNX-Local-Network".to_owned(),
        active: Some(true),
        bridge: Some("virbr0".to_owned()),
        ..Default::default()
    };
    let mut internal = nic(MAC);
    internal.bridge = Some("virbr0".to_owned());
    internal.target = Some("vnet1".to_owned());
    let said = LibvirtObservation {
        domains: vec![domain("NTNX-1-CVM", VM, vec![internal])],
        networks: vec![network],
        ..Default::default()
    };
    let observed = Observed {
        ovsdb: ovs(Vec::new()),
        libvirt: sourced(said),
        ..Observed::default()
    };
    let topology = join(&observed);
    let bridge = topology.bridge("virbr0").unwrap();
    assert_eq!(bridge.kind, BridgeKind::Linux);
    assert_eq!(bridge.known_from, ["libvirt's network NTNX-Local-Network"]);
    assert_eq!(role(&topology, "vnet1"), Role::CvmInternal);
    assert_eq!(topology.sources[2].reading, Reading::NotRead);

    let read = join(&Observed {
        kernel: kernel(Vec::new()),
        ..observed
    });
    assert!(read.bridge("virbr0").is_none());
    assert!(unmatched(&read).contains(&(UnmatchedKind::Bridge, "virbr0")));
}

#[test]
fn links_in_no_bridge_are_listed_and_devices_of_the_datapath_are_not() {
    let mut below = link("eth2.32", Some("vlan"), "0c:00:00:00:00:02");
    below.vlan_id = Some(32);
    below.parent = Some("eth2".to_owned());
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![interface("tunnel", "vxlan")])]),
        kernel: kernel(vec![
            link("eth0", None, "0c:00:00:00:00:01"),
            below,
            link("ovs-system", Some("openvswitch"), "0e:00:00:00:00:01"),
            link("vxlan_sys_4789", Some("vxlan"), "0e:00:00:00:00:02"),
        ]),
        ..Observed::default()
    });
    let links: Vec<_> = unmatched(&topology)
        .into_iter()
        .filter(|(kind, _)| *kind == UnmatchedKind::Link)
        .collect();
    assert_eq!(
        links,
        [(UnmatchedKind::Link, "eth0"), (UnmatchedKind::Link, "eth2.32")]
    );
}

#[test]
fn the_order_in_which_sources_list_their_objects_does_not_matter() {
    let bond = |members: [&str; 2]| ObservedPort {
        name: "bond0".to_owned(),
        ..port(members.map(|name| interface(name, "")).to_vec())
    };
    let mut ports = ["tap10", "tap2", "br0"]
        .map(|name| port(vec![interface(name, "internal")]))
        .to_vec();
    ports.push(bond(["eth10", "eth2"]));
    let mut reversed = ports.clone();
    reversed.reverse();
    reversed[0] = bond(["eth2", "eth10"]);
    let a = join(&Observed {
        ovsdb: ovs(ports),
        ..Observed::default()
    });
    let b = join(&Observed {
        ovsdb: ovs(reversed),
        ..Observed::default()
    });
    assert_eq!(a, b);
    let names: Vec<_> = a.ports().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["bond0", "br0", "tap2", "tap10"]);
}

#[test]
fn a_mirrors_output_and_a_patch_port_have_roles_of_their_own() {
    let mut patch = interface("br0.u", "patch");
    patch.options = map(&[("peer", "br.nf.d")]);
    let bridge = ObservedBridge {
        name: "br0".to_owned(),
        mirrors: vec![Mirror {
            name: "m0".to_owned(),
            output_port: Some("span0".to_owned()),
            ..Mirror::default()
        }],
        ports: vec![port(vec![interface("span0", "internal")]), port(vec![patch])],
        ..Default::default()
    };
    let said = OvsObservation {
        bridges: vec![bridge],
        ..Default::default()
    };
    let topology = join(&Observed {
        ovsdb: sourced(said),
        ..Default::default()
    });
    assert_eq!(role(&topology, "span0"), Role::Mirror);
    assert_eq!(role(&topology, "br0.u"), Role::Chain);
    assert_eq!(
        topology.bridges[0].mirrors[0].output_port.as_deref(),
        Some("span0")
    );
}

/// A tap on a Linux bridge of its own, whose other member leads to Open vSwitch.
fn firewalled(member: &str, peer: Option<&str>, far: &str, external_ids: &[(&str, &str)]) -> Topology {
    let mut guest = nic(MAC);
    guest.bridge = Some("fw".to_owned());
    guest.target = Some("tap7".to_owned());
    let mut tap_link = link("tap7", Some("tun"), "fe:54:00:00:00:01");
    tap_link.master = Some("fw".to_owned());
    let mut inner = link(
        member,
        Some(if peer.is_some() { "veth" } else { "openvswitch" }),
        "0e:00:00:00:00:01",
    );
    inner.master = Some("fw".to_owned());
    inner.peer = peer.map(str::to_owned);
    let mut outer = link(far, Some("veth"), "0e:00:00:00:00:02");
    outer.peer = Some(member.to_owned());
    let mut links = vec![link("fw", Some("bridge"), "0e:00:00:00:00:03"), tap_link, inner];
    if peer.is_some() {
        links.push(outer);
    }
    join(&Observed {
        ovsdb: ovs(vec![port(vec![tap(far, external_ids)])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        kernel: kernel(links),
        ..Observed::default()
    })
}

#[test]
fn a_nic_is_followed_through_a_firewall_bridge() {
    let openstack = firewalled("qvb7", Some("qvo7"), "qvo7", &[("attached-mac", MAC)]);
    assert_eq!(
        kinds(&openstack, "qvo7"),
        [EvidenceKind::AttachedMac, EvidenceKind::FirewallBridge]
    );
    assert_eq!(role(&openstack, "qvb7"), Role::Chain);
    let proxmox = firewalled("fwln7", Some("fwpr7"), "fwpr7", &[]);
    assert_eq!(kinds(&proxmox, "fwpr7"), [EvidenceKind::FirewallBridge]);
    let proxmox_ovs = firewalled("fwln7o0", None, "fwln7o0", &[]);
    for (topology, far) in [(openstack, "qvo7"), (proxmox, "fwpr7")] {
        let attachment = topology.port(far).unwrap().attachment.as_ref().unwrap();
        assert_eq!(attachment.through.as_deref(), Some("fw"));
        assert_eq!(topology.domains[0].nics[0].port.as_deref(), Some("fw/tap7"));
        assert_eq!(role(&topology, "tap7"), Role::Guest);
        assert_eq!(role(&topology, far), Role::Guest);
        assert_eq!(unmatched(&topology), []);
    }
    let bridge = proxmox_ovs.bridge("br0").unwrap();
    assert_eq!(
        bridge.ports[0].attachment.as_ref().unwrap().through.as_deref(),
        Some("fw")
    );
}

#[test]
fn a_bridge_with_an_uplink_of_its_own_is_no_firewall_bridge() {
    let mut guest = nic(MAC);
    guest.target = Some("tap1".to_owned());
    let member = |name: &str, kind: Option<&str>, mac: &str| {
        let mut member = link(name, kind, mac);
        member.master = Some("vmbr0".to_owned());
        member
    };
    let mut veth = member("veth0", Some("veth"), "0e:00:00:00:00:01");
    veth.peer = Some("veth1".to_owned());
    let links = vec![
        member("tap1", Some("tun"), "fe:54:00:00:00:01"),
        member("eth0", None, "0c:00:00:00:00:01"),
        veth,
        link("vmbr0", Some("bridge"), "0e:00:00:00:00:03"),
    ];
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("veth1", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![guest])]),
        kernel: kernel(links),
        ..Default::default()
    });
    assert!(topology.port("veth1").unwrap().attachment.is_none());
    assert_eq!(
        topology
            .port("tap1")
            .unwrap()
            .attachment
            .as_ref()
            .unwrap()
            .through,
        None
    );
}

#[test]
fn a_bridge_with_two_guests_is_no_firewall_bridge() {
    let mut one = nic(MAC);
    one.target = Some("tap1".to_owned());
    let mut two = nic(OTHER_MAC);
    two.target = Some("tap2".to_owned());
    let mut members = ["tap1", "tap2", "veth0"].map(|name| {
        let mut member = link(
            name,
            Some(if name == "veth0" { "veth" } else { "tun" }),
            "0e:00:00:00:00:01",
        );
        member.master = Some("lan".to_owned());
        member
    });
    members[2].peer = Some("veth1".to_owned());
    let mut links = members.to_vec();
    links.push(link("lan", Some("bridge"), "0e:00:00:00:00:03"));
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![tap("veth1", &[])])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![one, two])]),
        kernel: kernel(links),
        ..Observed::default()
    });
    assert!(topology.port("veth1").unwrap().attachment.is_none());
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

#[test]
fn a_linux_bridge_under_the_name_of_another_is_shown_beside_it() {
    let mut member = link("tap9", Some("tun"), "0e:00:00:00:00:01");
    member.master = Some("br0".to_owned());
    let topology = join(&Observed {
        ovsdb: ovs(Vec::new()),
        kernel: kernel(vec![link("br0", Some("bridge"), "0e:00:00:00:00:02"), member]),
        ..Observed::default()
    });
    let kinds: Vec<_> = topology
        .bridges
        .iter()
        .map(|bridge| (bridge.kind, bridge.ports.len()))
        .collect();
    assert_eq!(kinds, [(BridgeKind::Ovs, 0), (BridgeKind::Linux, 1)]);
    assert!(unmatched(&topology).contains(&(UnmatchedKind::Contradiction, "br0")));
}

#[test]
fn links_are_not_judged_where_ovsdb_was_not_read_nor_stray_tunnels_excused() {
    let stray = || kernel(vec![link("vxstray", Some("vxlan"), "0e:00:00:00:00:01")]);
    let unread = join(&Observed {
        kernel: stray(),
        ..Observed::default()
    });
    assert_eq!(unmatched(&unread), []);
    let ports = vec![port(vec![interface("tunnel", "vxlan")])];
    let read = join(&Observed {
        ovsdb: ovs(ports),
        kernel: stray(),
        ..Observed::default()
    });
    assert_eq!(unmatched(&read), [(UnmatchedKind::Link, "vxstray")]);
}

#[test]
fn a_linux_bond_names_its_members() {
    let member = |name: &str| {
        let mut member = link(name, None, "0c:00:00:00:00:01");
        member.master = Some("bond0".to_owned());
        member
    };
    let bond = link("bond0", Some("bond"), "0c:00:00:00:00:01");
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![interface("bond0", "")])]),
        kernel: kernel(vec![bond, member("eth10"), member("eth2")]),
        ..Observed::default()
    });
    assert_eq!(
        topology.port("bond0").unwrap().role_reason.0,
        "a Linux bond of eth2 and eth10"
    );
}
