use super::{MAC, VM, domain, interface, kernel, libvirt, link, nic, ovs, port, role, sourced, unmatched};
use crate::observe::{LibvirtObservation, Observed, ObservedNetwork, ObservedNic, ObservedPort};
use crate::topology::join;
use crate::topology::{BridgeKind, Reading, Role, UnmatchedKind};

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
fn two_ports_that_nothing_tells_apart_have_the_same_guest() {
    let mut member = link("tap9", Some("tun"), MAC);
    member.master = Some("br0".to_owned());
    let target = ObservedNic {
        target: Some("tap9".to_owned()),
        ..nic(MAC)
    };
    let topology = join(&Observed {
        ovsdb: ovs(vec![port(vec![interface("tap9", "")])]),
        libvirt: libvirt(vec![domain("vm", VM, vec![target])]),
        kernel: kernel(vec![link("br0", Some("bridge"), "0e:00:00:00:00:02"), member]),
        ..Observed::default()
    });
    let guests: Vec<_> = topology
        .ports()
        .map(|port| {
            (
                port.role,
                port.attachment.as_ref().map(|guest| guest.domain.as_str()),
            )
        })
        .collect();
    assert_eq!(guests, [(Role::Guest, Some("vm")), (Role::Guest, Some("vm"))]);
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
